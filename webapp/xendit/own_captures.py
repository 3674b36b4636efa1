"""Know how much was charged where Xendit does not name the amount: as much as the shop has asked for."""

from dataclasses import replace

from webapp.integrations.outcomes import Outcome
from webapp.orders.modification import Kind
from webapp.orders.order import Order
from webapp.web.state import Shop


async def with_captured(shop: Shop, order: Order, outcome: Outcome) -> Outcome:
    """Return the outcome of a held order's payment with the amount that was charged.

    If Xendit names none, it is that of our own capture under way. Without one, it is all that was held.
    """
    if not order.holds or outcome.state != "completed" or outcome.captured is not None:
        return outcome
    made = await shop.modifications.of(order.reference_id)
    asked = [each.amount for each in made if each.kind is Kind.CAPTURE and each.status.is_open]
    return replace(outcome, captured=asked[0] if asked else outcome.amount)
