"""Charge what a visitor has saved at Xendit, name it, and forget it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import structlog

from webapp.integrations.errors import XenditError
from webapp.integrations.saved_payment import (
    cancel_payment_token,
    get_payment_token,
    of_payment_request,
    pay_with_token,
    token_label,
)
from webapp.notices import N_, Refusal
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.status import Flow, OrderStatus
from webapp.web.state import Shop
from webapp.xendit.order_sync import PAGE_PATIENCE, QUESTIONS, apply_answer
from webapp.xendit.reopen import secret_of

log = structlog.get_logger()
ENDED = ("FAILED", "EXPIRED", "CANCELED")
FINAL_AT_503 = ("CHANNEL_UNAVAILABLE", "ISSUER_UNAVAILABLE")
DECLINED = {
    "INSUFFICIENT_BALANCE": N_("%(label)s was not charged: its balance is too low."),
    "EXPIRED_CARD": N_("%(label)s was not charged: it has expired."),
    "CARD_EXPIRED": N_("%(label)s was not charged: it has expired."),
    "INVALID_TOKEN": N_("%(label)s can't be used any more. Pay another way, and save it anew if you like."),
}


async def name_saved(shop: Shop, order: Order) -> Order:
    """Ask Xendit which card or wallet the order has saved, and store its label. Return the order with it."""
    keeps = order.flow in (Flow.SAVE, Flow.PAY_SAVE) and order.status.is_success and order.payment_token_id
    if not keeps or order.token_label or order.token_forgotten or order.currency not in shop.settings.api_keys:
        return order
    if shop.questions.wait(QUESTIONS):
        return order
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            token = await get_payment_token(shop.client, key, str(order.payment_token_id), api_url=api_url)
    except (TimeoutError, XenditError) as error:
        log.warning("token_not_named", error=str(error))
        return order
    if token["status"] in ENDED:
        await shop.saved_payments.forget(order.visitor, str(order.payment_token_id))
    if token["status"] != "ACTIVE":
        return order
    label = token_label(token) or f"•••• {str(order.payment_token_id)[-4:]}"
    await shop.saved_payments.set_label(order, label)
    return replace(order, token_label=label)


async def name_new(shop: Shop, order: Order) -> None:
    """Name what the order has saved by now, so that the shop offers it before the order's own page is opened."""
    if order.flow in (Flow.SAVE, Flow.PAY_SAVE) and (stored := await shop.order_book.get(order.reference_id)):
        await name_saved(shop, stored)


async def charge(shop: Shop, order: Order) -> tuple[Order, str | None]:
    """Charge the order to its token, once. Return it as Xendit's answer leaves it, with the address of 3-D Secure.

    Without an answer the order waits for the webhook: it may have been charged. Raises Refusal (402) if it was not.
    """
    set_order(order.reference_id, order.visitor)
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    page = f"{shop.settings.app_url}/orders/{order.reference_id}" if shop.settings.accepts_return_urls else None
    try:
        answer = await pay_with_token(shop.client, key, order, return_url=page, api_url=api_url)
    except XenditError as error:
        log.warning("charge_failed", error_code=error.error_code, status=error.status)
        if not _is_final(error):
            return order, None
        cause = f"Xendit: {error.error_code}"
        raise await _declined(shop, order, error.error_code, cause) from None
    await shop.order_book.set_ids(order.reference_id, of_payment_request(answer).ids)
    order = await apply_answer(shop, order, answer, cause=N_("Xendit's answer"))
    if order.status is OrderStatus.DECLINED:
        code = answer.get("failure_code")
        raise await _declined(shop, order, code if isinstance(code, str) else "")
    return order, secret_of(shop, order, answer) if answer["status"] == "REQUIRES_ACTION" else None


def _is_final(error: XenditError) -> bool:
    """Return whether Xendit has refused the charge. 409: it has had this order before, and may have charged it."""
    refused = 400 <= error.status < 500 and error.status not in (408, 409)
    return refused or (error.status == 503 and error.error_code in FINAL_AT_503)


async def _declined(shop: Shop, order: Order, code: str, cause: str = "") -> Refusal:
    """Close the order, and return what to tell the shopper. A token that is gone is offered no more."""
    if cause:
        await shop.order_book.change_status(order, OrderStatus.DECLINED, cause=cause)
    if code == "INVALID_TOKEN":
        await shop.saved_payments.forget(order.visitor, str(order.payment_token_id))
    message = DECLINED.get(code, N_("%(label)s was declined."))
    hint = N_("Nothing was charged and your cart is kept. Choose another way to pay.")
    return Refusal(message, 402, hint=hint, label=order.token_label)


async def forget(shop: Shop, saved: Order) -> None:
    """Cancel the token at Xendit, then forget it here. Raises Refusal (502), and then it is still offered."""
    key, api_url = shop.api_key(saved.currency), shop.settings.xendit_api_url
    set_order(saved.reference_id, saved.visitor)
    try:
        await cancel_payment_token(shop.client, key, str(saved.payment_token_id), api_url=api_url)
    except XenditError as error:
        if error.status not in (400, 404):  # it is gone there already
            log.warning("token_not_cancelled", error_code=error.error_code, status=error.status)
            hint = N_("It stays saved. Try again in a moment.")
            raise Refusal(N_("%(label)s could not be forgotten."), 502, hint=hint, label=saved.token_label) from None
    await shop.saved_payments.forget(saved.visitor, str(saved.payment_token_id))


async def forget_ended(shop: Shop, order: Order, token: Mapping[str, object]) -> bool:
    """Offer a token no more if its webhook says that it has ended. Return whether it does."""
    ended = token.get("status") in ENDED
    if ended:
        await shop.saved_payments.forget(order.visitor, str(token.get("payment_token_id")))
    return ended


async def forget_all(shop: Shop, visitor: str) -> None:
    """Forget all that a visitor has saved; at Xendit as far as it answers within seconds."""
    with_key = [each for each in await shop.saved_payments.of(visitor) if each.currency in shop.settings.api_keys]
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            for saved in with_key:
                await forget(shop, saved)
    except (TimeoutError, Refusal) as error:
        log.warning("tokens_not_cancelled", error=str(error))
