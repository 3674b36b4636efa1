"""``/`` and ``/choices/…``: the shelf, the cart panel, and what the visitor chooses."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.integrations import INTEGRATIONS
from webapp.notices import N_, Notice, Refusal
from webapp.orders.options import CUSTOMER, USUAL
from webapp.orders.status import Flow
from webapp.shop.cart import Cart
from webapp.shop.currencies import CURRENCIES, Currency
from webapp.shop.options import OPTION_FIELDS, read_options, total_of
from webapp.shop.set_up_link import tidy
from webapp.shop.storefront import storefront_context
from webapp.shop.visitor import Visitor, save_visitor, unavailable_reason
from webapp.web.first_visit import is_first_visit
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.own_address import own_path
from webapp.web.own_brand import nothing_worn_if_refused, wear_linked_brand
from webapp.web.returning import returning_visitor, with_saved
from webapp.web.scene_strip import strip_in_shop
from webapp.web.state import Shop, shop_of, visitor_of

LINK_FIELDS = ("currency", "flow", "integration", "cart", "language", "present")
NAMES = ("brand", *CUSTOMER)  # in which a final stop means something


async def storefront(request: Request) -> Response:
    """Show the shop (``GET /``).

    A deep link (``?currency=PHP&flow=pay_save&integration=components&cart=gayo:2``) sets it up and goes on to ``/``, so
    that a refresh doesn't undo what the visitor does next.
    """
    shop, visitor = shop_of(request), await returning_visitor(request)
    link = {name.removeprefix("amp;"): value for name, value in request.query_params.items()}  # copied out of HTML
    link = {name: value if name in NAMES else tidy(value) for name, value in link.items()}
    choices = {name: link[name].lower() for name in LINK_FIELDS if name in link}
    with nothing_worn_if_refused(request, visitor):
        visitor, branded = wear_linked_brand(request, visitor, link)
        if choices or branded or not link.keys().isdisjoint(OPTION_FIELDS):
            visitor = _with_choices(shop, visitor, {"present": "page"} | choices, exact=True)
            save_visitor(request, replace(visitor, options=read_options(link, USUAL)))
            return RedirectResponse("/", 303)
    strip = strip_in_shop(request)
    if visitor.saved or strip:  # a page that no other visitor sees
        context = storefront_context(visitor) | {"path": "/", "strip": strip}
        return shop.templates.response(visitor.language, "pages/storefront.html", context)
    encodings = request.headers.get("accept-encoding", "")
    return shop.pages.response(shop.templates, visitor, encodings, first_visit=is_first_visit(request))


async def choose(request: Request) -> Response:
    """Store all choices of a form at once, as it is sent without JavaScript (``POST /choices``)."""
    form = await read_form(request)
    choices = {name: form[name] for name in LINK_FIELDS if name in form and name != "cart"}
    if not choices:
        raise Refusal(N_("Something is missing in this form: %(field)s."), field="currency")
    save_visitor(request, _with_choices(shop_of(request), visitor_of(request), choices, exact=False))
    return RedirectResponse(own_path(form.get("next", "/")), 303)


async def choose_currency(request: Request) -> Response:
    """Store another market, and answer shelf and cart panel in its prices (``POST /choices/currency``)."""
    return await _choose(request, "currency", "fragments/shop.html")


async def choose_flow(request: Request) -> Response:
    """Store another way to buy, and answer shelf and cart panel (``POST /choices/flow``)."""
    return await _choose(request, "flow", "fragments/shop.html")


async def choose_integration(request: Request) -> Response:
    """Store another payment method, and answer the cart panel (``POST /choices/integration``)."""
    return await _choose(request, "integration", "fragments/cart_panel.html")


async def choose_present(request: Request) -> Response:
    """Store another way to show Xendit's page, and answer the cart panel (``POST /choices/present``)."""
    return await _choose(request, "present", "fragments/cart_panel.html")


async def choose_language(request: Request) -> Response:
    """Store another language, and go back to the page that was read (``POST /choices/language``)."""
    # Every word of the page changes, so there is no fragment.
    return await _choose(request, "language")


async def _choose(request: Request, field: str, fragment: str | None = None) -> Response:
    """Store one choice, and look at no other field that the form holds. Answer ``fragment`` to htmx."""
    shop, form = shop_of(request), await read_form(request, field)
    visitor = _with_choices(shop, visitor_of(request), {field: form[field]}, exact=True)
    save_visitor(request, visitor)
    if fragment is None or not is_htmx(request):
        return RedirectResponse(own_path(form.get("next", "/")), 303)
    visitor = await with_saved(request, visitor)
    context = storefront_context(visitor, announcement=_prices(visitor) if field == "currency" else None)
    return shop.templates.response(visitor.language, fragment, context)


def _with_choices(shop: Shop, visitor: Visitor, choices: dict[str, str], *, exact: bool) -> Visitor:
    """Return the visitor with these choices made. Raises Refusal for what doesn't exist and for pairs that can't be.

    Not ``exact``: a form without JavaScript sends all its radios, so a flow just chosen moves on from a method that
    can't serve it.
    """
    currency = _currency(shop, choices["currency"].upper()) if "currency" in choices else visitor.currency
    flow = _flow(choices["flow"]) if "flow" in choices else visitor.flow
    visitor = visitor.with_choices(currency=currency, flow=flow, present=choices.get("present", ""))
    if "integration" in choices:
        slug = choices["integration"]
        if slug not in INTEGRATIONS:
            raise Refusal(N_("This shop has no such payment method."))
        reason = unavailable_reason(slug, visitor.flow, visitor.currency)
        if reason and (exact or "flow" not in choices):
            raise Refusal(reason)
        visitor = visitor.with_choices(integration=slug)  # moves on to a method that can, where this one can't
    if "cart" in choices:
        visitor = replace(visitor, cart=Cart.from_link(choices["cart"], visitor.brand))
    if "language" in choices:
        if choices["language"] not in shop.templates.languages:
            raise Refusal(N_("This shop does not speak that language yet."))
        visitor = replace(visitor, language=choices["language"])
    return visitor


def _currency(shop: Shop, code: str) -> Currency:
    if code not in CURRENCIES:
        raise Refusal(N_("This shop has no such currency."))
    if code not in shop.settings.api_keys:
        raise Refusal(N_("This market is closed here: the shop has no API key for %(currency)s."), currency=code)
    return CURRENCIES[code]


def _flow(slug: str) -> Flow:
    try:
        return Flow(slug)
    except ValueError:
        raise Refusal(N_("This shop has no such way to buy.")) from None


def _prices(visitor: Visitor) -> Notice:
    values = {"amount": visitor.currency.format(total_of(visitor)), "market": visitor.currency.country_name}
    return Notice(N_("Prices are for %(market)s now. Your cart comes to %(amount)s."), values, tone="info")
