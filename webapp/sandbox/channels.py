"""Every channel of the imitation, by currency: those that Components offer, and more that only hosted pages have.

Codes and limits are those of Xendit's channel pages; the names on screen and the drawings are plain ones of our own.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from .gateway.channels import CHANNELS as EMBEDDED


class Channel(NamedTuple):
    """`kind` is Xendit's pm_type: CARDS, QR_CODE, EWALLET, ONLINE_BANKING, VIRTUAL_ACCOUNT, OVER_THE_COUNTER …"""

    code: str
    brand: str
    kind: str
    least: Decimal
    most: Decimal | None
    saves: bool = False

    def takes(self, amount: Decimal | int) -> bool:
        return self.least <= amount and (self.most is None or amount <= self.most)


def _row(code: str, brand: str, kind: str, least: str, most: str, saves: bool = False) -> Channel:
    return Channel(code, brand, kind, Decimal(least), Decimal(most), saves)


BANK, SHOP, WALLET, DEBIT = "VIRTUAL_ACCOUNT", "OVER_THE_COUNTER", "EWALLET", "ONLINE_BANKING"
HOSTED_ONLY: dict[str, tuple[Channel, ...]] = {
    "IDR": (
        _row("BCA_VIRTUAL_ACCOUNT", "BCA", BANK, "10000", "50000000"),
        _row("BNI_VIRTUAL_ACCOUNT", "BNI", BANK, "1", "50000000000"),
        _row("BRI_VIRTUAL_ACCOUNT", "BRI", BANK, "1", "50000000000"),
        _row("MANDIRI_VIRTUAL_ACCOUNT", "Mandiri", BANK, "1", "50000000000"),
        _row("PERMATA_VIRTUAL_ACCOUNT", "Permata", BANK, "1", "9999999999"),
        _row("ALFAMART", "Alfamart", SHOP, "10000", "5000000"),
        _row("INDOMARET", "Indomaret", SHOP, "10000", "5000000"),
        _row("ASTRAPAY", "AstraPay", WALLET, "100", "20000000"),
        _row("LINKAJA", "LinkAja", WALLET, "100", "10000000"),
        _row("BRI_DIRECT_DEBIT", "BRI direct debit", DEBIT, "1", "999999", saves=True),
    ),
    "PHP": (
        _row("GRABPAY", "GrabPay", WALLET, "1", "100000", saves=True),
        _row("SHOPEEPAY", "ShopeePay", WALLET, "1", "100000", saves=True),
        _row("BPI_DIRECT_DEBIT", "BPI direct debit", DEBIT, "0.01", "500000", saves=True),
        _row("7ELEVEN", "7-Eleven", SHOP, "50", "50000"),
        _row("LBC", "LBC", SHOP, "50", "200000"),
    ),
    "THB": (
        _row("KBANK_MOBILE_BANKING", "KBank mobile banking", DEBIT, "20", "700000"),
        _row("KTB_MOBILE_BANKING", "Krungthai mobile banking", DEBIT, "20", "700000"),
    ),
    "MYR": (
        _row("GRABPAY", "GrabPay", WALLET, "1", "1500", saves=True),
        _row("SHOPEEPAY", "ShopeePay", WALLET, "1", "30000", saves=True),
        _row("WECHATPAY", "WeChat Pay", WALLET, "0.1", "25000"),
        _row("AMBANK_VIRTUAL_ACCOUNT", "AmBank", BANK, "1", "10000000"),
    ),
    "VND": (
        _row("APPOTA", "Appota", WALLET, "1000", "500000000"),
        _row("SHOPEEPAY", "ShopeePay", WALLET, "1000", "500000000"),
    ),
}


def _embedded(currency: str) -> list[Channel]:
    return [
        Channel(
            row.code,
            row.brand,
            row.pm_type,
            Decimal(str(row.minimum)),
            None if row.maximum is None else Decimal(str(row.maximum)),
            row.saves,
        )
        for row in EMBEDDED.get(currency, ())
    ]


CHANNELS: dict[str, tuple[Channel, ...]] = {
    currency: (*_embedded(currency), *HOSTED_ONLY.get(currency, ())) for currency in EMBEDDED
}


def must_save(session: dict[str, Any]) -> bool:
    return session["session_type"] != "PAY" or session.get("allow_save_payment_method") == "FORCED"


def usable(session: dict[str, Any]) -> Sequence[Channel]:
    """Those of the session's currency that can do what it asks for, whatever the amount."""
    return [channel for channel in CHANNELS.get(session["currency"], ()) if channel.saves or not must_save(session)]


def offered(session: dict[str, Any]) -> Sequence[Channel]:
    """Those that the hosted page shows: allowed by the merchant, and within their limits."""
    allowed, saves_only = session.get("allowed_payment_channels"), session["session_type"] == "SAVE"
    return [
        channel
        for channel in usable(session)
        if (not allowed or channel.code in allowed) and (saves_only or channel.takes(session["amount"]))
    ]


def find(currency: str, code: str) -> Channel | None:
    return next((channel for channel in CHANNELS.get(currency, ()) if channel.code == code), None)
