"""Who may open an order's payment: its own visitor, and who holds a pass for it.

The key or link that opens a payment is a secret, and an order's address is not: it may be shown around. The QR code of
an order carries a pass, so that a phone in the audience can pay. A pass ends with the time to pay.
"""

import hmac
from datetime import UTC, datetime

from starlette.requests import Request

from webapp.config import Settings
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.web.state import order_of, shop_of, visitor_of


def pass_for(settings: Settings, order: Order) -> str:
    """Return the pass for an order: a secret of 128 bits, the same in every worker, and never stored."""
    return settings.derived_secret(f"pass for {order.reference_id}")[:32]


def take_pass(request: Request, order: Order) -> None:
    """Let this browser open the order's payment, if the pass in its address is the order's."""
    given = request.query_params.get("pass", "")
    if hmac.compare_digest(given.encode(), pass_for(shop_of(request).settings, order).encode()):
        request.session["pass"] = order.reference_id


def may_pay(request: Request, order: Order) -> bool:
    """Return whether this browser may open the order's payment now."""
    holds_pass = request.session.get("pass") == order.reference_id and datetime.now(UTC) < order.expires_at
    return holds_pass or order.visitor == visitor_of(request).id


async def payable_order(request: Request) -> Order:
    """Return the order in the address to who may open its payment. Raises Refusal: 404, 403 for anybody else."""
    order = await order_of(request)
    if not may_pay(request, order):
        hint = N_("You can look at the order. To pay it here, scan the code on its page.")
        raise Refusal(N_("Only the browser that made this order can open its payment."), 403, hint=hint)
    return order
