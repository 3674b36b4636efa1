"""Fetch an order's session or invoice from Xendit and apply it, in case no webhook arrives."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import structlog

from webapp.integrations import outcomes
from webapp.integrations.capture import Payment, get_payment
from webapp.integrations.errors import XenditError
from webapp.integrations.saved_payment import PaymentRequest, get_payment_request, of_payment_request
from webapp.integrations.status import Invoice, PaymentSession, find_invoices, get_invoice, get_payment_session
from webapp.notices import N_
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, OrderStatus, may_become, status_after
from webapp.web.rate_limiter import Limit
from webapp.web.state import Shop
from webapp.xendit.own_captures import with_captured

log = structlog.get_logger()
Answer = PaymentSession | Invoice | Payment | PaymentRequest
ASKED = N_("the shop asked Xendit, because no webhook had come")
QUESTIONS = Limit(50, 1)  # per process
WEBHOOK_PATIENCE = 2.0  # seconds
PAGE_PATIENCE = 2.5  # seconds that a page waits for Xendit


async def fetch_from_xendit(shop: Shop, order: Order) -> Answer | None:
    """Return the order's session, invoice, payment or payment request, or None if there is none. Raises XenditError.

    While it is open it holds a secret key or URL. Send that only to the shopper; never store or log it.
    """
    set_order(order.reference_id, order.visitor)
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    if order.status is OrderStatus.AUTHORIZED and order.payment_id:
        return await get_payment(shop.client, key, order.payment_id, api_url=api_url)
    if order.payment_session_id:
        return await get_payment_session(shop.client, key, order.payment_session_id, api_url=api_url)
    if order.integration == SAVED_PAYMENT and order.payment_request_id:
        return await get_payment_request(shop.client, key, order.payment_request_id, api_url=api_url)
    if order.invoice_id:
        return await get_invoice(shop.client, key, order.invoice_id, api_url=api_url)
    if order.integration == "invoice":  # the answer to our POST may have been lost
        found = await find_invoices(shop.client, key, order.reference_id, api_url=api_url)
        return found[0] if found else None
    return None


async def apply_answer(shop: Shop, order: Order, answer: Answer | None, *, cause: str = ASKED) -> Order:
    """Change the order's status by Xendit's answer. Return the order; it is unchanged if the answer does not match."""
    if answer is None:
        if datetime.now(UTC) < order.expires_at:
            return order
        lost = N_("no answer and no webhook came in time: look for it in Xendit's dashboard")
        cause = lost if order.integration == SAVED_PAYMENT else N_("nothing was created at Xendit in time")
        return await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
    outcome = await outcome_of(shop, order, answer)
    if field := outcome.mismatch(order):
        log.warning("xendit_answer_mismatch", field=field)
        return order
    refused = order.status is OrderStatus.PENDING_APPROVAL and answer["status"] == "ACTIVE"  # open for another try
    status = OrderStatus.WAITING if refused else status_after(order, outcome.state, outcome.captured)
    if status is None:
        return order
    ids = {} if status is OrderStatus.PENDING_APPROVAL else outcome.ids  # another try is another payment
    return await shop.order_book.change_status(order, status, cause=cause, ids=ids, captured=outcome.captured)


async def outcome_of(shop: Shop, order: Order, answer: Answer) -> outcomes.Outcome:
    """Return what an answer about the order means."""
    if order.status is OrderStatus.AUTHORIZED:
        return await with_captured(shop, order, outcomes.of_payment(answer))
    read = {"invoice": outcomes.of_invoice, SAVED_PAYMENT: of_payment_request}
    return read.get(order.integration, outcomes.of_session)(answer)


async def refresh(shop: Shop, order: Order, *, cause: str = ASKED, webhook_first: bool = False) -> Order:
    """Update an open order from Xendit, unless that was done moments ago. Return it unchanged after an error.

    It asks also about an order that was given up before Xendit's answer came: its payment may have been opened.
    ``webhook_first``: the first question about an order waits for its webhook.
    """
    given_up = order.status is OrderStatus.FAILED_TO_CREATE and (order.payment_session_id or order.invoice_id)
    if not (order.status.may_change or given_up) or order.currency not in shop.settings.api_keys:
        return order
    if shop.questions.wait(QUESTIONS):  # Xendit's rate limit would be reached
        return order
    times = await shop.order_book.claim_refresh(order.reference_id, _interval(order))
    if not times:
        return order
    if webhook_first := webhook_first and times == 1 and order.status.is_open:
        order = await after_webhook(shop, order)
        if not order.status.is_open:
            return order
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            answer = await fetch_from_xendit(shop, order)
        if not webhook_first:
            order = await after_webhook_of(shop, order, answer)
        return await apply_answer(shop, order, answer, cause=cause)
    except TimeoutError:  # the page shows what is known, and its next poll asks again
        return order
    except XenditError as error:
        log.warning("refresh_failed", error_code=error.error_code, status=error.status)
        return order


async def after_webhook_of(shop: Shop, order: Order, answer: Answer | None) -> Order:
    """Return the order; if Xendit answers that it succeeded, after the webhook that says so."""
    outcome = await outcome_of(shop, order, answer) if answer else None
    status = outcome and status_after(order, outcome.state, outcome.captured)
    succeeded = status and status.is_success and may_become(order.status, status)
    return await after_webhook(shop, order) if succeeded else order


async def after_webhook(shop: Shop, order: Order) -> Order:
    """Return the order once a webhook has changed it, or after WEBHOOK_PATIENCE. Where none come, return it at once."""
    before, until = order.status, time.monotonic()
    until += WEBHOOK_PATIENCE if shop.settings.sandbox or shop.webhooks_seen else 0
    while order.status is before and time.monotonic() < until:
        await asyncio.sleep(0.1)
        order = await shop.order_book.get(order.reference_id) or order
    return order


def _interval(order: Order) -> timedelta:
    """Return the seconds between two calls: 3 for ten minutes, then growing up to 15."""
    age = (datetime.now(UTC) - order.created).total_seconds()
    return timedelta(seconds=3 if age < 600 else min(15, age / 200))
