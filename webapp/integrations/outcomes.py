"""Tell whether an order is paid, from what Xendit says. Pure functions: no network, no database.

1. Take ``of_webhook(webhook)``, or ``of_session(answer)`` or ``of_invoice(answer)`` of ``status.py``.
2. Find your order by ``reference_id``; where that is None, by one of the ``ids``.
3. ``mismatch(order)`` names the field that contradicts your order: then change nothing.
4. ``state`` is ``completed``: the order is paid; or, by what you asked for, the card is saved, the plan is active.

https://docs.xendit.co/docs/integration-security · https://docs.xendit.co/apidocs/session-webhook
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from .errors import is_id

if TYPE_CHECKING:
    from webapp.orders.order import Order  # REPLACE with your own order: any class with the fields read below

    from .webhooks import Webhook

State = Literal["open", "pending", "authorized", "completed", "failed", "expired", "cancelled", "released", "stopped"]
IDS = ("payment_session_id", "payment_request_id", "payment_id", "payment_token_id", "recurring_plan_id", "invoice_id")


@dataclass(frozen=True)
class Outcome:
    """The meaning of an answer or webhook for one order. None: Xendit did not say."""

    state: State
    """``open``: nothing has changed. ``pending``: somebody must approve. ``authorized``: held, not yet captured.
    ``released``: held no longer, and not charged. ``stopped``: the plan is over, for good."""
    reference_id: str | None = None
    amount: Decimal | None = None
    """In the main unit of ``currency``: 21.60 is S$21.60."""
    currency: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)  # Xendit's, by the names in ``IDS``
    captured: Decimal | None = None
    """The amount charged, where a payment says it. ``completed`` without it, after a capture: what you captured."""

    def mismatch(self, order: Order) -> str | None:
        """Return the name of the field that contradicts the order; None if there is none."""
        if self.reference_id is not None and self.reference_id != order.reference_id:
            return "reference_id"
        if self.currency is not None and self.currency != order.currency:
            return "currency"
        if self.amount is not None and self.amount != order.amount:
            return "amount"
        if self.captured is not None and self.captured > order.amount:
            return "captured"
        ended: tuple[str, ...] = ("payment_id",) if self.state in ("failed", "released") else ()  # of another try
        for name in ("payment_session_id", "invoice_id", "recurring_plan_id", *ended):
            if (ours := getattr(order, name, None)) and self.ids.get(name, ours) != ours:
                return name
        return None


def of_webhook(webhook: Webhook) -> Outcome:
    """Return what a webhook means. Events that change no order are ``open``."""
    match webhook.event:
        case "payment_session.completed" | "payment_session.expired":
            return of_session({**webhook.data, "status": webhook.event.partition(".")[2].upper()})
        case "payment.capture" | "payment.succeeded" | "payment.authorization" | "payment.failure" | "payment.expiry":
            return of_payment(webhook.data)
        case "recurring.plan.activated" | "recurring.plan.activation" | "recurring.plan.inactivated":
            return of_plan(webhook.data)
        case "invoice.paid" | "invoice.settled" | "invoice.expired":
            return of_invoice(webhook.data)
    return _outcome("open", {"recurring_plan_id": webhook.data.get("plan_id"), **webhook.data})  # of a plan's cycle


def of_session(session: Mapping[str, object]) -> Outcome:
    """Return what a session means (https://docs.xendit.co/apidocs/get-session), or the data of its webhook."""
    states: dict[object, State] = {
        "COMPLETED": "authorized" if session.get("capture_method") == "MANUAL" else "completed",
        "PENDING": "pending",
        "EXPIRED": "expired",
        "CANCELED": "cancelled",
    }
    return _outcome(states.get(_text(session.get("status")), "open"), session, _amount(session.get("amount")))


def of_payment(payment: Mapping[str, object]) -> Outcome:
    """Return what a payment means: the answer to GET, or ``data`` of a ``payment.*`` webhook.

    After ``failed`` a session is open for another try. With MANUAL less may be captured: ``captures`` says it, if sent.
    https://docs.xendit.co/apidocs/payment-webhook-notification
    """
    due, manual = _amount(payment.get("request_amount")), payment.get("capture_method") == "MANUAL"
    captures = found if isinstance(found := payment.get("captures"), list) else []
    parts = [_amount(part.get("capture_amount")) or Decimal(0) for part in captures if isinstance(part, Mapping)]
    captured = sum(parts, Decimal(0)) if parts else due if payment.get("capture_method") == "AUTOMATIC" else None
    enough = captured is None or due is None or captured >= due or manual
    states: dict[object, State] = {
        "AUTHORIZED": "authorized",
        "SUCCEEDED": "completed" if enough and (captured is None or captured > 0) else "open",
        **dict.fromkeys(("CANCELED", "EXPIRED"), "released"),
        "FAILED": "failed",
    }
    outcome = _outcome(states.get(_text(payment.get("status")), "open"), payment, due)
    return replace(outcome, captured=captured) if outcome.state == "completed" else outcome


def of_invoice(invoice: Mapping[str, object]) -> Outcome:
    """Return what an invoice means: the answer to GET, or the callback. ``SETTLED`` follows ``PAID``.

    https://archive.developers.xendit.co/api-reference/#invoice-callback
    """
    due, paid = _amount(invoice.get("amount")), _amount(invoice.get("paid_amount"))
    whole: State = "completed" if paid is None or due is None or paid >= due else "open"
    states: dict[object, State] = {"PAID": whole, "SETTLED": whole, "EXPIRED": "expired"}
    ours = {"reference_id": invoice.get("external_id"), "invoice_id": invoice.get("id")}
    return _outcome(states.get(_text(invoice.get("status")), "open"), {**invoice, **ours}, due)


def of_plan(plan: Mapping[str, object]) -> Outcome:
    """Return what a recurring plan means. It belongs to the session that made it.

    https://docs.xendit.co/apidocs/subscription-webhook
    """
    plan = {**plan, "recurring_plan_id": plan.get("id")}
    if plan.get("status") == "INACTIVE":
        return _outcome("stopped", plan)  # whatever it costs by now
    return _outcome("completed" if plan.get("status") == "ACTIVE" else "open", plan, _amount(plan.get("amount")))


def _outcome(state: State, data: Mapping[str, object], amount: Decimal | None = None) -> Outcome:
    ids = {name: str(data[name]) for name in IDS if is_id(data.get(name))}
    return Outcome(state, _text(data.get("reference_id")), amount, _text(data.get("currency")), ids)


def _text(value: object) -> str | None:
    """Return None where the field is missing; a text that matches nothing where it is not a text."""
    return None if value is None or value == "" else str(value)


def _amount(value: object) -> Decimal | None:
    """Return None where the field is missing; -1, which equals no amount, where it is no sensible number."""
    if value is None:
        return None
    try:
        amount = Decimal(str(value))
        return amount if 0 <= amount < 10**15 else Decimal(-1)
    except (ArithmeticError, ValueError):  # letters, NaN
        return Decimal(-1)
