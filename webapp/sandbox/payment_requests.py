"""Payments with a saved method, or once by a wallet: at once or after an approval. Pure functions on a record.

https://docs.xendit.co/docs/pay-with-tokens
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from . import cards
from .captures import HELD_FOR, release_overdue
from .clock import from_text, to_text
from .errors import bad_request
from .ids import new_id
from .object_records import PaymentRequestRecord
from .payment_objects import channel_properties, payment_event, payment_object
from .records import OPEN
from .refunds import next_due, settle_due

JSON = dict[str, Any]
APPROVAL_WITHIN = timedelta(minutes=30)
SLOW_CARD_TAKES = timedelta(seconds=4)
PAYMENT_EVENTS = {"AUTHORIZED": "payment.authorization", "SUCCEEDED": "payment.capture", "FAILED": "payment.failure"}
# Saved wallets and accounts that pay without the customer: https://docs.xendit.co/docs/available-payment-channels
WITHOUT_CUSTOMER = ("BRI_DIRECT_DEBIT", "DANA", "GRABPAY", "OVO", "PAYMAYA", "SHOPEEPAY", "TOUCHNGO")
FIELDS = [
    *("business_id", "reference_id", "payment_request_id", "payment_token_id", "customer_id", "country", "currency"),
    *("capture_method", "channel_code", "channel_properties", "status", "failure_code", "description", "metadata"),
    *("items", "shipping_information", "created", "updated"),
]


def begin(token: JSON, terms: JSON, now: datetime) -> PaymentRequestRecord:
    """Return a new payment with an ACTIVE token.

    `terms`: amount, reference_id, capture_method, channel_properties and what else the merchant sent. A subscription's
    payment is not `attended`: nobody is asked.
    """
    payment = {
        **dict.fromkeys(FIELDS),
        **{name: token[name] for name in ("business_id", "payment_token_id", "customer_id", "country", "currency")},
        "channel_code": token["channel_code"],
        **{"capture_method": "AUTOMATIC", "attended": True},
        **terms,
        **{"payment_request_id": new_id("pr-"), "payment_id": new_id("py-"), "status": "PENDING"},
        **{"created": to_text(now), "updated": to_text(now), "page": None, "due": None, "fails_with": None},
    }
    payment["card"] = token["channel_properties"].get("card_details")
    record = PaymentRequestRecord(payment)
    _start(record, now)
    return record


def _start(record: PaymentRequestRecord, now: datetime) -> None:
    payment = record.payment
    verdict, failure = _outcome(payment)
    if verdict == "challenge":
        page = "3ds" if payment["card"] else "wallet"
        payment |= {"status": "REQUIRES_ACTION", "page": page, "fails_with": failure}
        payment["due"] = to_text(now + APPROVAL_WITHIN)
    elif verdict == "slow":
        payment["due"] = to_text(now + SLOW_CARD_TAKES)
    else:
        settle(record, now, "FAILED" if verdict == "decline" else "SUCCEEDED", failure)


def _outcome(payment: JSON) -> tuple[str, str | None]:
    """Return approve, decline, slow or challenge, and a failure code. Some amounts decline for every channel."""
    amount, currency = Decimal(payment["amount"]), payment["currency"]
    if payment["card"]:
        number = cards.test_number(payment["card"]["masked_card_number"])
        result = cards.outcome(number, amount, currency)
        verdict, failure = str(result.verdict), result.failure_code
        asks = not payment["channel_properties"].get("skip_three_ds")
    else:
        failure = "INSUFFICIENT_BALANCE" if cards.declined_amount(amount, currency) else None
        asks = payment["channel_code"] not in WITHOUT_CUSTOMER or payment["payment_token_id"] is None
        verdict = "challenge"
    if not payment["attended"] or (verdict == "challenge" and not asks):
        return "decline" if failure else "approve", failure
    return verdict, failure


def settle(record: PaymentRequestRecord, now: datetime, status: str, failure_code: str | None = None) -> None:
    """End an open payment, or hold it for a later capture."""
    payment = record.payment
    held = status == "SUCCEEDED" and payment["capture_method"] == "MANUAL"
    payment |= {"status": "AUTHORIZED" if held else status, "failure_code": failure_code, "updated": to_text(now)}
    payment["due"] = to_text(now + HELD_FOR) if held else None
    if name := PAYMENT_EVENTS.get(payment["status"]):
        record.aliases.append(payment["payment_id"])
        record.outbox.append(payment_event(name, payment, payment))


def decide(record: PaymentRequestRecord, now: datetime, approved: bool, failure_code: str = "") -> None:
    """Apply the customer's decision on the page of the bank or the wallet. A late one changes nothing."""
    if record.payment["status"] != "REQUIRES_ACTION":
        return
    failure = failure_code or ("AUTHENTICATION_FAILED" if record.payment["card"] else "USER_DECLINED_PAYMENT")
    failed = record.payment["fails_with"] if approved else failure
    settle(record, now, "FAILED" if failed else "SUCCEEDED", failed)


def cancel(record: PaymentRequestRecord, now: datetime) -> PaymentRequestRecord:
    """Cancel a payment that waits for the customer. No webhook is documented for it."""
    if record.payment["status"] != "REQUIRES_ACTION":
        text = f"The payment request is {record.payment['status']}, expecting REQUIRES_ACTION"
        raise bad_request("INELIGIBLE_TRANSACTION_STATUS", text)
    settle(record, now, "CANCELED")
    return record


def advance(record: PaymentRequestRecord, now: datetime) -> bool:
    """Apply the clock: a slow card pays, an approval ends, a hold ends, refunds settle. Return whether any did."""
    payment, settled = record.payment, settle_due(record.refunds, record.id, record.business_id, now)
    record.outbox += settled
    changed = release_overdue(record, now) or bool(settled)
    if payment["status"] in OPEN and from_text(payment["due"]) <= now:
        settle(record, now, "SUCCEEDED" if payment["status"] == "PENDING" else "EXPIRED")
        changed = True
    return changed


def due_at(record: PaymentRequestRecord) -> str | None:
    """Return the time of the next change by the clock, or None."""
    return min(filter(None, [record.payment["due"], next_due(record.refunds)]), default=None)


def view(terms: JSON, attempt: JSON) -> JSON:
    """Return the payment request as the API answers it. Of a session's payment, the terms are the session's."""
    both = terms | attempt
    tried = attempt["status"] in PAYMENT_EVENTS or attempt.get("released")
    shown = {name: both.get(name) for name in FIELDS}
    shown["channel_properties"] = channel_properties(attempt, shown["channel_properties"] or {})
    shown |= {"type": "PAY", "request_amount": terms["amount"], "actions": []}
    shown["latest_payment_id"] = attempt["payment_id"] if tried else None
    if shown["latest_payment_id"] and attempt["channel_code"] == "CARDS":
        shown["latest_payment"] = payment_object(terms, attempt)
    return shown
