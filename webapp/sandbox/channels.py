"""A payment channel, and the choice of channels for one session."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Flow = Literal["cards", "qr", "redirect", "push", "approval"]
# The sections of the SDK's picker, by the types that the SDK knows.
PICKER_GROUPS = {"CARDS": "cards", "QR_CODE": "qr", "EWALLET": "wallets", "ONLINE_BANKING": "banks"}


@dataclass(frozen=True)
class Channel:
    """A way to pay, with Xendit's code, type and limits. Name and colour on screen are our own.

    `saves`: it can be kept for later payments. `flow`: how the SDK pays with it; without one, only hosted pages
    offer the channel. `app`: phones get a deep link.
    """

    code: str
    brand: str
    pm_type: str
    minimum: Decimal | int
    maximum: Decimal | int | None
    saves: bool = False
    flow: Flow | None = None
    colour: str = ""
    app: bool = False

    @property
    def group(self) -> str:
        """Return the section of the SDK's picker that shows the channel."""
        return PICKER_GROUPS[self.pm_type]

    def takes(self, amount: Decimal | float) -> bool:
        """Return whether the amount is within the channel's limits."""
        return self.minimum <= amount and (self.maximum is None or amount <= self.maximum)


def cards(minimum: int, maximum: int | None = None) -> Channel:
    """Return the channel of cards, which every market has."""
    return Channel("CARDS", "Cards", "CARDS", minimum, maximum, saves=True, flow="cards", colour="#0B5B68")


def usable(channels: Iterable[Channel], session: dict[str, Any]) -> list[Channel]:
    """Return the channels that can do what the session asks for, at any amount. Only cards hold an amount."""
    must_save = session["session_type"] != "PAY" or session.get("allow_save_payment_method") == "FORCED"
    holds = session.get("capture_method") == "MANUAL"
    return [
        channel for channel in channels if (channel.saves or not must_save) and (channel.code == "CARDS" or not holds)
    ]


def offered(channels: Iterable[Channel], session: dict[str, Any]) -> list[Channel]:
    """Return the channels that the shopper may choose: allowed by the merchant, and within their limits.

    The SDK would grey out the whole group of a channel whose limits the amount breaks.
    """
    allowed, saves_only = session.get("allowed_payment_channels"), session["session_type"] == "SAVE"
    return [
        channel
        for channel in usable(channels, session)
        if (not allowed or channel.code in allowed) and (saves_only or channel.takes(session["amount"]))
    ]
