"""Find the order of a refund whose webhook comes before its payment's."""

from webapp.integrations.errors import XenditError, is_id
from webapp.integrations.refund import RefundOutcome
from webapp.integrations.saved_payment import get_payment_request, of_payment_request
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus, status_after
from webapp.web.state import Shop
from webapp.xendit.order_sync import ASKED, apply_answer, fetch_from_xendit
from webapp.xendit.own_captures import with_captured


async def after_its_payment(shop: Shop, order: Order | None, outcome: RefundOutcome) -> Order | None:
    """Return a refund's order as Xendit's answer about the payment leaves it: that webhook may come after the refund's.

    None where it is no payment of an order. Raises XenditError.
    """
    if order is None:
        return await _order_of_early_refund(shop, outcome)
    if order.status.is_open and order.currency in shop.settings.api_keys:
        return await apply_answer(shop, order, await fetch_from_xendit(shop, order))
    return order


async def _order_of_early_refund(shop: Shop, outcome: RefundOutcome) -> Order | None:
    key, api_url = shop.settings.api_keys.get(outcome.currency or ""), shop.settings.xendit_api_url
    payment_request_id = outcome.payment_request_id or ""
    if not key or not is_id(payment_request_id):
        return None
    try:
        answer = await get_payment_request(shop.client, key, payment_request_id, api_url=api_url)
    except XenditError as error:
        if error.status in (400, 404):  # another account's, or the test event of Xendit's dashboard
            return None
        raise
    payment = of_payment_request(answer)
    order = await shop.order_book.get(payment.reference_id or "")
    if order is None or payment.mismatch(order) or order.payment_request_id not in (None, payment_request_id):
        return None
    payment = await with_captured(shop, order, payment)
    status = status_after(order, payment.state, payment.captured)
    if status is OrderStatus.PAID:  # one try that failed says nothing of the order
        order = await shop.order_book.change_status(
            order, status, cause=ASKED, ids=payment.ids, captured=payment.captured
        )
    return order if order.paid else None
