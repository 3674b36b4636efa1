"""The state machine of a legacy invoice: PENDING, then PAID or EXPIRED. Pure functions, like those of sessions.py.

A failed attempt leaves it PENDING and tells nobody. https://docs.xendit.co/docs/payment-links-api-overview
"""

from datetime import datetime
from typing import Any

from .clock import from_text, to_text
from .errors import SandboxError
from .events import Event
from .ids import new_id
from .records import OPEN, InvoiceRecord

CALLBACK_FIELDS = [
    *("id", "external_id", "user_id", "status", "merchant_name", "amount", "paid_amount", "paid_at", "payer_email"),
    *("description", "created", "updated", "currency", "payment_method", "payment_channel", "payment_id"),
    *("payment_destination", "payment_details", "items", "fees", "success_redirect_url"),
    *("failure_redirect_url", "metadata"),
]


def begin(record: InvoiceRecord, now: datetime, *, channel_code: str, method: str, name: str) -> dict[str, Any]:
    """Adds an attempt on the hosted page and returns it.

    `method` and `name` are how an invoice's webhook calls it: EWALLET and DANA, BANK_TRANSFER and BCA …
    """
    if not record.is_pending:
        raise SandboxError(422, "INVALID_INVOICE_STATUS", f"Invoice status is {record.status}, expecting PENDING")
    payment: dict[str, Any] = {"id": new_id("py-"), "channel_code": channel_code, "created": to_text(now)}
    payment |= {"method": method, "name": name, "status": "REQUIRES_ACTION", "failure_code": None}
    record.payments.append(payment)
    return payment


def settle(record: InvoiceRecord, now: datetime, wanted: str, outcome: str, failure_code: str | None = None) -> None:
    """Ends an open attempt. SUCCEEDED pays the invoice; any other outcome leaves it PENDING and tells nobody.

    An attempt that has ended before, or whose invoice has, stays as it is.
    """
    payment = next((payment for payment in record.payments if payment["id"] == wanted), None)
    if payment is None or payment["status"] not in OPEN or not record.is_pending:
        return
    payment |= {"status": outcome, "failure_code": failure_code}
    if outcome != "SUCCEEDED":
        return
    record.invoice |= {
        "status": "PAID",
        "paid_amount": record.invoice["amount"],
        "paid_at": to_text(now),
        "updated": to_text(now),
        "payment_method": payment["method"],
        "payment_channel": payment["name"],
        "payment_id": payment["id"],
    }
    record.outbox.append(callback(record.invoice))


def expire(record: InvoiceRecord, now: datetime) -> None:
    """Ends a PENDING invoice. What the call answers for another one is not documented: here it stays as it is."""
    if record.is_pending:
        record.invoice |= {"status": "EXPIRED", "updated": to_text(now)}
        record.outbox.append(callback(record.invoice))


def advance(record: InvoiceRecord, now: datetime) -> bool:
    if record.is_pending and from_text(record.invoice["expiry_date"]) <= now:
        expire(record, now)
        return True
    return False


def due_at(record: InvoiceRecord) -> str | None:
    return str(record.invoice["expiry_date"]) if record.is_pending else None


def callback(invoice: dict[str, Any]) -> Event:
    """The flat body of the invoice webhook: no `event` around it."""
    data = {name: invoice[name] for name in CALLBACK_FIELDS if invoice.get(name) is not None}
    return Event("invoice", invoice["id"], {**data, "is_high": False})


def missing() -> SandboxError:
    return SandboxError(404, "INVOICE_NOT_FOUND_ERROR", "Could not find invoice by id")
