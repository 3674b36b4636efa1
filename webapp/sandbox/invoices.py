"""The states of a legacy invoice: PENDING, then PAID or EXPIRED. Pure functions, like those of sessions.py.

A failed attempt leaves it PENDING and sends no webhook. https://docs.xendit.co/docs/payment-links-api-overview
"""

from datetime import datetime
from typing import Any

from .clock import from_text, to_text
from .errors import MAX_ATTEMPTS, SandboxError, too_many_attempts
from .events import Event
from .ids import account_number, new_id
from .records import OPEN, InvoiceRecord
from .refunds import next_due, settle_due

CALLBACK_URL = "platform_callback_url"
CLIENT_TYPES = ("DASHBOARD", "API_GATEWAY", "INTEGRATION", "ON_DEMAND", "RECURRING", "MOBILE")
CALLBACK_FIELDS = [
    *("id", "external_id", "user_id", "status", "merchant_name", "amount", "paid_amount", "paid_at", "payer_email"),
    *("description", "created", "updated", "currency", "payment_method", "payment_channel", "payment_id"),
    *("payment_method_id", "payment_destination", "payment_details", "ewallet_type", "bank_code"),
    *("credit_card_charge_id", "should_authenticate_credit_card", "items", "fees", "success_redirect_url"),
    *("failure_redirect_url", "metadata"),
]


def begin(record: InvoiceRecord, now: datetime, *, channel_code: str, method: str, name: str) -> dict[str, Any]:
    """Add an attempt on the hosted page and return it.

    `method` and `name` are the words of the invoice webhook: EWALLET and DANA, BANK_TRANSFER and BCA …
    """
    if not record.is_pending:
        raise SandboxError(422, "INVALID_INVOICE_STATUS", f"Invoice status is {record.status}, expecting PENDING")
    if len(record.payments) >= MAX_ATTEMPTS:
        raise too_many_attempts()
    payment: dict[str, Any] = {"id": new_id("py-"), "channel_code": channel_code, "created": to_text(now)}
    payment |= {"method": method, "name": name, "status": "REQUIRES_ACTION", "failure_code": None}
    record.payments.append(payment)
    return payment


def settle(record: InvoiceRecord, now: datetime, wanted: str, outcome: str, failure_code: str | None = None) -> None:
    """End an open attempt. SUCCEEDED pays the invoice; any other outcome leaves it PENDING and sends no webhook.

    An ended attempt stays as it is, and so does an attempt of an ended invoice.
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
        **paid_with(payment),
    }
    record.outbox.append(callback(record))


def paid_with(payment: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that only one kind of payment has."""
    name, uuid = payment["name"], payment["id"].removeprefix("py-")
    match payment["method"]:
        case "CREDIT_CARD":
            return {"credit_card_charge_id": uuid.replace("-", "")[:24]}
        case "EWALLET":
            return {"ewallet_type": name, "payment_method_id": f"pm-{uuid}"}
        case "DIRECT_DEBIT":
            return {"payment_method_id": f"pm-{uuid}"}
        case "BANK_TRANSFER":
            return {"bank_code": name, "payment_destination": account_number(payment["id"])}
        case "RETAIL_OUTLET":
            return {"payment_destination": account_number(payment["id"])}
        case "QR_CODE":
            return {"payment_details": {"receipt_id": account_number(payment["id"]), "source": "Demo wallet"}}
    return {}


def expire(record: InvoiceRecord, now: datetime) -> None:
    """End a PENDING invoice. Any other stays as it is: the answer to that call is not documented."""
    if record.is_pending:
        record.invoice |= {"status": "EXPIRED", "updated": to_text(now)}
        record.outbox.append(callback(record))


def advance(record: InvoiceRecord, now: datetime) -> bool:
    """Apply the clock: end an overdue invoice. Return whether that changed it."""
    if record.is_pending and from_text(record.invoice["expiry_date"]) <= now:
        expire(record, now)
        return True
    settled = settle_due(record.refunds, record.id, record.business_id, now)
    record.outbox += settled
    return bool(settled)


def due_at(record: InvoiceRecord) -> str | None:
    """Return the time of the next change by the clock, or None."""
    return str(record.invoice["expiry_date"]) if record.is_pending else next_due(record.refunds)


def callback(record: InvoiceRecord) -> Event:
    """Return the invoice webhook, whose body is flat: no `event` around it. Sending takes its own address out."""
    invoice = record.invoice
    data = {name: invoice[name] for name in CALLBACK_FIELDS if invoice.get(name) is not None}
    own_address = {CALLBACK_URL: record.callback_url} if record.callback_url else {}
    return Event("invoice", record.id, {**data, "is_high": False, **own_address})


def missing() -> SandboxError:
    """Return the error about an unknown invoice."""
    return SandboxError(404, "INVOICE_NOT_FOUND_ERROR", "Could not find invoice by id")
