"""Receive Xendit's webhooks (``POST /webhooks/xendit``)."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webapp.integrations.errors import XenditError, parse_json
from webapp.integrations.outcomes import Outcome, of_webhook
from webapp.integrations.refund import of_refund_webhook
from webapp.integrations.webhooks import Webhook, read_webhook, token_matches
from webapp.notices import N_, Refusal
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook
from webapp.orders.status import OrderStatus, status_after
from webapp.web.state import Shop, shop_of
from webapp.xendit.early_refunds import after_its_payment
from webapp.xendit.modifications import settle
from webapp.xendit.order_sync import apply_answer, fetch_from_xendit
from webapp.xendit.own_captures import with_captured
from webapp.xendit.refunds import order_of_refund, take_refund
from webapp.xendit.saved_payments import forget_ended, name_new

log = structlog.get_logger()
LATER_IDS, PAYMENT_IDS = ("payment_token_id", "recurring_plan_id"), ("payment_request_id", "payment_id")


async def xendit(request: Request) -> Response:
    """Verify a webhook and change the status of its order.

    Answer 200 to every verified webhook, including duplicates and webhooks without an order here. Other answers:
    400 for an unreadable body, 401 for a wrong token, 422 for a mismatch with the order, 503 if no token is set.
    A success without amount or currency is not believed: the shop asks Xendit. 503 also if it does not answer.
    """
    shop = shop_of(request)
    tokens = shop.settings.webhook_tokens
    if not tokens:
        log.error("webhook_refused", why="no token: set XENDIT_WEBHOOK_TOKEN to the one in Xendit's dashboard")
        return JSONResponse({"message": "This shop has no webhook token configured."}, 503)
    sent = request.headers.get("x-callback-token")
    matches = [token_matches(sent, token) for token in tokens.values()]  # always all, for constant time
    if not any(matches):
        return _refused(401, "wrong token")
    shop.webhooks_seen = True
    try:
        webhook = read_webhook(parse_json(await request.body()), request.headers.get("webhook-id"))
    except ValueError:
        return _refused(400, "not a webhook's body")
    try:
        return await (_refund if webhook.event.startswith("refund.") else _payment)(shop, webhook, sent)
    except XenditError as error:  # it says too little, and Xendit could not be asked: it will come again
        log.warning("refresh_failed", error_code=error.error_code, status=error.status)
        return JSONResponse({"message": "Xendit could not be asked about this."}, 503)


async def _payment(shop: Shop, webhook: Webhook, sent: str | None) -> Response:
    """Find the order of a payment, session, token, plan or invoice, and apply what is said if it matches."""
    order = await _find_order(shop.order_book, outcome := of_webhook(webhook))
    if order is None:
        return await _recorded(shop.order_book, webhook, "", "no such order")
    set_order(order.reference_id)
    if not _is_of_its_market(shop, order.currency, sent):
        return _refused(401, "another market's token")
    ended = webhook.event.startswith("payment_token.") and await forget_ended(shop, order, webhook.data)
    if ended or (order.status.has_plan and webhook.event.startswith("payment.")):
        outcome = Outcome("open", currency=outcome.currency)  # a token's reference, and a month's amount, is its own
    if field := outcome.mismatch(order):
        if field == "payment_id":  # another try has ended, not the order's payment
            return await _recorded(shop.order_book, webhook, order.reference_id, "noted")
        log.warning("webhook_mismatch", about=webhook.event, field=field)
        await _recorded(shop.order_book, webhook, order.reference_id, f"refused: {field} differs from the order's")
        return JSONResponse({"message": f"This does not match the order: {field}."}, 422)
    answer = await _apply(shop, order, webhook, outcome)
    await name_new(shop, order)
    return answer


async def _apply(shop: Shop, order: Order, webhook: Webhook, outcome: Outcome) -> Response:
    """Change the order's status as the webhook says, and record the webhook in the same transaction."""
    if webhook.event.startswith("payment."):
        outcome = await with_captured(shop, order, outcome)
    status = status_after(order, outcome.state, outcome.captured)
    names = LATER_IDS + (PAYMENT_IDS if outcome.state in ("authorized", "completed") else ())  # not of a failed try
    later = {name: outcome.ids[name] for name in names if name in outcome.ids and getattr(order, name) is None}
    if order.status.is_success and later:  # an earlier webhook said less
        await shop.order_book.set_ids(order.reference_id, later)
    if status in (None, order.status):
        return await _recorded(shop.order_book, webhook, order.reference_id, "noted")
    if status.is_success and order.amount and None in (outcome.amount, outcome.currency):
        return await _ask(shop, order, webhook)
    was_held = order.status in (OrderStatus.AUTHORIZED, OrderStatus.RELEASED)  # only these have captures
    async with shop.order_book.transaction() as book:  # after an error Xendit sends the webhook again
        order = await book.change_status(
            order, status, cause=f"webhook {webhook.event}", ids=outcome.ids, captured=outcome.captured
        )
        answer = await _recorded(book, webhook, order.reference_id, status.value if order.status is status else "noted")
    if was_held:
        await settle(shop, order)
    return answer


async def _refund(shop: Shop, webhook: Webhook, sent: str | None) -> Response:
    """Store how a refund ended, one of ours or one that was made in Xendit's dashboard. Raises XenditError."""
    try:
        outcome = of_refund_webhook(webhook.event, webhook.data)
    except ValueError:
        return _refused(400, "not a refund")
    order = await order_of_refund(shop, outcome)
    currency = order.currency if order else outcome.currency or ""
    if (order or currency in shop.settings.api_keys) and not _is_of_its_market(shop, currency, sent):
        return _refused(401, "another market's token")
    try:
        order = await after_its_payment(shop, order, outcome)
        if order is None:
            return await _recorded(shop.order_book, webhook, "", "no such order")
        set_order(order.reference_id)
        await take_refund(shop, order, outcome)
    except Refusal as refusal:
        log.warning("webhook_mismatch", about=webhook.event, field="amount")
        return JSONResponse({"message": refusal.notice.message % refusal.notice.values}, refusal.status)
    return await _recorded(shop.order_book, webhook, order.reference_id, f"refund {outcome.state}")


def _is_of_its_market(shop: Shop, currency: str, sent: str | None) -> bool:
    tokens = shop.settings.webhook_tokens
    return token_matches(sent, tokens.get(currency) or tokens.get("", ""))


async def _find_order(book: OrderBook, outcome: Outcome) -> Order | None:
    """Return the order with our reference, else with one of Xendit's ids, or None."""
    order = await book.get(outcome.reference_id) if outcome.reference_id else None
    return order or (await book.find(outcome.ids) if outcome.ids else None)


async def _recorded(book: OrderBook, webhook: Webhook, reference_id: str, verdict: str) -> Response:
    first = await book.record_webhook(webhook.key, webhook.event, reference_id, verdict)
    log.info("webhook", about=webhook.event, verdict=verdict if first else "duplicate")
    return JSONResponse({"message": verdict if first else "duplicate"})


async def _ask(shop: Shop, order: Order, webhook: Webhook) -> Response:
    """Ask Xendit about a success that names no amount or no currency, and believe the answer. Raises XenditError."""
    cause = N_("the shop asked Xendit, because the webhook named no amount")
    order = await apply_answer(shop, order, await fetch_from_xendit(shop, order), cause=cause)
    return await _recorded(shop.order_book, webhook, order.reference_id, f"asked Xendit: {order.status}")


def _refused(status: int, why: str) -> Response:
    log.warning("webhook_refused", why=why)
    return JSONResponse({"message": f"Refused: {why}."}, status)
