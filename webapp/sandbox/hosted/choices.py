"""The choices of the hosted page: the country's channels, and test cards in place of a card form.

Nothing is typed on these pages, so no card number, real or invented, is ever sent to them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from .. import cards
from ..channels import Channel
from ..gateway.logos import LOGOS
from .texts import CARD_NOTES, GROUPS

CARDS = {
    "visa": ("Visa", "4000000000001000"),
    "mastercard": ("Mastercard", "5200000000001005"),
    "challenge": ("Visa", "4000000000001091"),
    "declined": ("Visa", "4000000000002503"),
}


@dataclass(frozen=True)
class Choice:
    """One radio button. `value` is a channel code, with the test card's name behind a dot: `CARDS.visa`."""

    value: str
    channel: Channel
    title: str
    note: str
    logo: str
    network: str = ""


def groups(offered: Iterable[Channel]) -> list[tuple[str, list[Choice]]]:
    """Return the title and the choices of each group, in the order of GROUPS."""
    order = list(GROUPS)
    ordered = sorted(offered, key=lambda channel: order.index(channel.pm_type))
    return [
        (GROUPS[kind], [choice for channel in members for choice in _choices(channel)])
        for kind, members in groupby(ordered, key=lambda channel: channel.pm_type)
    ]


def chosen(offered: Iterable[Channel], value: object) -> Choice | None:
    """Return the choice of this value, if its channel is offered."""
    return next((choice for channel in offered for choice in _choices(channel) if choice.value == value), None)


def outcome(choice: Choice, amount: Any, currency: str) -> tuple[str, str | None]:
    """Return the verdict and the failure code of a choice. `challenge` needs one more step; the others are final."""
    name = choice.value.partition(".")[2]
    if not name:
        return "challenge", None
    result = cards.outcome(CARDS[name][1], Decimal(amount), currency)
    return result.verdict, result.failure_code


def card_of(choice: Choice, holder: dict[str, Any], country: str, now: datetime) -> dict[str, Any] | None:
    """Return the description of the chosen test card, or None for another way to pay."""
    name = choice.value.partition(".")[2]
    return cards.details(CARDS[name][1], cards.expiry("", "", now), holder, country) if name else None


def _choices(channel: Channel) -> list[Choice]:
    if channel.pm_type != "CARDS":
        return [Choice(channel.code, channel, channel.brand, "", _logo(channel))]
    return [
        Choice(f"CARDS.{name}", channel, _spaced(number), CARD_NOTES[name], _logo(channel, brand), brand)
        for name, (brand, number) in CARDS.items()
    ]


def _spaced(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _logo(channel: Channel, card: str | None = None) -> str:
    """Return the address of a drawing. Channels of Components have their own; the others share one for each type."""
    if card or channel.code in LOGOS:
        return f"/sandbox/logos/{(card or channel.code).upper()}.svg"
    return f"/sandbox/static/hosted/{channel.pm_type.lower().replace('_', '-')}.svg"
