"""The records of what outlives a session: saved payment methods and payments with them."""

from dataclasses import dataclass, field
from typing import Any

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
