"""Changes to a payment after the sale: refunds, captures and releases. Plain data: no database, no HTTP."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus
from webapp.shop.currencies import CURRENCIES

ELSEWHERE = "xendit-"
"""With it begins our reference of a refund that was made elsewhere; Xendit's id follows."""
NOT_SENT = "NOT_SENT"
"""Our failure code: as far as Xendit told, it never arrived."""


class Kind(StrEnum):
    """The change that the merchant asks for."""

    REFUND = "refund"
    CAPTURE = "capture"
    RELEASE = "release"


class ModificationStatus(StrEnum):
    """The status of a modification. Only Xendit's answer or webhook makes it ``SUCCEEDED``."""

    SENDING = "sending"
    """Stored, and being sent. After a crash the shop asks Xendit whether it arrived."""
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def is_open(self) -> bool:
        """Return True until Xendit has decided. An order has at most one open modification."""
        return self in (ModificationStatus.SENDING, ModificationStatus.PENDING)


@dataclass(frozen=True)
class Modification:
    """A refund, a capture or a release of one order's payment."""

    modification_id: str
    """Our random reference. A refund carries it as ``reference_id`` and as ``idempotency-key``."""
    form_id: str
    """Made when the form is rendered, so that a second click finds the first modification."""
    reference_id: str
    """The order's."""
    kind: Kind
    amount: Decimal
    reason: str
    """One of Xendit's reasons for a refund; empty otherwise."""
    created: datetime
    updated: datetime
    status: ModificationStatus = ModificationStatus.SENDING
    refund_id: str | None = None
    """Xendit's id of a refund."""
    failure_code: str = ""

    @property
    def is_from_elsewhere(self) -> bool:
        """Return whether it was made elsewhere, such as in Xendit's dashboard, as far as is known."""
        return self.modification_id.startswith(ELSEWHERE)


def refunded(modifications: Iterable[Modification]) -> Decimal:
    """Return the sum of the refunds that succeeded."""
    done = [each for each in modifications if each.kind is Kind.REFUND and each.status is ModificationStatus.SUCCEEDED]
    return sum((each.amount for each in done), Decimal(0))


def refundable(order: Order, modifications: Iterable[Modification]) -> Decimal:
    """Return the amount that can still be refunded: what was paid, less every refund that has not failed."""
    kept = [each for each in modifications if each.kind is Kind.REFUND and each.status is not ModificationStatus.FAILED]
    return order.paid - sum((each.amount for each in kept), Decimal(0))


def available(order: Order, kind: Kind, modifications: Iterable[Modification]) -> Decimal:
    """Return the most that a modification of this kind may take: 0 where it is not possible now."""
    modifications = list(modifications)
    if any(each.status.is_open for each in modifications):
        return Decimal(0)
    if kind is Kind.REFUND:
        return refundable(order, modifications)
    return order.amount if order.status is OrderStatus.AUTHORIZED else Decimal(0)


def refuse(order: Order, modification: Modification, others: Iterable[Modification]) -> None:
    """Raise Refusal where the order does not allow the modification: 409 now or ever, 422 for too large an amount."""
    others = list(others)
    if any(each.status.is_open for each in others):
        raise Refusal(N_("Xendit is still working on the last change of this payment. Wait a moment."), 409)
    if modification.kind is Kind.REFUND and order.status is not OrderStatus.PAID:
        raise Refusal(N_("Only a paid order can be refunded."), 409)
    if modification.kind is not Kind.REFUND and not (order.status is OrderStatus.AUTHORIZED and order.payment_id):
        raise Refusal(N_("This order holds no amount that could be charged or released."), 409)
    most = available(order, modification.kind, others)
    if modification.amount > most:
        amount = CURRENCIES[order.currency].format(most)
        raise Refusal(N_("That is more than is left: at most %(amount)s."), 422, amount=amount)


def read_amount(text: str, currency: str) -> Decimal:
    """Return the amount that a form says, in whole units such as ``90000`` or ``21.60``. Raises Refusal (422)."""
    digits = CURRENCIES[currency].digits
    example = "90000" if digits == 0 else "21.60"
    decimals = rf"(\.[0-9]{{1,{digits}}})?" if digits else ""
    if not re.fullmatch(r"[0-9]{1,12}" + decimals, text):
        raise Refusal(N_("Write the amount in digits, such as %(example)s."), 422, example=example)
    amount = Decimal(text)
    if not amount:
        raise Refusal(N_("The amount must be more than zero."), 422)
    return amount
