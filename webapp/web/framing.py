"""Answer inside a frame, where Xendit returns to after ``?present=iframe``. Other pages refuse frames."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.orders.order import Order
from webapp.web.security import content_security_policy
from webapp.web.state import shop_of, visitor_of


def wants_frame(request: Request) -> bool:
    """Return whether the browser loads the page into a frame (``Sec-Fetch-Dest: iframe``)."""
    return request.headers.get("sec-fetch-dest") == "iframe"


def framed(request: Request, order: Order) -> Response:
    """Return a short page for the frame, with a link out of it. The page around the frame polls the order."""
    shop = shop_of(request)
    response = shop.templates.response(visitor_of(request).language, "pages/framed.html", {"order": order})
    response.headers["Content-Security-Policy"] = content_security_policy(shop.settings, framed_by="'self'")
    response.headers["Vary"] += ", Sec-Fetch-Dest"
    return response
