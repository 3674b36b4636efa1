"""The two objects that a hosted page can settle, behind one interface: a payment session and a legacy invoice."""

from datetime import datetime
from typing import Any, Protocol

from .. import invoices, sessions
from ..cards import HOLDER
from ..invoice_channels import method_name
from ..records import InvoiceRecord, SessionRecord, attempt_id
from ..store import Store
from .checkout_view import CheckoutView, view_of_invoice, view_of_session
from .choices import Choice, card_of

METHODS = {
    "CARDS": "CREDIT_CARD",
    "ONLINE_BANKING": "DIRECT_DEBIT",
    "VIRTUAL_ACCOUNT": "BANK_TRANSFER",
    "OVER_THE_COUNTER": "RETAIL_OUTLET",
}


class Payable(Protocol):
    """A session or an invoice that a hosted page settles. `path` is the part of the address behind /sandbox/."""

    path: str

    async def find(self, code: str) -> CheckoutView | None:
        """Return the view of the object with this code in its address, or None."""

    async def begin(self, checkout: CheckoutView, choice: Choice, save: bool, verdict: str, failure: str | None) -> str:
        """Add an attempt, settle it at once if its verdict is final, and return its id."""

    async def settle(
        self, checkout: CheckoutView, attempt: str, outcome: sessions.Outcome, failure: str | None = None
    ) -> None:
        """Settle an open attempt."""

    async def expire(self, checkout: CheckoutView) -> None:
        """End the object now, as its clock would."""


def at_once(verdict: str, failure: str | None) -> tuple[sessions.Outcome, str | None] | None:
    """Return the end of an attempt that needs no further step, or None if it needs one."""
    if verdict == "challenge":
        return None
    return ("SUCCEEDED", None) if verdict == "approve" else ("FAILED", failure or "CARD_DECLINED")


def holder_of(customer: dict[str, Any] | None) -> dict[str, Any]:
    """Return the cardholder that the customer's data suggest."""
    person = (customer or {}).get("individual_detail") or {}
    values = [person.get("given_names"), person.get("surname"), (customer or {}).get("email")]
    return dict(zip(HOLDER, values, strict=False))


class PayableSession:
    """A payment session in mode PAYMENT_LINK."""

    path = "pay"

    def __init__(self, store: Store) -> None:
        self.store = store

    async def find(self, code: str) -> CheckoutView | None:
        record = await self.store.find_session_by_link(code)
        return view_of_session(record) if record and record.session["mode"] == "PAYMENT_LINK" else None

    async def begin(self, checkout: CheckoutView, choice: Choice, save: bool, verdict: str, failure: str | None) -> str:
        def begin(record: SessionRecord, now: datetime) -> str:
            kind: sessions.Kind = "payment_request" if checkout.purpose == "pay" else "payment_token"
            attempt = sessions.begin_attempt(
                record,
                now,
                channel_code=choice.channel.code,
                save=save and choice.channel.saves,
                kind=kind,
                status="REQUIRES_ACTION",
                card=card_of(choice, holder_of(record.customer), record.session["country"], now),
            )
            if end := at_once(verdict, failure):
                sessions.settle_attempt(record, now, attempt_id(attempt), *end)
            return attempt_id(attempt)

        return await self.store.update_session(checkout.id, begin)

    async def settle(
        self, checkout: CheckoutView, attempt: str, outcome: sessions.Outcome, failure: str | None = None
    ) -> None:
        await self.store.update_session(
            checkout.id, lambda record, now: sessions.settle_attempt(record, now, attempt, outcome, failure)
        )

    async def expire(self, checkout: CheckoutView) -> None:
        await self.store.update_session(checkout.id, sessions.expire)


class PayableInvoice:
    """An invoice of the Invoice API."""

    path = "invoice"

    def __init__(self, store: Store) -> None:
        self.store = store

    async def find(self, code: str) -> CheckoutView | None:
        record = await self.store.find_invoice_by_link(code)
        return view_of_invoice(record) if record else None

    async def begin(self, checkout: CheckoutView, choice: Choice, save: bool, verdict: str, failure: str | None) -> str:
        def begin(record: InvoiceRecord, now: datetime) -> str:
            channel = choice.channel
            method = METHODS.get(channel.pm_type, channel.pm_type)
            name = method_name(channel)
            payment = invoices.begin(record, now, channel_code=channel.code, method=method, name=name)
            if end := at_once(verdict, failure):
                invoices.settle(record, now, payment["id"], *end)
            return str(payment["id"])

        return await self.store.update_invoice(checkout.id, begin)

    async def settle(
        self, checkout: CheckoutView, attempt: str, outcome: sessions.Outcome, failure: str | None = None
    ) -> None:
        await self.store.update_invoice(
            checkout.id, lambda record, now: invoices.settle(record, now, attempt, outcome, failure)
        )

    async def expire(self, checkout: CheckoutView) -> None:
        await self.store.update_invoice(checkout.id, invoices.expire)
