"""The statuses of an order, and the rules that change them. Plain data: no database, no HTTP."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from webapp.orders.order import Order


SAVED_PAYMENT = "saved_payment"
"""The integration of an order that charges a saved card or wallet."""


class Flow(StrEnum):
    """The purpose of a checkout. It decides Xendit's ``session_type``, ``capture_method`` and saving."""

    PAY = "pay"
    SAVE = "save"
    PAY_SAVE = "pay_save"
    AUTHORIZE = "authorize"
    SUBSCRIPTION = "subscription"


class OrderStatus(StrEnum):
    """The status of an order. Only a webhook or an answer of Xendit's API changes it from ``WAITING``."""

    WAITING = "waiting"
    PENDING_APPROVAL = "pending_approval"
    AUTHORIZED = "authorized"
    """The card holds the amount until ``expires_at``; nothing is charged yet."""
    PAID = "paid"
    SAVED = "saved"
    SUBSCRIBED = "subscribed"
    STOPPED = "stopped"
    """The subscription's plan is over. It can't come back."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    RELEASED = "released"
    """The held amount was let go, or was never captured."""
    DECLINED = "declined"
    """A saved card or wallet was not charged. Another try is another order."""
    FAILED_TO_CREATE = "failed_to_create"

    @property
    def is_open(self) -> bool:
        """Return True while the shopper can still pay; the order page polls until then."""
        return self in (OrderStatus.WAITING, OrderStatus.PENDING_APPROVAL)

    @property
    def may_change(self) -> bool:
        """Return True while Xendit may say something else about the payment: the shop asks then."""
        return self.is_open or self is OrderStatus.AUTHORIZED

    @property
    def has_plan(self) -> bool:
        """Return True once the order has a plan, whether it goes on or has stopped."""
        return self in (OrderStatus.SUBSCRIBED, OrderStatus.STOPPED)

    @property
    def is_success(self) -> bool:
        """Return True for the successful statuses."""
        return self in _SUCCESS


_SUCCESS = frozenset({OrderStatus.PAID, OrderStatus.SAVED, OrderStatus.SUBSCRIBED, OrderStatus.AUTHORIZED})
_CLOSED = frozenset({OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.DECLINED})
_ENDS = _SUCCESS | {OrderStatus.STOPPED}  # a plan's last webhook may come before its first

# Money that has moved stays moved. A closed order can still become paid, because a payment may settle after its session
# has expired: https://docs.xendit.co/docs/delayed-webhooks
TRANSITIONS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.WAITING: _ENDS | _CLOSED | {OrderStatus.PENDING_APPROVAL, OrderStatus.FAILED_TO_CREATE},
    OrderStatus.PENDING_APPROVAL: _ENDS | _CLOSED | {OrderStatus.WAITING},
    OrderStatus.AUTHORIZED: frozenset({OrderStatus.PAID, OrderStatus.RELEASED}),
    OrderStatus.RELEASED: frozenset({OrderStatus.PAID}),  # it was captured at the same moment
    OrderStatus.EXPIRED: _ENDS | {OrderStatus.CANCELLED},  # the webhook of a cancelled invoice says EXPIRED
    OrderStatus.CANCELLED: _ENDS,
    OrderStatus.DECLINED: _ENDS,
    OrderStatus.FAILED_TO_CREATE: _ENDS,  # the answer was lost, but Xendit had created the object
    OrderStatus.PAID: frozenset(),
    OrderStatus.SAVED: frozenset(),
    OrderStatus.SUBSCRIBED: frozenset({OrderStatus.STOPPED}),
    OrderStatus.STOPPED: frozenset(),
}


def may_become(current: OrderStatus, new: OrderStatus) -> bool:
    """Return True if the status change is allowed. Staying the same is not a change."""
    return new in TRANSITIONS[current]


def status_after(order: "Order", state: str, captured: Decimal | None = None) -> OrderStatus | None:
    """Return the order status for an Outcome, or None if it changes nothing.

    ``captured``: the amount charged, where a payment says it. A held order is only paid by a capture.
    """
    match state:
        case "completed" if order.holds:
            return OrderStatus.PAID if captured else OrderStatus.AUTHORIZED
        case "completed" if captured is not None and captured < order.amount and order.flow is not Flow.SAVE:
            return None  # not all of it is paid
        case "completed":
            completed = {Flow.SAVE: OrderStatus.SAVED, Flow.SUBSCRIPTION: OrderStatus.SUBSCRIBED}
            return completed.get(order.flow, OrderStatus.PAID)
        case "authorized":
            return OrderStatus.AUTHORIZED if order.holds else None
        case "stopped":
            return OrderStatus.STOPPED if order.flow is Flow.SUBSCRIPTION else None
        case "failed":  # a session is open for another try
            return OrderStatus.DECLINED if order.integration == SAVED_PAYMENT else None
    return {
        "pending": OrderStatus.PENDING_APPROVAL,
        "expired": OrderStatus.EXPIRED,
        "cancelled": OrderStatus.CANCELLED,
        "released": OrderStatus.RELEASED,
    }.get(state)
