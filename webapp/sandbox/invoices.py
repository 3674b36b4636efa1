"""The state machine of a legacy invoice: PENDING, then PAID or EXPIRED. Pure functions, like those of sessions.py.

A failed attempt leaves it PENDING and tells nobody. https://docs.xendit.co/docs/payment-links-api-overview
"""

from datetime import datetime
from typing import Any

from .clock import from_text, to_text
from .documents import InvoiceDoc
from .errors import SandboxError
from .events import Event
from .ids import new_hex_id, new_id

CALLBACK_FIELDS = [
    *("id", "external_id", "user_id", "status", "merchant_name", "amount", "paid_amount", "paid_at", "payer_email"),
    *("description", "created", "updated", "currency", "payment_method", "payment_channel", "payment_id"),
    *("credit_card_charge_id", "payment_destination", "payment_details", "items", "fees", "success_redirect_url"),
    *("failure_redirect_url", "metadata"),
]


def pay(
    doc: InvoiceDoc,
    now: datetime,
    *,
    channel_code: str,
    method: str,
    details: dict[str, Any] | None = None,
) -> None:
    """Settles a PENDING invoice; `method` is CREDIT_CARD, EWALLET, QR_CODE … One that is not PENDING stays as it is."""
    if not doc.is_pending:
        return
    doc.invoice |= {
        "status": "PAID",
        "paid_amount": doc.invoice["amount"],
        "paid_at": to_text(now),
        "updated": to_text(now),
        "payment_method": method,
        "payment_channel": channel_code,
        "payment_id": new_id("py-"),
    }
    if method == "CREDIT_CARD":
        doc.invoice["credit_card_charge_id"] = new_hex_id()
    if details:
        doc.invoice["payment_details"] = details
    doc.outbox.append(callback(doc.invoice))


def fail(doc: InvoiceDoc, now: datetime, *, channel_code: str, failure_code: str) -> None:
    """Remembers a declined attempt for the hosted page; the invoice stays PENDING."""
    if doc.is_pending:
        doc.payments.append(
            {
                "channel_code": channel_code,
                "failure_code": failure_code,
                "created": to_text(now),
            }
        )


def expire(doc: InvoiceDoc, now: datetime) -> None:
    """Ends a PENDING invoice. What the call answers for another one is not documented: here it stays as it is."""
    if doc.is_pending:
        doc.invoice |= {"status": "EXPIRED", "updated": to_text(now)}
        doc.outbox.append(callback(doc.invoice))


def advance(doc: InvoiceDoc, now: datetime) -> bool:
    if doc.is_pending and from_text(doc.invoice["expiry_date"]) <= now:
        expire(doc, now)
        return True
    return False


def due_at(doc: InvoiceDoc) -> str | None:
    return str(doc.invoice["expiry_date"]) if doc.is_pending else None


def callback(invoice: dict[str, Any]) -> Event:
    """The flat body of the invoice webhook: no `event` around it."""
    data = {name: invoice[name] for name in CALLBACK_FIELDS if invoice.get(name) is not None}
    return Event("invoice", invoice["id"], {**data, "is_high": False})


def missing() -> SandboxError:
    return SandboxError(404, "INVOICE_NOT_FOUND_ERROR", "Could not find invoice by id")
