"""A payment session or a legacy invoice as a hosted page shows it: one view for both."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ..channels import Channel, offered
from ..clock import from_text
from ..invoice_channels import channels_of
from ..markets import MARKETS
from ..records import OPEN, InvoiceRecord, SessionRecord, attempt_id

JSON = dict[str, Any]
ENDED = {"COMPLETED": "paid", "PAID": "paid", "EXPIRED": "expired", "CANCELED": "cancelled"}


@dataclass(frozen=True)
class CheckoutView:
    """The values on a hosted page.

    `purpose`: pay, save or subscribe. `state`: open, paid, expired or cancelled.
    """

    id: str
    purpose: str
    state: str
    currency: str
    amount: Any
    description: str | None
    items: list[tuple[str, Any, str]]
    channels: list[Channel]
    attempts: list[JSON]
    may_save: bool
    schedule: JSON | None
    success_url: str | None
    leave_url: str | None
    locale: str
    ends_at: str
    merchant: str = ""

    @property
    def amount_text(self) -> str:
        """Return the amount with its currency."""
        return MARKETS[self.currency].format(self.amount)

    @property
    def end(self) -> datetime:
        """Return when it ends, by the clock of its market."""
        return from_text(self.ends_at).astimezone(timezone(timedelta(hours=MARKETS[self.currency].hours)))

    @property
    def failure_code(self) -> str | None:
        """Return the failure of the latest attempt, or None."""
        latest = self.attempts[-1] if self.attempts else {"status": ""}
        return (latest["failure_code"] or "FAILED") if latest["status"] == "FAILED" else None

    def open_attempt(self, wanted: str) -> JSON | None:
        """Return the attempt of this id while it is open, or None."""
        for attempt in self.attempts:
            if attempt["id"] == wanted and attempt["status"] in OPEN and self.state == "open":
                return attempt
        return None


def view_of_session(record: SessionRecord) -> CheckoutView:
    """Return the view of a payment session."""
    session = record.session
    market = MARKETS[session["currency"]]
    items = [
        (item["name"], item["quantity"], market.format(item["net_unit_amount"] * item["quantity"]))
        for item in session.get("items") or []
    ]
    return CheckoutView(
        id=record.id,
        purpose={"SAVE": "save", "SUBSCRIPTION": "subscribe"}.get(session["session_type"], "pay"),
        state=ENDED.get(record.status, "open"),
        currency=market.currency,
        amount=session["amount"],
        description=session.get("description"),
        items=items,
        channels=offered(market.channels, session),
        attempts=[attempt | {"id": attempt_id(attempt)} for attempt in record.attempts],
        may_save=session["session_type"] == "PAY" and session.get("allow_save_payment_method") == "OPTIONAL",
        schedule=(session.get("subscription") or {}).get("schedule"),
        success_url=session.get("success_return_url"),
        leave_url=session.get("cancel_return_url"),
        locale=session.get("locale", "en"),
        ends_at=session["expires_at"],
        merchant=record.merchant,
    )


def view_of_invoice(record: InvoiceRecord) -> CheckoutView:
    """Return the view of an invoice."""
    invoice = record.invoice
    market = MARKETS[invoice["currency"]]
    lines = [
        *((item["name"], item["quantity"], item["price"] * item["quantity"]) for item in invoice.get("items") or []),
        *((fee["type"], 1, fee["value"]) for fee in invoice.get("fees") or []),
    ]
    return CheckoutView(
        id=record.id,
        purpose="pay",
        state=ENDED.get(record.status, "open"),
        currency=market.currency,
        amount=invoice["amount"],
        description=invoice.get("description"),
        items=[(name, quantity, market.format(amount)) for name, quantity, amount in lines],
        channels=[
            channel
            for channel in channels_of(market.currency, invoice.get("payment_methods"))
            if channel.takes(invoice["amount"])
        ],
        attempts=record.payments,
        may_save=False,
        schedule=None,
        success_url=invoice.get("success_redirect_url"),
        leave_url=invoice.get("failure_redirect_url"),
        locale=invoice.get("locale") or "en",
        ends_at=invoice["expiry_date"],
        merchant=invoice["merchant_name"],
    )
