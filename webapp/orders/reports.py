"""What Xendit reports of an order, by webhook or when asked, read into one shape and checked against the order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from webapp.orders.order import Order, OrderStatus, success_status

IDS = ("payment_session_id", "payment_request_id", "payment_id", "payment_token_id", "recurring_plan_id")


@dataclass(frozen=True)
class Report:
    """News of one order. ``completed`` becomes paid, saved or subscribed by the order's own flow."""

    state: str
    """``completed``, ``expired``, ``cancelled``, ``pending`` or ``open``."""
    reference_id: str | None = None
    amount: Decimal | None = None
    currency: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)

    def status_for(self, order: Order) -> OrderStatus | None:
        """What the order becomes by this; None: nothing to change."""
        return {
            "completed": success_status(order.flow),
            "expired": OrderStatus.EXPIRED,
            "cancelled": OrderStatus.CANCELLED,
            "pending": OrderStatus.PENDING_APPROVAL,
        }.get(self.state)

    def mismatch(self, order: Order) -> str | None:
        """In which field the report contradicts the order; None if in none. What a report lacks it can't contradict."""
        if self.reference_id is not None and self.reference_id != order.reference_id:
            return "reference_id"
        if self.currency is not None and self.currency != order.currency:
            return "currency"
        if self.amount is not None and self.amount != order.amount:
            return "amount"
        for name in ("payment_session_id", "invoice_id"):
            ours, theirs = getattr(order, name), self.ids.get(name)
            if ours and theirs and ours != theirs:
                return name
        return None


def session_report(session: Mapping[str, Any]) -> Report:
    """A session object (GET answer, or ``data`` of a ``payment_session.*`` webhook).

    https://docs.xendit.co/apidocs/get-session
    """
    states = {"COMPLETED": "completed", "EXPIRED": "expired", "CANCELED": "cancelled", "PENDING": "pending"}
    return Report(
        state=states.get(str(session.get("status")), "open"),
        reference_id=_text(session.get("reference_id")),
        amount=_amount(session.get("amount")),
        currency=_text(session.get("currency")),
        ids={key: value for key in IDS if (value := _text(session.get(key)))},
    )


def invoice_report(invoice: Mapping[str, Any]) -> Report:
    """An invoice (GET answer or callback, which have the same keys). SETTLED comes after PAID."""
    states = {"PAID": "completed", "SETTLED": "completed", "EXPIRED": "expired"}
    ids = {"invoice_id": _text(invoice.get("id")), "payment_id": _text(invoice.get("payment_id"))}
    return Report(
        state=states.get(str(invoice.get("status")), "open"),
        reference_id=_text(invoice.get("external_id")),
        amount=_amount(invoice.get("amount")),
        currency=_text(invoice.get("currency")),
        ids={key: value for key, value in ids.items() if value},
    )


def payment_report(payment: Mapping[str, Any]) -> Report:
    """``data`` of a ``payment.*`` webhook. A failure closes nothing: the session stays open for another try."""
    completed = str(payment.get("status")) in ("SUCCEEDED", "AUTHORIZED")
    return Report(
        state="completed" if completed else "open",
        reference_id=_text(payment.get("reference_id")),
        amount=_amount(payment.get("request_amount")),
        currency=_text(payment.get("currency")),
        ids={key: value for key in IDS if (value := _text(payment.get(key)))},
    )


def token_report(token: Mapping[str, Any]) -> Report:
    """``data`` of a ``payment_token.*`` webhook: completes a SAVE only by the session's own event."""
    return Report(
        state="open",
        reference_id=_text(token.get("reference_id")),
        currency=_text(token.get("currency")),
        ids={key: value for key in IDS if (value := _text(token.get(key)))},
    )


def _text(value: object) -> str | None:
    """None where the field is missing; something that can't match where it is not a text."""
    return None if value is None or value == "" else str(value)


def _amount(value: object) -> Decimal | None:
    """None where the field is missing; NaN, which equals no amount, where it is not a number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return Decimal("NaN")
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")
