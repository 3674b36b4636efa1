"""Show an order: its page, and the fragment that the page polls."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.orders.order import Order
from webapp.web.passes import may_pay
from webapp.web.state import shop_of, visitor_of


async def show_order(request: Request, order: Order, template: str = "pages/order.html") -> Response:
    """Answer with an order's page or fragment."""
    shop, visitor = shop_of(request), visitor_of(request)
    context = {
        "order": order,
        "changes": await shop.order_book.changes(order.reference_id),
        "notice": None,
        "is_owner": order.visitor == visitor.id,
        "may_pay": may_pay(request, order),
        "currency": visitor.currency,
        "path": f"/orders/{order.reference_id}",
    }
    return shop.templates.response(visitor.language, template, context)
