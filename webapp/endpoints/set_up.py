"""Give the present set-up away as a link (``/set-up``): market, flow, payment method, language and cart."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.shop.set_up_link import set_up_link
from webapp.web.phones import link_to_hand_on
from webapp.web.state import shop_of, visitor_of


async def set_up(request: Request) -> Response:
    """Show the link that opens the shop as this visitor has set it up (``GET /set-up``)."""
    shop, visitor = shop_of(request), visitor_of(request)
    link = link_to_hand_on(request, shop.settings, set_up_link(visitor))
    context = {"link": link, "currency": visitor.currency, "path": "/set-up"}
    return shop.templates.response(visitor.language, "pages/set_up.html", context)
