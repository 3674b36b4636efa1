"""Close orders: cancel them at Xendit, or find out that their time is over."""

from datetime import UTC, datetime

import structlog

from webapp.integrations.errors import XenditError
from webapp.integrations.saved_payment import cancel_payment_request
from webapp.integrations.status import cancel_payment_session, expire_invoice
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, OrderStatus
from webapp.web.state import Shop
from webapp.xendit.order_sync import Answer, apply_answer, fetch_from_xendit, refresh

log = structlog.get_logger()
CAUSE = N_("cancelled by the visitor")
TOO_LATE = (400, 404, 422)  # what payment requests, invoices and sessions answer once they are no longer open


async def cancel_at_xendit(shop: Shop, order: Order, *, cause: str = CAUSE) -> None:
    """Cancel the session or payment request, or expire the invoice, and apply the answer. Where it is too late, ask.

    Raises XenditError, and Refusal (409) while Xendit has not answered with its id.
    """
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    answer: Answer
    try:
        if order.invoice_id:
            answer = await expire_invoice(shop.client, key, order.invoice_id, api_url=api_url)
            if answer["status"] == "EXPIRED":  # Xendit's status of a cancelled invoice
                await shop.order_book.change_status(order, OrderStatus.CANCELLED, cause=cause)
                return
        elif order.payment_session_id:
            answer = await cancel_payment_session(shop.client, key, order.payment_session_id, api_url=api_url)
        elif order.integration == SAVED_PAYMENT and order.payment_request_id:
            answer = await cancel_payment_request(shop.client, key, order.payment_request_id, api_url=api_url)
        else:
            raise Refusal(N_("This order is still being prepared. Wait a moment and try again."), 409)
    except XenditError as error:
        if error.status not in TOO_LATE:
            raise
        asked = await apply_answer(shop, order, await fetch_from_xendit(shop, order))
        if asked.status is order.status:  # it was not too late: Xendit refused
            raise
        return
    await apply_answer(shop, order, answer, cause=cause)


async def expire_overdue(shop: Shop) -> None:
    """Close orders whose time is over, even if no page polls them. Xendit does not end a payment request by itself."""
    cause = N_("expired: its time was over")
    for order in await shop.order_book.overdue(datetime.now(UTC)):
        if order.currency not in shop.settings.api_keys:
            await shop.order_book.claim_refresh(order.reference_id)  # so that others are next
            continue
        order = await refresh(shop, order, cause=cause)
        if order.status.is_open and order.integration == SAVED_PAYMENT and order.payment_request_id:
            try:
                await cancel_at_xendit(shop, order, cause=cause)
            except XenditError as error:
                log.warning("cancel_failed", error_code=error.error_code, status=error.status)
