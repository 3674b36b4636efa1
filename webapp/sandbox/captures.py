"""The end of an authorised payment: captured, released, or expired after a week. Once, like every other end."""

from datetime import datetime, timedelta
from typing import Any

from .clock import from_text, to_text
from .errors import bad_request
from .object_records import Charge
from .payment_objects import payment_event

HELD_FOR = timedelta(days=7)


def capture(record: Charge, now: datetime, payment_id: str, amount: Any) -> dict[str, Any]:
    """Charge an authorised payment, all of it or less, and return its attempt. Raise 400 unless it is AUTHORIZED."""
    attempt = _authorized(record, payment_id)
    if amount > record.session["amount"]:
        raise bad_request("CAPTURE_AMOUNT_EXCEEDED", f"At most {record.session['amount']} is authorized")
    attempt |= {"status": "SUCCEEDED", "captured": amount, "updated": to_text(now), "due": None}
    record.outbox.append(payment_event("payment.capture", record.session, attempt))
    return attempt


def release(record: Charge, now: datetime, payment_id: str, status: str) -> dict[str, Any]:
    """Let go what an authorised payment holds, and return its attempt. Only of its expiry a webhook is documented."""
    attempt = _authorized(record, payment_id)
    attempt |= {"status": status, "updated": to_text(now), "due": None, "released": True}
    if status == "EXPIRED":
        record.outbox.append(payment_event("payment.expiry", record.session, attempt))
    return attempt


def _authorized(record: Charge, payment_id: str) -> dict[str, Any]:
    attempt = next(each for each in record.attempts if each.get("payment_id") == payment_id)
    if attempt["status"] != "AUTHORIZED":
        raise bad_request("INELIGIBLE_TRANSACTION_STATUS", f"The payment is {attempt['status']}, expecting AUTHORIZED")
    return attempt


def release_overdue(record: Charge, now: datetime) -> bool:
    """Release what has been held for a week. Return whether anything was."""
    overdue = [each for each in record.attempts if each["status"] == "AUTHORIZED" and from_text(each["due"]) <= now]
    for attempt in overdue:
        release(record, now, attempt["payment_id"], "EXPIRED")
    return bool(overdue)
