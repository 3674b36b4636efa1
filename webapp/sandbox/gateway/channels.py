"""The payment channels that the sandbox offers inside Components: what each is called, takes, and does.

Only codes that the SDK lets through: it drops any other silently. Limits are those of Xendit's channel pages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["cards", "qr", "redirect", "push", "approval"]


@dataclass(frozen=True)
class Channel:
    """`kind` decides the actions; `saves`: whether the method can be kept for later; `app`: phones get a deep link."""

    code: str
    brand: str
    kind: Kind
    colour: str
    minimum: float = 1
    maximum: float | None = None
    saves: bool = False
    app: bool = False

    @property
    def group(self) -> str:
        """The picker's section that it stands in."""
        if self.kind in ("cards", "qr"):
            return self.kind
        return "banks" if "_FPX" in self.code else "wallets"

    @property
    def pm_type(self) -> str:
        return {"cards": "CARDS", "qr": "QR_CODE", "wallets": "EWALLET", "banks": "ONLINE_BANKING"}[self.group]


def _cards(minimum: float, maximum: float | None) -> Channel:
    return Channel("CARDS", "Cards", "cards", "#0B5B68", minimum, maximum, saves=True)


GROUPS = ("cards", "qr", "wallets", "banks")

CHANNELS: dict[str, tuple[Channel, ...]] = {
    "IDR": (
        _cards(5_000, 200_000_000),
        Channel("QRIS", "QRIS", "qr", "#B3202A", 1, 10_000_000),
        Channel("DANA", "DANA", "redirect", "#1277C9", 100, 20_000_000, saves=True, app=True),
        Channel("OVO", "OVO", "push", "#4B2A86", 100, 20_000_000, saves=True),
        Channel("SHOPEEPAY", "ShopeePay", "redirect", "#D8472B", 1, 20_000_000, saves=True, app=True),
    ),
    "PHP": (
        _cards(1, None),
        Channel("QR_PH", "QR Ph", "qr", "#1F4FA3", 1, 50_000),
        Channel("GCASH", "GCash", "redirect", "#1463DE", 1, 100_000, app=True),
        Channel("PAYMAYA", "Maya", "redirect", "#137A4B", 1, 100_000),
    ),
    "THB": (
        _cards(1, 700_000),
        Channel("PROMPTPAY", "PromptPay", "qr", "#123A6B", 1, 700_000),
        Channel("TRUEMONEY", "TrueMoney", "redirect", "#C4531B", 1, 100_000, app=True),
    ),
    "SGD": (
        _cards(1, 1_000),
        Channel("SGQR", "PayNow", "qr", "#7A1F6B", 0.01, 200_000),
    ),
    "MYR": (
        _cards(1, 5_000),
        Channel("TOUCHNGO", "Touch 'n Go", "redirect", "#1B56A8", 1, 25_000, saves=True, app=True),
        Channel("MAYB2U_FPX", "Maybank2U", "redirect", "#8A6A00", 1, 30_000, saves=True),
        Channel("MAYB2E_FPX_BUSINESS", "Maybank2E (business)", "approval", "#5F4A00", 1, 1_000_000),
    ),
    "VND": (
        _cards(1_000, None),
        Channel("MOMO", "MoMo", "redirect", "#A1226B", 1_000, 50_000_000, app=True),
        Channel("ZALOPAY", "ZaloPay", "redirect", "#1668C4", 1_000, 50_000_000, app=True),
    ),
    "HKD": (_cards(1, None),),
    "MXN": (_cards(1, None),),
    "USD": (_cards(1, 1_000),),
}


def find(code: str) -> Channel | None:
    """The channel of that code, in whichever market."""
    return next((channel for row in CHANNELS.values() for channel in row if channel.code == code), None)


def offered(session: dict[str, Any]) -> Sequence[Channel]:
    """The channels that this session may be paid or saved with, in the order of the picker.

    A channel whose limits the amount breaks is left out: the SDK would grey out its whole group.
    """
    must_save = session["session_type"] != "PAY" or session.get("allow_save_payment_method") == "FORCED"
    allowed = session.get("allowed_payment_channels")
    amount = session.get("amount") or 0
    return [
        channel
        for channel in CHANNELS.get(session["currency"], ())
        if (channel.saves or not must_save)
        and (not allowed or channel.code in allowed)
        and (session["session_type"] == "SAVE" or channel.minimum <= amount <= (channel.maximum or amount))
    ]
