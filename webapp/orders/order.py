"""The order and the rules of its status. Plain data: no database, no HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Flow(StrEnum):
    """The purpose of a checkout. It decides Xendit's ``session_type`` and ``allow_save_payment_method``."""

    PAY = "pay"
    SAVE = "save"
    PAY_SAVE = "pay_save"
    SUBSCRIPTION = "subscription"


class OrderStatus(StrEnum):
    """The status of an order. Only a webhook or an answer of Xendit's API changes it from ``WAITING``."""

    WAITING = "waiting"
    PENDING_APPROVAL = "pending_approval"
    PAID = "paid"
    SAVED = "saved"
    SUBSCRIBED = "subscribed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED_TO_CREATE = "failed_to_create"

    @property
    def is_open(self) -> bool:
        """Return True while the shopper can still pay; the order page polls until then."""
        return self in (OrderStatus.WAITING, OrderStatus.PENDING_APPROVAL)

    @property
    def is_success(self) -> bool:
        """Return True for the final, successful statuses."""
        return self in (OrderStatus.PAID, OrderStatus.SAVED, OrderStatus.SUBSCRIBED)


_SUCCESS = frozenset({OrderStatus.PAID, OrderStatus.SAVED, OrderStatus.SUBSCRIBED})
_CLOSED = frozenset({OrderStatus.EXPIRED, OrderStatus.CANCELLED})

# Success is final. A closed order can still become paid, because a payment may settle after its session has expired:
# https://docs.xendit.co/docs/delayed-webhooks
TRANSITIONS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.WAITING: _SUCCESS | _CLOSED | {OrderStatus.PENDING_APPROVAL, OrderStatus.FAILED_TO_CREATE},
    OrderStatus.PENDING_APPROVAL: _SUCCESS | _CLOSED,
    OrderStatus.EXPIRED: _SUCCESS | {OrderStatus.CANCELLED},  # the webhook of a cancelled invoice says EXPIRED
    OrderStatus.CANCELLED: _SUCCESS,
    OrderStatus.FAILED_TO_CREATE: _SUCCESS,  # the answer was lost, but Xendit had created the object
    OrderStatus.PAID: frozenset(),
    OrderStatus.SAVED: frozenset(),
    OrderStatus.SUBSCRIBED: frozenset(),
}


def may_become(current: OrderStatus, new: OrderStatus) -> bool:
    """Return True if the status change is allowed. Staying the same is not a change."""
    return new in TRANSITIONS[current]


def status_after(flow: Flow, state: str) -> OrderStatus | None:
    """Return the order status for the ``state`` of an Outcome, or None if it changes nothing."""
    completed = {Flow.SAVE: OrderStatus.SAVED, Flow.SUBSCRIPTION: OrderStatus.SUBSCRIBED}
    return {
        "completed": completed.get(flow, OrderStatus.PAID),
        "pending": OrderStatus.PENDING_APPROVAL,
        "expired": OrderStatus.EXPIRED,
        "cancelled": OrderStatus.CANCELLED,
    }.get(state)


@dataclass(frozen=True)
class LineItem:
    """A product in an order, at the price that the shopper saw."""

    product_id: str
    name: str
    quantity: int
    unit_amount: Decimal
    """Per piece, in the order's currency."""
    category: str
    description: str

    @property
    def amount(self) -> Decimal:
        """Return unit amount × quantity. It is exact: unit amounts are rounded already."""
        return self.unit_amount * self.quantity


@dataclass(frozen=True)
class Order:
    """An order with the ids of its Xendit objects. It never holds a key or URL that opens a payment."""

    reference_id: str
    """Our random reference, also sent to Xendit. Knowing it is enough to open the order's page."""
    checkout_id: str
    """Made when the form is rendered, so that a second click finds the first order."""
    visitor: str
    integration: str
    flow: Flow
    currency: str
    country: str
    locale: str
    lines: tuple[LineItem, ...]
    amount: Decimal
    """The amount sent to Xendit: the sum of the lines, or 0 for SAVE."""
    created: datetime
    expires_at: datetime
    status: OrderStatus = OrderStatus.WAITING
    payment_session_id: str | None = None
    invoice_id: str | None = None
    payment_request_id: str | None = None
    payment_id: str | None = None
    payment_token_id: str | None = None
    recurring_plan_id: str | None = None
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def description(self) -> str:
        """Return the line that Xendit's pages and dashboard show."""
        if self.flow is Flow.SAVE:
            return "Selat Coffee Roasters: save a payment method"
        names = ", ".join(f"{line.quantity} × {line.name}" for line in self.lines)
        prefix = "Monthly: " if self.flow is Flow.SUBSCRIPTION else ""
        return f"Selat Coffee Roasters: {prefix}{names}"[:1000]

    @property
    def anchor_date(self) -> datetime:
        """Return the time of a subscription's first charge."""
        return anchor_date(self.created)


def anchor_date(now: datetime) -> datetime:
    """Return tomorrow at 00:00 UTC, or the 1st if tomorrow is past the 28th (Xendit's limit)."""
    day = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    while day.day > 28:
        day += timedelta(days=1)
    return day
