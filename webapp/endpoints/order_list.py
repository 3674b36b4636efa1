"""A visitor's orders (``/orders``)."""

import re

from starlette.requests import Request
from starlette.responses import Response

from webapp.web.scene_strip import strip_in_shop
from webapp.web.state import shop_of, visitor_of

LISTED = 50


async def order_list(request: Request) -> Response:
    """List this visitor's orders, newest first, fifty at a time (``GET /orders``, ``?before=`` a time)."""
    shop, visitor, before = shop_of(request), visitor_of(request), request.query_params.get("before", "")
    before = before if re.fullmatch(r"[0-9T:.+-]{10,40}", before) else "9999"
    orders = await shop.order_book.recent(visitor.id, LISTED + 1, before)
    context = {"orders": orders[:LISTED], "older": len(orders) > LISTED, "currency": visitor.currency}
    context |= {"path": "/orders", "strip": strip_in_shop(request)}
    context |= {"refunded": await shop.modifications.refunded_to(visitor.id, LISTED, before)}
    return shop.templates.response(visitor.language, "pages/orders.html", context)
