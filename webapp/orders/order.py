"""An order and its lines. Plain data: no database, no HTTP."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from webapp.orders.options import USUAL, Options
from webapp.orders.status import Flow, OrderStatus

SHOP_NAME = "Selat Coffee Roasters"


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
    type: str = "PHYSICAL_PRODUCT"  # Xendit's; FEE for what is no product

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
    """Until when it can be paid; of an authorised order, until when it can be captured."""
    status: OrderStatus = OrderStatus.WAITING
    payment_session_id: str | None = None
    invoice_id: str | None = None
    payment_request_id: str | None = None
    payment_id: str | None = None
    payment_token_id: str | None = None
    recurring_plan_id: str | None = None
    customer_id: str | None = None
    """Xendit's id of the visitor, in this market's account."""
    token_label: str = ""
    """The card or wallet that was saved, or is charged: ``Visa •••• 1000``. Empty until Xendit has named it."""
    token_forgotten: bool = False
    captured: Decimal | None = None
    """The amount charged, where Xendit named it. None: all of ``amount``, once it is paid."""
    shop_name: str = SHOP_NAME
    """As the shop was called at that time; ``shop_colour`` is its colour, if it had one of its own."""
    shop_colour: str = ""
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    options: Options = USUAL

    @property
    def holds(self) -> bool:
        """Return whether the amount is only held until it is captured."""
        return self.flow is Flow.AUTHORIZE or self.options.capture == "MANUAL"

    @property
    def channels(self) -> tuple[str, ...]:
        """Return the payment channels to offer; empty for all. Cards alone can hold an amount."""
        return ("CARDS",) if self.holds else self.options.channels

    @property
    def description(self) -> str:
        """Return the line that Xendit's pages and dashboard show."""
        if self.flow is Flow.SAVE:
            return f"{self.shop_name}: save a payment method"
        names = ", ".join(f"{line.quantity} × {line.name}" for line in self.lines if line.type != "FEE")
        prefix = "Monthly: " if self.flow is Flow.SUBSCRIPTION else ""
        return f"{self.shop_name}: {prefix}{names}"[:1000]

    @property
    def customer_reference(self) -> str:
        """Return our reference of the customer, the same at each order in a market."""
        person = f"{self.visitor} {self.currency} {self.options.customer}".rstrip()
        return f"selat-{hashlib.sha256(person.encode()).hexdigest()[:32]}"

    @property
    def paid(self) -> Decimal:
        """Return the amount that was charged: 0 until the order is paid."""
        if self.status is not OrderStatus.PAID:
            return Decimal(0)
        return self.amount if self.captured is None else self.captured

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
