"""Store what Xendit says about refunds: ours, and those that were made in its dashboard."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from webapp.integrations import refund
from webapp.integrations.errors import XenditError
from webapp.integrations.refund import RefundOutcome, of_refund
from webapp.notices import N_, Refusal
from webapp.orders.modification import ELSEWHERE, Kind, Modification, ModificationStatus
from webapp.orders.order import Order
from webapp.web.state import Shop

log = structlog.get_logger()


async def order_of_refund(shop: Shop, outcome: RefundOutcome) -> Order | None:
    """Return the order that a refund belongs to: by our reference, else by its payment or invoice."""
    ours = await shop.modifications.find(modification_id=outcome.reference_id or "", refund_id=outcome.refund_id)
    if ours:
        return await shop.order_book.get(ours.reference_id)
    ids = {"payment_request_id": outcome.payment_request_id or "", "invoice_id": outcome.invoice_id or ""}
    return await shop.order_book.find(ids) if any(ids.values()) else None


async def take_refund(shop: Shop, order: Order, outcome: RefundOutcome) -> None:
    """Store what Xendit says about a refund. Raises Refusal (422) where it contradicts the order.

    Without our reference it is one made elsewhere, until the answer about our own has the same id. Where such a one
    names no amount, Xendit is asked. Raises XenditError where it does not say it.
    """
    ours = await shop.modifications.find(modification_id=outcome.reference_id or "")
    if ours is None or ours.refund_id not in (None, outcome.refund_id):
        ours = await shop.modifications.find(refund_id=outcome.refund_id)
    scanty = ours is None and outcome.amount is None and outcome.state == "succeeded"
    if scanty and order.currency in shop.settings.api_keys:
        outcome = await _with_amount(shop, order, outcome)
    if outcome.currency not in (None, order.currency) or (ours and outcome.amount not in (None, ours.amount)):
        raise Refusal(N_("This does not match the refund."), 422)
    if ours:
        await apply_refund(shop, ours, outcome)
    elif outcome.amount and outcome.state == "succeeded":
        now, made = datetime.now(UTC), f"{ELSEWHERE}{outcome.refund_id}"
        elsewhere = Modification(
            made,
            made,
            order.reference_id,
            Kind.REFUND,
            outcome.amount,
            "OTHERS",
            now,
            now,
            ModificationStatus.SUCCEEDED,
            outcome.refund_id,
        )
        await shop.modifications.add(elsewhere)


async def _with_amount(shop: Shop, order: Order, outcome: RefundOutcome) -> RefundOutcome:
    """Return a refund that has succeeded with the amount that Xendit's answer about it names. Raises XenditError."""
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    said = read_refund(await refund.get_refund(shop.client, key, outcome.refund_id, api_url=api_url))
    if said.refund_id != outcome.refund_id or not said.amount:
        raise XenditError.unexpected(200)
    return replace(outcome, amount=said.amount, currency=outcome.currency or said.currency)


async def apply_refund(shop: Shop, modification: Modification, outcome: RefundOutcome) -> None:
    """Store what Xendit says about a refund; nothing where it contradicts the one that we asked for."""
    if outcome.amount not in (None, modification.amount):
        log.warning("refund_mismatch", field="amount")
        return
    status = ModificationStatus(outcome.state)
    failure_code = outcome.failure_code
    await shop.modifications.change(modification, status, refund_id=outcome.refund_id, failure_code=failure_code)


async def find_refund(
    shop: Shop, order: Order, modification: Modification, key: str, api_url: str
) -> RefundOutcome | None:
    """Return the refund at Xendit: by its id, or by our reference where the answer with the id was lost."""
    if modification.refund_id:
        try:
            return read_refund(await refund.get_refund(shop.client, key, modification.refund_id, api_url=api_url))
        except XenditError as error:
            if error.status != 404:  # the list may still have it
                raise
    found = await _refunds_of(shop, order)
    mine = [each for each in found if each.get("reference_id") == modification.modification_id]
    return read_refund(mine[0]) if mine else None


async def take_refunds(shop: Shop, order: Order) -> None:
    """Store the refunds that Xendit lists of an order, also those made elsewhere. Raises Refusal, XenditError."""
    for each in await _refunds_of(shop, order):
        await take_refund(shop, order, read_refund(each))


async def _refunds_of(shop: Shop, order: Order) -> list[refund.Refund]:
    ids = {"payment_request_id": order.payment_request_id, "invoice_id": order.invoice_id}
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    return await refund.find_refunds(shop.client, key, **ids, api_url=api_url)


def read_refund(answer: Mapping[str, object]) -> RefundOutcome:
    """Return what Xendit's answer says about a refund. Raises XenditError for what can't be one."""
    try:
        return of_refund(answer)
    except ValueError:
        raise XenditError.unexpected(200) from None
