"""The records of the hosted page and the SDK: payment sessions with their attempts, and invoices."""

from dataclasses import dataclass, field
from typing import Any

from .errors import SandboxError
from .events import Event

OPEN = ("REQUIRES_ACTION", "PENDING")


@dataclass(kw_only=True)
class Changes:
    """The new things that are stored together with a change of a record."""

    outbox: list[Event] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    """New ids by which the record shall be found: of attempts, payments and refunds."""
    children: list[Any] = field(default_factory=list)
    """New records that the change makes: a completed session makes a saved payment method."""

    others: dict[str, tuple[str, int]] = field(default_factory=dict)
    """The documents and versions of other records that a change may need to know."""
    relies_on: dict[str, int] = field(default_factory=dict)
    """The versions of other records that must still hold when the change is stored."""

    @property
    def id(self) -> str:
        raise NotImplementedError

    @property
    def business_id(self) -> str:
        raise NotImplementedError

    @property
    def customer_id(self) -> str | None:
        return None

    @property
    def is_empty(self) -> bool:
        return not (self.outbox or self.aliases or self.children)


@dataclass
class SessionRecord(Changes):
    """A payment session. `session` is the API's object, `customer` the one in the request.

    Saving the record sends the webhooks in `outbox`.
    """

    session: dict[str, Any]
    attempts: list[dict[str, Any]] = field(default_factory=list)
    customer: dict[str, Any] | None = None
    refunds: list[dict[str, Any]] = field(default_factory=list)
    merchant: str = ""
    """The name that its pages show, if the caller has one of its own."""

    @property
    def id(self) -> str:
        return str(self.session["payment_session_id"])

    @property
    def business_id(self) -> str:
        return str(self.session["business_id"])

    @property
    def status(self) -> str:
        return str(self.session["status"])

    @property
    def is_active(self) -> bool:
        return self.status == "ACTIVE"


def attempt_id(attempt: dict[str, Any]) -> str:
    """Return the gateway's id of an attempt: `pr-…` for a payment, `pt-…` where something is only saved."""
    return str(attempt["payment_request_id" if attempt["kind"] == "payment_request" else "payment_token_id"])


def find_attempt(record: SessionRecord, wanted: str) -> dict[str, Any]:
    """Return the attempt with this `pr-…`, `pt-…` or `session_token_request_id`. Raise 404 if there is none."""
    for attempt in record.attempts:
        if wanted in (attempt_id(attempt), attempt["session_token_request_id"]):
            return attempt
    raise SandboxError(404, "DATA_NOT_FOUND", "No such payment attempt in this session")


@dataclass
class InvoiceRecord(Changes):
    """An invoice. `invoice` is the API's object, `payments` the attempts on the hosted page."""

    invoice: dict[str, Any]
    payments: list[dict[str, Any]] = field(default_factory=list)
    refunds: list[dict[str, Any]] = field(default_factory=list)
    client_type: str = "API_GATEWAY"
    callback_url: str = ""
    """Where its webhooks go, instead of the address of its business."""

    @property
    def id(self) -> str:
        return str(self.invoice["id"])

    @property
    def business_id(self) -> str:
        return str(self.invoice["user_id"])

    @property
    def status(self) -> str:
        return str(self.invoice["status"])

    @property
    def is_pending(self) -> bool:
        return self.status == "PENDING"
