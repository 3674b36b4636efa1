"""Refunds of a payment: PENDING, then SUCCEEDED or FAILED a moment later. Pure functions on a list of refunds.

https://docs.xendit.co/apidocs/refund-payment-request
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from .clock import from_text, to_text
from .errors import SandboxError, bad_request, key_used
from .events import Event
from .ids import new_id
from .invoice_channels import all_channels
from .markets import ONLINE
from .refund_rules import FULL, MAX_REFUNDS, ONE_PART, RefundRule, rule_of

JSON = dict[str, Any]
SETTLES_AFTER = timedelta(seconds=2)
# Amounts that the bank refuses, as Xendit's test mode has them for QR codes.
FAILS = {Decimal(20301): "INSUFFICIENT_BALANCE", Decimal("20.30"): "INSUFFICIENT_BALANCE"}
FIELDS = [
    *("id", "payment_request_id", "payment_id", "invoice_id", "payment_method_type", "reference_id", "channel_code"),
    *("currency", "amount", "status", "reason", "failure_code", "refund_fee_amount", "metadata", "created", "updated"),
]
# The documented words; a channel of any other type is an EWALLET, the third of them.
METHODS = {"CARDS": "CARD", ONLINE: "DIRECT_DEBIT"}


@dataclass(frozen=True)
class Payment:
    """The payment that is refunded, of a session or of an invoice."""

    object_id: str
    ids: JSON
    """`payment_request_id`, `payment_id` and `invoice_id`, where they are known."""
    channel_code: str
    currency: str
    paid: Decimal
    paid_at: str


def find(refunds: list[JSON], key: str | None, body: JSON) -> JSON | None:
    """Return the refund of this idempotency key, or None. Raise 409 if the key came with another body."""
    known = next((refund for refund in refunds if key and refund["idempotency_key"] == key), None)
    if known and known["request"] != body:
        raise key_used()
    return known


def create(refunds: list[JSON], payment: Payment, body: JSON, key: str | None, now: datetime) -> JSON:
    """Add a refund and return it. Raise Xendit's errors."""
    left = payment.paid - sum((Decimal(r["amount"]) for r in refunds if r["status"] != "FAILED"), Decimal(0))
    amount = Decimal(body.get("amount", left))
    rule = _check(refunds, payment, amount, left)
    late = now > from_text(payment.paid_at) + timedelta(days=rule.days)
    refund = {
        "id": new_id("rfd-"),
        **{"payment_request_id": None, "payment_id": None, "invoice_id": None} | payment.ids,
        "payment_method_type": _method(payment),
        "reference_id": body.get("reference_id"),
        "channel_code": payment.channel_code,
        "currency": payment.currency,
        "amount": body.get("amount", left),
        "status": "PENDING",
        "reason": body["reason"],
        "failure_code": None,
        "refund_fee_amount": None,
        "metadata": body.get("metadata"),
        "created": to_text(now),
        "updated": to_text(now),
        "idempotency_key": key,
        "request": body,
        "due": to_text(now + SETTLES_AFTER),
        "due_failure_code": "REFUND_FAILED" if late else FAILS.get(amount),
    }
    refunds.append(refund)
    return refund


def _method(payment: Payment) -> str:
    channel = next(each for each in all_channels(payment.currency) if each.code == payment.channel_code)
    return METHODS.get(channel.pm_type, "EWALLET")


def _check(refunds: list[JSON], payment: Payment, amount: Decimal, left: Decimal) -> RefundRule:
    """Return the rule of the channel, which this refund keeps. Raise the error about one that it breaks."""
    rule = rule_of(payment.channel_code, payment.currency)
    if rule is None:
        raise SandboxError(403, "REFUND_NOT_SUPPORTED", f"{payment.channel_code} does not support refunds")
    if any(refund["status"] == "PENDING" for refund in refunds):
        raise bad_request("REFUND_IN_PROGRESS", "Another refund of this payment is still in progress")
    if amount > left or left <= 0:
        raise bad_request("REFUND_AMOUNT_EXCEEDED", f"At most {left} can be refunded")
    if rule.parts == FULL and amount != payment.paid:
        raise SandboxError(403, "PARTIAL_REFUND_NOT_SUPPORTED", f"{payment.channel_code} can only refund all of it")
    made = [refund for refund in refunds if refund["status"] != "FAILED"]
    if len(made) >= max(rule.parts, ONE_PART) or len(refunds) >= MAX_REFUNDS:
        text = f"{payment.channel_code} takes at most {max(rule.parts, ONE_PART)} refunds of a payment"
        raise bad_request("PARTIAL_REFUND_COUNTS_EXCEEDED", text)
    return rule


def settle_due(refunds: list[JSON], object_id: str, business_id: str, now: datetime) -> list[Event]:
    """Settle the refunds whose time has come, and return their webhooks."""
    events = []
    for refund in refunds:
        if refund["status"] == "PENDING" and from_text(refund["due"]) <= now:
            failure = refund["due_failure_code"]
            refund |= {"status": "FAILED" if failure else "SUCCEEDED", "failure_code": failure, "updated": to_text(now)}
            data = view(refund) | {"business_id": business_id}
            events.append(Event(f"refund.{refund['status'].lower()}", object_id, data))
    return events


def next_due(refunds: list[JSON]) -> str | None:
    """Return the time at which the next refund settles, or None."""
    return min((str(refund["due"]) for refund in refunds if refund["status"] == "PENDING"), default=None)


def view(refund: JSON) -> JSON:
    """Return the refund as Xendit's answers and webhooks show it."""
    return {name: refund[name] for name in FIELDS}
