"""The one page of the shop that may stand in a frame: where ``?present=iframe`` comes back to."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.orders.order import Order
from webapp.web.security import content_security_policy
from webapp.web.state import shop_of, visitor_of


def wants_frame(request: Request) -> bool:
    """Whether the browser will show the answer inside of a frame (Fetch Metadata)."""
    return request.headers.get("sec-fetch-dest") == "iframe"


def framed(request: Request, order: Order) -> Response:
    """Instead of the order's page: a sentence, and a way out of the frame. The page around it watches the order."""
    shop = shop_of(request)
    response = shop.templates.response(visitor_of(request).language, "pages/framed.html", {"order": order})
    response.headers["Content-Security-Policy"] = content_security_policy(shop.settings, framed_by="'self'")
    response.headers["Vary"] += ", Sec-Fetch-Dest"
    return response
