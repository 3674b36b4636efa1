"""Send refunds, captures and releases to Xendit, and find out how they ended, in case no webhook arrives."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog

from webapp.integrations import capture, refund
from webapp.integrations.errors import XenditError
from webapp.integrations.outcomes import of_payment
from webapp.notices import N_, Refusal
from webapp.order_context import set_order
from webapp.orders.modification import NOT_SENT, Kind, Modification, ModificationStatus
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus, may_become, status_after
from webapp.web.state import Shop
from webapp.xendit.client import TOTAL_SECONDS
from webapp.xendit.order_sync import PAGE_PATIENCE, QUESTIONS, after_webhook, apply_answer, fetch_from_xendit
from webapp.xendit.own_captures import with_captured
from webapp.xendit.refunds import apply_refund, find_refund, read_refund, take_refunds

log = structlog.get_logger()
ABANDONED_AFTER = timedelta(seconds=TOTAL_SECONDS + 5)
ENDS = {
    Kind.CAPTURE: {OrderStatus.PAID: ModificationStatus.SUCCEEDED, OrderStatus.RELEASED: ModificationStatus.FAILED},
    Kind.RELEASE: {OrderStatus.RELEASED: ModificationStatus.SUCCEEDED, OrderStatus.PAID: ModificationStatus.FAILED},
}


async def send(shop: Shop, order: Order, modification: Modification) -> None:
    """Send a stored modification to Xendit and apply the answer. Raises XenditError.

    After a 4xx it has failed. Where no answer came it stays open, and ``refresh`` finds out.
    """
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    set_order(order.reference_id, order.visitor)
    try:
        match modification.kind:
            case Kind.REFUND:
                made = await refund.create_refund(
                    shop.client,
                    key,
                    reference_id=modification.modification_id,
                    amount=modification.amount,
                    currency=order.currency,
                    reason=modification.reason,
                    payment_request_id=order.payment_request_id,
                    invoice_id=order.invoice_id,
                    api_url=api_url,
                )
                await apply_refund(shop, modification, read_refund(made))
            case Kind.CAPTURE:
                payment = await capture.capture_payment(
                    shop.client, key, str(order.payment_id), modification.amount, api_url=api_url
                )
                await apply_payment(shop, order, payment)
            case Kind.RELEASE:
                payment = await capture.cancel_payment(shop.client, key, str(order.payment_id), api_url=api_url)
                await apply_payment(shop, order, payment)
    except XenditError as error:
        log.warning("modification_failed", kind=modification.kind, error_code=error.error_code, status=error.status)
        if 400 <= error.status < 500 and error.status != 409:  # 409: Xendit has this refund already
            await shop.modifications.change(modification, ModificationStatus.FAILED, failure_code=error.error_code)
        await _take_from_elsewhere(shop, order, error.error_code)
        raise


async def _take_from_elsewhere(shop: Shop, order: Order, error_code: str) -> None:
    """Ask Xendit about a change that was made elsewhere, where the error tells of one, and store it."""
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            if error_code in ("REFUND_AMOUNT_EXCEEDED", "REFUND_IN_PROGRESS"):
                await take_refunds(shop, order)
            elif error_code == "INELIGIBLE_TRANSACTION_STATUS":
                await apply_answer(shop, order, await fetch_from_xendit(shop, order))
    except (Refusal, TimeoutError, XenditError) as error:  # the page shows what is known
        log.warning("refresh_failed", error=str(error))


async def apply_payment(shop: Shop, order: Order, payment: Mapping[str, object]) -> Order:
    """Change an authorised order by Xendit's answer about its payment, and its modification with it."""
    outcome = of_payment(payment)
    if field := outcome.mismatch(order):
        log.warning("xendit_answer_mismatch", field=field)
        return order
    outcome = await with_captured(shop, order, outcome)
    if status := status_after(order, outcome.state, outcome.captured):
        if status.is_success and may_become(order.status, status):  # its webhook is under way
            order = await after_webhook(shop, order)
        cause = N_("Xendit's answer")
        order = await shop.order_book.change_status(
            order, status, cause=cause, ids=outcome.ids, captured=outcome.captured
        )
    await settle(shop, order)
    return order


async def settle(shop: Shop, order: Order) -> None:
    """End the open capture or release of an order whose status says how it ended."""
    for modification in await shop.modifications.of(order.reference_id):
        if modification.status.is_open and (status := ENDS.get(modification.kind, {}).get(order.status)):
            amount = order.paid if modification.kind is Kind.CAPTURE and order.paid else None
            await shop.modifications.change(modification, status, amount=amount)


async def refresh_modifications(shop: Shop, order: Order) -> list[Modification]:
    """Ask Xendit about the open modification of an order, unless that was done moments ago. Return them all."""
    modifications = [] if order.status.is_open else await shop.modifications.of(order.reference_id)
    if order.currency not in shop.settings.api_keys or not any(each.status.is_open for each in modifications):
        return modifications
    for modification in modifications:
        may_ask = modification.status.is_open and not shop.questions.wait(QUESTIONS)
        if not may_ask or not await shop.modifications.claim_refresh(modification.modification_id):
            continue
        try:
            async with asyncio.timeout(PAGE_PATIENCE):
                await _ask(shop, order, modification)
        except TimeoutError:
            break  # the page shows what is known, and its next poll asks again
        except XenditError as error:
            log.warning("refresh_failed", error_code=error.error_code, status=error.status)
    return await shop.modifications.of(order.reference_id)


async def _ask(shop: Shop, order: Order, modification: Modification) -> None:
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    set_order(order.reference_id, order.visitor)
    abandoned = datetime.now(UTC) > modification.created + ABANDONED_AFTER
    if modification.kind is not Kind.REFUND:
        payment = await capture.get_payment(shop.client, key, str(order.payment_id), api_url=api_url)
        order = await apply_payment(shop, order, payment)
        found = order.status is not OrderStatus.AUTHORIZED
    else:
        outcome = await find_refund(shop, order, modification, key, api_url)
        found = outcome is not None
        if outcome:
            await apply_refund(shop, modification, outcome)
    if not found and abandoned and not modification.refund_id:  # with an id Xendit has had it: only its word ends it
        await shop.modifications.change(modification, ModificationStatus.FAILED, failure_code=NOT_SENT)


async def refresh_unfinished(shop: Shop) -> None:
    """Ask Xendit about modifications that no page watches."""
    for modification in await shop.modifications.unfinished():
        order = await shop.order_book.get(modification.reference_id)
        if order is None or order.currency not in shop.settings.api_keys:
            await shop.modifications.claim_refresh(modification.modification_id)  # so that others are next
        else:
            await refresh_modifications(shop, order)
