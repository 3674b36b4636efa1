"""A visitor's earlier orders. Plain data: no database, no HTTP."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Past:
    """The part of a visitor's earlier orders that decides a checkout, read in one statement."""

    orders: int
    """The number of recent ones."""
    customer_id: str | None
    """Xendit's id of the visitor in this market."""
    reference_id: str | None
    """The order that this form has made."""
    paying: bool
    """Whether one of the last ones is paid, or may be paid."""
