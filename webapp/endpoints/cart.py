"""``/cart/…``: add, take one away, remove."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import N_, Notice
from webapp.shop.cart import Cart, parse_quantity
from webapp.shop.catalog import PRODUCTS
from webapp.shop.storefront import counter_context
from webapp.shop.visitor import save_visit
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.state import shop_of, visit_of


async def add(request: Request) -> Response:
    """``POST /cart/add``: ``product``, and ``quantity`` (1 unless told)."""
    form = await read_form(request, "product")
    quantity = parse_quantity(form.get("quantity", "1"))
    cart = visit_of(request).cart.add(form["product"], quantity)
    return _answer(request, cart, N_("%(name)s added. %(count)s in your cart, %(amount)s."), form["product"])


async def take(request: Request) -> Response:
    """``POST /cart/take``: one fewer of ``product``."""
    form = await read_form(request, "product")
    cart = visit_of(request).cart.take(form["product"])
    return _answer(request, cart, N_("One %(name)s fewer. %(count)s in your cart, %(amount)s."), form["product"])


async def remove(request: Request) -> Response:
    """``POST /cart/remove``: no more of ``product``."""
    form = await read_form(request, "product")
    cart = visit_of(request).cart.remove(form["product"])
    return _answer(request, cart, N_("%(name)s removed. %(count)s in your cart, %(amount)s."), form["product"])


def _answer(request: Request, cart: Cart, message: str, product_id: str) -> Response:
    visit = replace(visit_of(request), cart=cart)
    save_visit(request, visit)
    if not is_htmx(request):
        return RedirectResponse("/#counter", 303)
    values = {
        "name": PRODUCTS[product_id].name,
        "count": cart.count,
        "amount": visit.currency.format(cart.total(visit.currency)),
    }
    context = counter_context(visit, announcement=Notice(message, values, tone="info"))
    return shop_of(request).templates.response(visit.language, "fragments/counter.html", context)
