"""Refund, capture or release the payment of an order (``POST /orders/{reference_id}/refund`` …)."""

import re
import secrets
from contextlib import suppress
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from webapp.integrations.errors import XenditError
from webapp.integrations.refund import REASONS
from webapp.notices import N_, NOT_OURS, Notice, Refusal
from webapp.orders.modification import Kind, Modification, read_amount
from webapp.orders.order import Order
from webapp.web.forms import read_form
from webapp.web.htmx import redirect
from webapp.web.order_page import show_order
from webapp.web.state import own_order, shop_of
from webapp.xendit.modifications import send

REFUSED = {
    "REFUND_NOT_SUPPORTED": N_("What this order was paid with can't be refunded."),
    "PARTIAL_REFUND_NOT_SUPPORTED": N_("What this order was paid with can only be refunded as a whole."),
    "PARTIAL_REFUND_COUNTS_EXCEEDED": N_("What this order was paid with takes no further partial refund."),
    "REFUND_AMOUNT_EXCEEDED": N_("Xendit says that less than this is left to refund."),
    "REFUND_IN_PROGRESS": N_("Xendit is still working on the last refund. Wait a moment."),
    "INSUFFICIENT_BALANCE": N_("The balance of the shop's Xendit account is too low for this refund."),
    "INELIGIBLE_TRANSACTION_STATUS": N_("Xendit says that this payment is past that. Its state is on this page."),
    "CAPTURE_AMOUNT_EXCEEDED": N_("That is more than the card holds."),
}


async def refund(request: Request) -> Response:
    """Refund a paid order, whole or in part, from the fields ``amount``, ``reason`` and ``form_id``."""
    return await _modify(request, Kind.REFUND)


async def capture(request: Request) -> Response:
    """Charge what an authorised order holds, or less, from the fields ``amount`` and ``form_id``."""
    return await _modify(request, Kind.CAPTURE)


async def release(request: Request) -> Response:
    """Release what an authorised order holds, from the field ``form_id``."""
    return await _modify(request, Kind.RELEASE)


async def _modify(request: Request, kind: Kind) -> Response:
    """Store the modification, send it to Xendit, and show the order. A second click finds the first one."""
    shop, order = shop_of(request), await own_order(request)
    try:
        modification = await _read(request, order, kind)
        if await shop.modifications.add(modification):  # stored before Xendit is called
            await send(shop, order, modification)
    except Refusal as refusal:
        typed = await _typed(request, kind)
        return await show_order(request, order, notice=refusal.notice, status=refusal.status, typed=typed)
    except XenditError as error:
        order = await shop.order_book.get(order.reference_id) or order
        status = 422 if error.error_code in REFUSED and 400 <= error.status < 500 else 502
        typed = await _typed(request, kind)
        return await show_order(request, order, notice=_explain(error), status=status, typed=typed)
    return redirect(request, f"/orders/{order.reference_id}")


async def _read(request: Request, order: Order, kind: Kind) -> Modification:
    """Return the modification that the form asks for. Raises Refusal."""
    form = await read_form(request, "form_id", *([] if kind is Kind.RELEASE else ["amount"]))
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", form["form_id"]):
        raise Refusal(NOT_OURS)
    reason = form.get("reason", "") if kind is Kind.REFUND else ""
    if kind is Kind.REFUND and reason not in REASONS:
        raise Refusal(N_("Choose a reason for the refund."))
    now = datetime.now(UTC)
    return Modification(
        modification_id=f"selat-{kind}-{secrets.token_hex(12)}",
        form_id=form["form_id"],
        reference_id=order.reference_id,
        kind=kind,
        amount=order.amount if kind is Kind.RELEASE else read_amount(form["amount"], order.currency),
        reason=reason,
        created=now,
        updated=now,
    )


async def _typed(request: Request, kind: Kind) -> dict[str, str]:
    """Return what the form held, for the same form again: its amount by the kind, and its reason."""
    with suppress(Refusal):  # it could not be read
        form = await read_form(request)
        return {kind: form.get("amount", ""), "reason": form.get("reason", "")}
    return {}


def _explain(error: XenditError) -> Notice:
    if error.error_code in REFUSED:
        return Notice(REFUSED[error.error_code], error_code=error.error_code)
    if 400 <= error.status < 500:
        return Notice(N_("Xendit did not accept this. Nothing was changed."), error_code=error.error_code)
    hint = N_("The shop asks again by itself: this page shows how it ended.")
    return Notice(N_("Xendit has not answered yet."), hint=hint, error_code=error.error_code)
