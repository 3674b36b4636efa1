"""Know whether a cart is paid already: in another tab, on a phone, or by a press whose answer was lost."""

from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, OrderStatus
from webapp.shop.visitor import Visitor

LAST = 20
"""The number of a visitor's last orders that are looked at."""


def paid_by(request: Request, visitor: Visitor, recent: list[Order]) -> Order | None:
    """Return the order by which the visitor's cart is paid, or may be paid yet; None if there is none.

    ``recent``: the visitor's orders, newest first. Those up to ``after`` paid what was in the cart before it was
    emptied, or filled again on purpose.
    """
    newer, an_hour_ago = True, datetime.now(UTC) - timedelta(hours=1)
    for order in recent:
        newer = newer and order.reference_id != request.session.get("after")
        done = newer and order.status.is_success and order.updated > an_hour_ago
        if visitor.cart.count and visitor.cart.made(order) and (done or _may_be_paid(order)):
            return order
    return None


def _may_be_paid(order: Order) -> bool:
    """Return whether the order's charge or approval is under way."""
    return order.status.is_open and (order.integration == SAVED_PAYMENT or order.status is not OrderStatus.WAITING)
