"""Fetch an order's session or invoice from Xendit and apply it, in case no webhook arrives."""

import asyncio
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from limits import parse

from webapp.integrations import INTEGRATIONS, outcomes
from webapp.integrations.errors import XenditError
from webapp.integrations.status import Invoice, PaymentSession, find_invoices, get_invoice, get_payment_session
from webapp.notices import N_, Refusal
from webapp.order_context import set_order
from webapp.orders.order import Order, OrderStatus, status_after
from webapp.web.state import Shop
from webapp.xendit_hosts import page_address

log = structlog.get_logger()
PRINTABLE = re.compile(r"[!-~]{1,2000}")
QUESTIONS = parse("50/second")  # per process
REOPENS_OF_AN_ORDER, REOPENS_OF_A_VISITOR = parse("20/minute"), parse("60/minute")
AGAIN = N_("Wait a moment, then try again.")
WEBHOOK_PATIENCE = 2.0  # seconds that the first page of an order gives a webhook
PAGE_PATIENCE = 2.5  # seconds that a page waits for Xendit before it shows what is known


async def fetch_from_xendit(shop: Shop, order: Order) -> PaymentSession | Invoice | None:
    """Return the order's session or invoice, or None if there is none. Raises XenditError.

    While it is open it holds a secret key or URL. Send that only to the shopper; never store or log it.
    """
    set_order(order.reference_id, order.visitor)
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    if order.payment_session_id:
        return await get_payment_session(shop.client, key, order.payment_session_id, api_url=api_url)
    if order.invoice_id:
        return await get_invoice(shop.client, key, order.invoice_id, api_url=api_url)
    if order.integration == "invoice":  # the answer to our POST may have been lost
        found = await find_invoices(shop.client, key, order.reference_id, api_url=api_url)
        return found[0] if found else None
    return None


async def apply_answer(
    shop: Shop, order: Order, answer: PaymentSession | Invoice | None, *, cause: str = N_("asked Xendit")
) -> Order:
    """Change the order's status by Xendit's answer. Return the order; it is unchanged if the answer does not match."""
    if answer is None:
        if datetime.now(UTC) < order.expires_at:
            return order
        cause = N_("nothing was created at Xendit in time")
        return await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
    outcome = outcomes.of_invoice(answer) if order.integration == "invoice" else outcomes.of_session(answer)
    if field := outcome.mismatch(order):
        log.warning("xendit_answer_mismatch", field=field)
        return order
    status = status_after(order.flow, outcome.state)
    if status is None:
        return order
    return await shop.order_book.change_status(order, status, cause=cause, **outcome.ids)


async def reopen(shop: Shop, order: Order) -> tuple[Order, str | None]:
    """Fetch the key or link that opens the payment from Xendit. Return the updated order with it, or with None.

    It is None if the order is closed. Raises XenditError, and Refusal (429) where that was asked too often.
    """
    if not order.status.is_open:
        return order, None
    for limit, who in ((REOPENS_OF_AN_ORDER, order.reference_id), (REOPENS_OF_A_VISITOR, order.visitor)):
        if shop.settings.rate_limits and not await shop.questions.hit(limit, who):
            raise Refusal(N_("That was quicker than this shop can follow."), 429, hint=AGAIN)
    answer = await fetch_from_xendit(shop, order)
    order = await apply_answer(shop, order, answer)
    if answer is None or not order.status.is_open:
        return order, None
    return order, secret_of(shop, order, answer)


def secret_of(shop: Shop, order: Order, answer: Mapping[str, object]) -> str:
    """Return the key or link that opens the payment. Raises XenditError for what can't be one."""
    secret = answer.get(INTEGRATIONS[order.integration].opens)
    if order.integration != "components":
        own = (f"{shop.settings.app_url}/", f"{shop.settings.xendit_api_url}/")  # of a sandbox, built in or not
        secret = page_address(secret, own)
    if not isinstance(secret, str) or not PRINTABLE.fullmatch(secret):
        raise XenditError.unexpected(200)
    return secret


async def refresh(shop: Shop, order: Order, *, cause: str = N_("asked Xendit"), webhook_first: bool = False) -> Order:
    """Update an open order from Xendit, unless that was done moments ago. Return it unchanged after an error.

    ``webhook_first``: where webhooks come, the first question about an order gives them two seconds.
    """
    if not order.status.is_open or order.currency not in shop.settings.api_keys:
        return order
    if not await shop.questions.hit(QUESTIONS):  # Xendit's rate limit would be reached
        return order
    times = await shop.order_book.claim_refresh(order.reference_id, _interval(order))
    if not times:
        return order
    if times == 1 and webhook_first and (shop.settings.sandbox or shop.webhooks_seen):
        order = await _after_webhook(shop, order)
        if not order.status.is_open:
            return order
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            answer = await fetch_from_xendit(shop, order)
        return await apply_answer(shop, order, answer, cause=cause)
    except TimeoutError:
        return order  # the page shows what is known, and its next poll asks again
    except XenditError as error:
        log.warning("refresh_failed", error_code=error.error_code, status=error.status)
        return order


async def _after_webhook(shop: Shop, order: Order) -> Order:
    """Return the order once a webhook has changed it, or after WEBHOOK_PATIENCE."""
    until = time.monotonic() + WEBHOOK_PATIENCE
    while order.status.is_open and time.monotonic() < until:
        await asyncio.sleep(0.1)
        order = await shop.order_book.get(order.reference_id) or order
    return order


def _interval(order: Order) -> timedelta:
    """Return the seconds between two calls: 3 for ten minutes, then growing up to 15."""
    age = (datetime.now(UTC) - order.created).total_seconds()
    return timedelta(seconds=3 if age < 600 else min(15, age / 200))


async def expire_overdue(shop: Shop) -> None:
    """Close orders whose time is over, even if no page polls them."""
    for order in await shop.order_book.overdue(datetime.now(UTC)):
        await refresh(shop, order, cause=N_("expired: its time was over"))
