"""Know how much was charged where Xendit does not name the amount: as much as the shop has asked for."""

from dataclasses import replace

from webapp.integrations.outcomes import Outcome
from webapp.orders.modification import NOT_SENT, Kind
from webapp.orders.order import Order
from webapp.web.state import Shop


async def with_captured(shop: Shop, order: Order, outcome: Outcome) -> Outcome:
    """Return the outcome of a held order's payment with the amount that was charged.

    If Xendit names none, it is that of our own last capture that is under way or was given up: it may have arrived.
    Without one, it is all that was held.
    """
    if not order.holds or outcome.state != "completed" or outcome.captured is not None:
        return outcome
    made = await shop.modifications.of(order.reference_id)
    unsure = [each for each in made if each.status.is_open or each.failure_code == NOT_SENT]
    asked = [each.amount for each in unsure if each.kind is Kind.CAPTURE]
    return replace(outcome, captured=asked[-1] if asked else outcome.amount)
