"""What a visitor has ordered before. Plain data: no database, no HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Past:
    """All that a checkout must know of a visitor's orders, by one question to the database."""

    orders: int
    """The number of recent ones."""
    customer_id: str | None
    """Xendit's id of the visitor in this market."""
    reference_id: str | None
    """The order that this form has made."""
