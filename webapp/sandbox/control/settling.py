"""Payments without a browser: pay, decline or expire an object by its id, as its hosted page would."""

from datetime import datetime

from ..errors import SandboxError, bad_request, no_data
from ..hosted import choices
from ..hosted.checkout_view import CheckoutView, view_of_invoice, view_of_session
from ..hosted.payable import Payable, PayableInvoice, PayableSession
from ..links import invoice_view, payment_request_view, session_view
from ..object_records import PaymentRequestRecord
from ..payment_requests import JSON, decide
from ..payment_requests import settle as settle_request
from ..records import OPEN, InvoiceRecord, SessionRecord
from ..settings import SandboxSettings
from ..store import Store

Found = SessionRecord | InvoiceRecord | PaymentRequestRecord
FAILURES = {True: "DECLINED_BY_ISSUER", False: "USER_DECLINED_PAYMENT"}


class Settling:
    """The three decisions about one object of the store."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    async def find(self, object_id: str) -> Found:
        """Return the session, the invoice or the payment request of this id. Raise 404 for any other id."""
        if object_id.startswith(("pt-", "rep")):
            raise no_data("Only a session, an invoice and a payment request are paid, declined or expired")
        record: Found | None = await self.store.table_of(object_id).get(object_id)
        if record is None:
            raise no_data()
        return record

    async def view(self, object_id: str) -> JSON:
        """Return the object as the API answers it."""
        record = await self.find(object_id)
        if isinstance(record, SessionRecord):
            return session_view(self.settings, record)
        if isinstance(record, InvoiceRecord):
            return invoice_view(self.settings, record)
        return payment_request_view(self.settings, record, record.payment)

    async def decide(self, object_id: str, paid: bool, channel: str = "", failure: str = "") -> None:
        """Pay or decline. An attempt that is open is settled; else one is made, by the channel or by card."""
        record = await self.find(object_id)
        if isinstance(record, PaymentRequestRecord):
            await self.store.requests.update(object_id, lambda record, now: _decide(record, now, paid, failure))
            return
        payable, view = self._payable(record)
        waiting = next((attempt for attempt in view.attempts if attempt["status"] in OPEN), None)
        if waiting and not channel:
            failed = failure or FAILURES[waiting["channel_code"] == "CARDS"]
            end = ("SUCCEEDED", None) if paid else ("FAILED", failed)
            await payable.settle(view, waiting["id"], *end)
            return
        choice = _choice(view, channel)
        failed = failure or FAILURES[choice.channel.pm_type == "CARDS"]
        await payable.begin(view, choice, False, "approve" if paid else "decline", None if paid else failed)

    async def expire(self, object_id: str) -> None:
        """End the object now, as its clock would."""
        record = await self.find(object_id)
        if isinstance(record, PaymentRequestRecord):
            await self.store.requests.update(object_id, _expire)
            return
        payable, view = self._payable(record)
        await payable.expire(view)

    def _payable(self, record: SessionRecord | InvoiceRecord) -> tuple[Payable, CheckoutView]:
        if isinstance(record, SessionRecord):
            return PayableSession(self.store), view_of_session(record)
        return PayableInvoice(self.store), view_of_invoice(record)


def _decide(record: PaymentRequestRecord, now: datetime, paid: bool, failure: str) -> None:
    """Settle an open payment, also one that nobody is asked about. Raise 422 for one that has ended."""
    status = record.payment["status"]
    if status not in OPEN:
        text = f"The payment request is {status}, expecting {' or '.join(OPEN)}"
        raise SandboxError(422, "INACTIVE_PAYMENT_REQUEST", text)
    if status == "REQUIRES_ACTION":
        decide(record, now, paid, failure)
    else:
        end = ("SUCCEEDED", None) if paid else ("FAILED", failure or FAILURES[True])
        settle_request(record, now, *end)


def _expire(record: PaymentRequestRecord, now: datetime) -> None:
    if record.payment["status"] in OPEN:
        settle_request(record, now, "EXPIRED")


def _choice(view: CheckoutView, channel: str) -> choices.Choice:
    codes = [offered.code for offered in view.channels]
    wanted = channel or ("CARDS" if "CARDS" in codes else next(iter(codes), ""))
    found = choices.chosen(view.channels, "CARDS.visa" if wanted == "CARDS" else wanted)
    if found is None:
        raise bad_request(
            "CHANNEL_UNAVAILABLE", f"{wanted or 'A channel'} is not offered; there are {', '.join(codes)}"
        )
    return found
