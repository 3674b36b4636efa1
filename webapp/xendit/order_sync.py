"""Asking Xendit how an order stands, for when no webhook can come: at most once in 3 seconds an order."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from limits import parse

from webapp.inspector.recorder import about
from webapp.integrations.errors import XenditError
from webapp.integrations.status import find_invoices, get_invoice, get_payment_session
from webapp.notices import N_
from webapp.orders.order import Order, OrderStatus
from webapp.orders.reports import invoice_report, session_report
from webapp.web.state import Shop

log = structlog.get_logger()
QUESTIONS = parse("50/second")  # of one process; webhooks are the rule, asking is for when none comes
PAGE_PATIENCE = 2.5  # seconds that a page waits for Xendit before it shows what is known


async def fetch_from_xendit(shop: Shop, order: Order) -> dict[str, Any] | None:
    """Xendit's session or invoice of an order, with its secret key or URL if still open; None if none is known.

    Nobody but the caller's own answer may see it. Raises XenditError.
    """
    about(order.reference_id, order.visitor)
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    if order.payment_session_id:
        return await get_payment_session(shop.client, key, order.payment_session_id, api_url=api_url)
    if order.invoice_id:
        return await get_invoice(shop.client, key, order.invoice_id, api_url=api_url)
    if order.integration == "invoice":  # the answer to our POST may have been lost: an invoice can be found by our id
        found = await find_invoices(shop.client, key, order.reference_id, api_url=api_url)
        return found[0] if found else None
    return None


async def apply_answer(shop: Shop, order: Order, answer: dict[str, Any] | None, *, cause: str) -> Order:
    """Move the order to where Xendit's answer says it stands, if the answer is about this order. Returns it after."""
    if answer is None:
        if datetime.now(UTC) < order.expires_at:
            return order
        cause = N_("nothing was created at Xendit in time")
        return await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
    report = invoice_report(answer) if order.integration == "invoice" else session_report(answer)
    if field := report.mismatch(order):
        log.warning("xendit_answer_mismatch", reference_id=order.reference_id, field=field)
        return order
    status = report.status_for(order)
    if status is None:
        return order
    return await shop.order_book.change_status(order, status, cause=cause, **report.ids)


async def refresh(shop: Shop, order: Order, *, cause: str = N_("asked Xendit")) -> Order:
    """Ask, unless somebody did a moment ago or there is nothing to ask. Xendit's failures leave the order as it was."""
    if not order.status.is_open or order.currency not in shop.settings.api_keys:
        return order
    if not await shop.questions.hit(QUESTIONS):
        return order  # so many pages are open that asking for each would leave no time to serve them
    if not await shop.order_book.claim_refresh(order.reference_id, _patience(order)):
        return order
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            answer = await fetch_from_xendit(shop, order)
        return await apply_answer(shop, order, answer, cause=cause)
    except TimeoutError:
        return order  # the page shows how things stood, and asks again with its next poll
    except XenditError as error:
        log.warning("asking_failed", reference_id=order.reference_id, error_code=error.error_code, status=error.status)
        return order


def _patience(order: Order) -> timedelta:
    """Every 3 seconds at first, then more and more rarely, up to 15: a page may stay open for an hour."""
    age = (datetime.now(UTC) - order.created).total_seconds()
    return timedelta(seconds=3 if age < 600 else min(15, age / 200))


async def expire_overdue(shop: Shop, every: float = 30) -> None:
    """Close orders whose session has expired while nobody was looking. Runs until cancelled."""
    while True:
        await asyncio.sleep(every)
        try:
            for order in await shop.order_book.overdue(datetime.now(UTC)):
                await refresh(shop, order, cause=N_("swept: its time was over"))
        except Exception:
            log.exception("sweep_failed")
