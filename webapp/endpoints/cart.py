"""Change the cart (``/cart/…``)."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import N_, Notice
from webapp.shop.cart import Cart, parse_quantity
from webapp.shop.storefront import storefront_context
from webapp.shop.visitor import save_visitor
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.returning import returning_visitor
from webapp.web.state import shop_of, visitor_of

SAMPLE = "gayo:1,toraja:1"


async def sample(request: Request) -> Response:
    """Fill an empty cart with two bags (``POST /cart/sample``)."""
    cart = (await returning_visitor(request)).cart
    cart = cart if cart.count else Cart.from_link(SAMPLE, cart.brand)
    return _answer(request, cart, N_("%(count)s in your cart, %(amount)s."))


async def add(request: Request) -> Response:
    """Add ``quantity`` (default 1) of ``product`` (``POST /cart/add``). Raises CartError."""
    form = await read_form(request, "product")
    quantity = parse_quantity(form.get("quantity", "1"))
    cart = (await returning_visitor(request)).cart.add(form["product"], quantity)
    return _answer(request, cart, N_("%(name)s added. %(count)s in your cart, %(amount)s."), form["product"])


async def decrease(request: Request) -> Response:
    """Take one of ``product`` out of the cart (``POST /cart/decrease``). Raises CartError."""
    form = await read_form(request, "product")
    cart = (await returning_visitor(request)).cart.decrease(form["product"])
    return _answer(request, cart, N_("One %(name)s fewer. %(count)s in your cart, %(amount)s."), form["product"])


async def remove(request: Request) -> Response:
    """Remove ``product`` from the cart (``POST /cart/remove``). Raises CartError."""
    form = await read_form(request, "product")
    cart = (await returning_visitor(request)).cart.remove(form["product"])
    return _answer(request, cart, N_("%(name)s removed. %(count)s in your cart, %(amount)s."), form["product"])


def _answer(request: Request, cart: Cart, message: str, product_id: str = "") -> Response:
    visitor = replace(visitor_of(request), cart=cart)
    save_visitor(request, visitor)
    if not is_htmx(request):
        return RedirectResponse("/#cart-panel", 303)
    values = {
        "name": cart.brand.products[product_id].name if product_id else "",
        "count": cart.count,
        "amount": visitor.currency.format(cart.total(visitor.currency)),
    }
    context = storefront_context(visitor, announcement=Notice(message, values, tone="info"))
    return shop_of(request).templates.response(visitor.language, "fragments/cart_panel.html", context)
