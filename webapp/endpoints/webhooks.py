"""``POST /webhooks/xendit``: Xendit's word, checked, and the order moved."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webapp.inspector.recorder import about
from webapp.inspector.transport import record_webhook
from webapp.integrations.webhooks import Webhook, read_webhook, token_matches
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook
from webapp.orders.reports import Report, invoice_report, payment_report, session_report, token_report
from webapp.web.state import Shop, shop_of

log = structlog.get_logger()
SHOWN_BODY = 64 * 1024


async def xendit(request: Request) -> Response:
    """Take a webhook, and show it behind the counter. Of a refused one not even the body is read unless it is short."""
    about("")
    started = time.perf_counter()
    response = await receive(request)
    if int(request.headers.get("content-length") or 0) <= SHOWN_BODY:
        took_ms = (time.perf_counter() - started) * 1000
        record_webhook(shop_of(request).recorder, request, await request.body(), response, took_ms)
    return response


async def receive(request: Request) -> Response:
    """200: believed, already known, or of no concern. 503: no token is configured. 401: wrong token. 413, 400: not
    a webhook's body. 422: it contradicts the order. A token of one market moves no order of another (401)."""
    shop = shop_of(request)
    tokens = shop.settings.webhook_tokens
    if not tokens:
        log.error("webhook_refused", why="no token: set XENDIT_WEBHOOK_TOKEN to the one in Xendit's dashboard")
        return JSONResponse({"message": "This shop has no webhook token configured."}, 503)
    sent = request.headers.get("x-callback-token")
    matching = [token_matches(sent, token) for token in tokens.values()]  # all of them, whichever matches first
    if not any(matching):
        return _refused(401, "wrong token")
    try:
        webhook = read_webhook(_json(await request.body()), request.headers.get("webhook-id"))
    except (ValueError, RecursionError):
        return _refused(400, "not a webhook's body")
    report = read_report(webhook)
    order = await _order(shop, webhook, report)
    if order is None:
        return await _noted(shop.order_book, webhook, "", "no such order")
    about(order.reference_id)
    if not token_matches(sent, tokens.get(order.currency) or tokens.get("", "")):
        return _refused(401, "another market's token")
    if field := report.mismatch(order):
        log.warning("webhook_mismatch", reference_id=order.reference_id, about=webhook.event, field=field)
        await _noted(shop.order_book, webhook, order.reference_id, f"refused: {field} differs from the order's")
        return JSONResponse({"message": f"This does not match the order: {field}."}, 422)
    status = report.status_for(order)
    if status is None:
        return await _noted(shop.order_book, webhook, order.reference_id, "noted")
    async with shop.order_book.transaction() as book:  # both or neither: then Xendit sends it again
        await book.change_status(order, status, cause=f"webhook {webhook.event}", **report.ids)
        return await _noted(book, webhook, order.reference_id, status.value)


def _json(content: bytes) -> Any:
    """Raises ValueError, for JSON too whose texts no database holds: with a NUL or half of a pair of surrogates."""
    body = json.loads(content)
    if b"\\u" in content and re.search(
        "[\0\ud800-\udfff]", json.dumps(body, ensure_ascii=False).replace("\\u0000", "\0")
    ):
        raise ValueError("text that is not Unicode")
    return body


def read_report(webhook: Webhook) -> Report:
    """What a webhook says of an order; ``open`` for events that move none."""
    data = webhook.data
    match webhook.event:
        case "payment_session.completed" | "payment_session.expired":
            return session_report({**data, "status": webhook.event.removeprefix("payment_session.").upper()})
        case "payment.capture" | "payment.authorization":
            return payment_report(data)
        case "payment_token.activation":
            return token_report(data)
        case "recurring.plan.activated":
            return plan_report(data)
        case "invoice.paid" | "invoice.settled" | "invoice.expired":
            return invoice_report(data)
        case _:
            return Report("open")


def plan_report(plan: Mapping[str, Any]) -> Report:
    """A recurring plan belongs to the session that made it."""
    ids = {"recurring_plan_id": plan.get("id"), "payment_session_id": plan.get("payment_session_id")}
    reference = plan.get("reference_id")
    return Report(
        state="completed" if plan.get("status") == "ACTIVE" else "open",
        reference_id=reference if isinstance(reference, str) else None,
        ids={key: value for key, value in ids.items() if isinstance(value, str)},
    )


async def _order(shop: Shop, webhook: Webhook, report: Report) -> Order | None:
    """The order that a webhook is about: by our reference, else by an id that Xendit gave before."""
    references = (report.reference_id, webhook.data.get("reference_id"), webhook.data.get("external_id"))
    for reference in references:
        if isinstance(reference, str) and (order := await shop.order_book.get(reference)):
            return order
    return await shop.order_book.find(report.ids) if report.ids else None


async def _noted(book: OrderBook, webhook: Webhook, reference_id: str, verdict: str) -> Response:
    first = await book.record_webhook(webhook.key, webhook.event, reference_id, verdict)
    log.info("webhook", about=webhook.event, reference_id=reference_id, verdict=verdict if first else "duplicate")
    return JSONResponse({"message": verdict if first else "duplicate"})


def _refused(status: int, why: str) -> Response:
    log.warning("webhook_refused", why=why)
    return JSONResponse({"message": f"Refused: {why}."}, status)
