"""The records of what outlives a session: saved payment methods, payments with them, subscription plans."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .clock import from_text
from .codec import dumps, loads
from .records import Changes, SessionRecord


@dataclass
class TokenRecord(Changes):
    """A saved payment method. `token` is the API's object, `expires_at` the end of its life."""

    token: dict[str, Any]
    expires_at: str

    @property
    def id(self) -> str:
        return str(self.token["payment_token_id"])

    @property
    def business_id(self) -> str:
        return str(self.token["business_id"])

    @property
    def customer_id(self) -> str | None:
        found: str | None = self.token["customer_id"]
        return found

    @property
    def is_active(self) -> bool:
        return bool(self.token["status"] == "ACTIVE")

    def document(self) -> str:
        """Return the record as it is stored."""
        return dumps({"token": self.token, "expires_at": self.expires_at})


@dataclass
class PaymentRequestRecord(Changes):
    """A payment with a saved method. `payment` holds its terms and its state in one object.

    It stands in for a session with one attempt, so that captures and refunds treat both alike.
    """

    payment: dict[str, Any]
    refunds: list[dict[str, Any]] = field(default_factory=list)

    @property
    def session(self) -> dict[str, Any]:
        return self.payment

    @property
    def attempts(self) -> list[dict[str, Any]]:
        return [self.payment]

    @property
    def id(self) -> str:
        return str(self.payment["payment_request_id"])

    @property
    def business_id(self) -> str:
        return str(self.payment["business_id"])

    @property
    def customer_id(self) -> str | None:
        found: str | None = self.payment["customer_id"]
        return found


Charge = SessionRecord | PaymentRequestRecord


@dataclass
class PlanRecord(Changes):
    """A subscription. `plan` and `cycles` are the API's objects."""

    plan: dict[str, Any]
    cycles: list[dict[str, Any]] = field(default_factory=list)

    @property
    def id(self) -> str:
        return str(self.plan["id"])

    @property
    def business_id(self) -> str:
        return str(self.plan["business_id"])

    @property
    def customer_id(self) -> str | None:
        found: str | None = self.plan["customer_id"]
        return found

    @property
    def is_active(self) -> bool:
        return bool(self.plan["status"] == "ACTIVE")

    @property
    def open_cycle(self) -> dict[str, Any] | None:
        """Return the cycle that will be charged next, or None."""
        return next((cycle for cycle in self.cycles if cycle["status"] in ("SCHEDULED", "RETRYING")), None)

    def active_token(self, payment_token_id: str, now: datetime) -> dict[str, Any] | None:
        """Return a payment method while it is ACTIVE. The change is only stored if it still is."""
        document, version = self.others.get(payment_token_id, ("", 0))
        if not document:
            return None
        record = TokenRecord(**loads(document))
        if not record.is_active or from_text(record.expires_at) <= now:
            return None
        self.relies_on[payment_token_id] = version
        return record.token
