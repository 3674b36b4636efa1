"""Refund a paid order, whole or in part. The money goes back to what the shopper paid with.

1. Store the refund under a reference of your own, before you call Xendit: a crash can't lose it then.
2. Post it to ``/refunds`` with the ``payment_request_id`` of the payment (an invoice: its ``invoice_id``).
   Send the reference as ``idempotency-key`` too: the same refund sent again is made once.
3. Xendit answers ``PENDING``. Wait for the webhook ``refund.succeeded`` or ``refund.failed``, or ask
   ``GET /refunds/{id}``. ``of_refund_webhook`` reads the one, ``of_refund`` the other.
4. No answer came? Look for your reference with ``find_refunds`` before you send it again.

Virtual accounts, counters and most bank payments can't be refunded: Xendit answers 403 ``REFUND_NOT_SUPPORTED``.

https://docs.xendit.co/apidocs/refund-payment-request · https://docs.xendit.co/apidocs/refund-webhook-notification
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypedDict

import httpx

from .errors import XenditError, call_xendit, is_id

API_URL = "https://api.xendit.co"
REASONS = ("REQUESTED_BY_CUSTOMER", "CANCELLATION", "DUPLICATE", "FRAUDULENT", "OTHERS")


class Refund(TypedDict):
    """``status``: ``PENDING``, ``SUCCEEDED``, ``FAILED`` or ``CANCELLED``. After a failure, ``failure_code``."""

    id: str
    status: str


async def create_refund(
    client: httpx.AsyncClient,
    api_key: str,
    *,
    reference_id: str,
    amount: Decimal,
    currency: str,
    reason: str,
    payment_request_id: str | None = None,
    invoice_id: str | None = None,
    api_url: str = API_URL,
) -> Refund:
    """Create a refund of a payment request or of an invoice, and return it. Raises XenditError.

    ``amount`` is in the main unit of ``currency``: 21.60 is S$21.60. ``reason`` is one of REASONS.
    400 ``REFUND_AMOUNT_EXCEEDED``: more than is left. 400 ``REFUND_IN_PROGRESS``: an earlier one is still pending.
    """
    payload: dict[str, object] = {
        "reference_id": reference_id,
        "amount": _number(amount),
        "currency": currency,
        "reason": reason,
    }
    if invoice_id:  # the older invoices have no payment request that we know
        payload["invoice_id"] = invoice_id
    else:
        payload["payment_request_id"] = payment_request_id
    headers = {"idempotency-key": reference_id}
    return await call_xendit(client, "POST", f"{api_url}/refunds", api_key, Refund, payload=payload, headers=headers)


async def get_refund(client: httpx.AsyncClient, api_key: str, refund_id: str, *, api_url: str = API_URL) -> Refund:
    """Return the refund as it is now. Raises XenditError."""
    return await call_xendit(client, "GET", f"{api_url}/refunds/{refund_id}", api_key, Refund)


async def find_refunds(
    client: httpx.AsyncClient,
    api_key: str,
    *,
    payment_request_id: str | None = None,
    invoice_id: str | None = None,
    api_url: str = API_URL,
) -> list[Refund]:
    """Return the refunds of a payment request or of an invoice, the latest 100. Raises XenditError."""
    which = f"invoice_id={invoice_id}" if invoice_id else f"payment_request_id={payment_request_id}"
    page = await call_xendit(client, "GET", f"{api_url}/refunds?{which}&limit=100", api_key, _Page)
    found = page.get("data")
    if not isinstance(found, list) or not all(isinstance(refund, dict) for refund in found):
        raise XenditError.unexpected(200)
    return found


class _Page(TypedDict):
    """``data``: the refunds."""


@dataclass(frozen=True)
class RefundOutcome:
    """The meaning of a refund, from an answer or a webhook. None: Xendit did not say."""

    state: Literal["pending", "succeeded", "failed"]
    refund_id: str
    reference_id: str | None = None
    """The shop's own reference of the refund, not of the order."""
    payment_request_id: str | None = None
    invoice_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    failure_code: str = ""


def of_refund_webhook(event: str, data: Mapping[str, object]) -> RefundOutcome:
    """Return what a ``refund.*`` webhook means; where no status is in it, the event's name says it. Raises ValueError.

    Xendit's documented examples nest a second envelope in ``data``: both forms are read.
    """
    refund = inner if isinstance(inner := data.get("data"), Mapping) else data
    return of_refund({**refund, "status": refund.get("status") or event.partition(".")[2].upper()})


def of_refund(refund: Mapping[str, object]) -> RefundOutcome:
    """Return what an answer about a refund means. Raises ValueError for an id or an amount that can be none."""
    texts = {name: value for name in _TEXTS if isinstance(value := refund.get(name), str) and value}
    if not is_id(refund.get("id")):
        raise ValueError("a refund without an id")
    status = texts.get("status")
    return RefundOutcome(
        "succeeded" if status == "SUCCEEDED" else "failed" if status in ("FAILED", "CANCELLED") else "pending",
        texts["id"],
        texts.get("reference_id"),
        texts.get("payment_request_id"),
        texts.get("invoice_id"),
        _amount(refund.get("amount")),
        texts.get("currency"),
        texts.get("failure_code", ""),
    )


_TEXTS = ("id", "status", "reference_id", "payment_request_id", "invoice_id", "currency", "failure_code")


def _amount(value: object) -> Decimal | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 10**15:
        raise ValueError("a refund of an amount that can be none")
    return Decimal(str(value))


def _number(amount: Decimal) -> int | float:
    """JSON has no decimals: 240000, 21.6."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
