"""The payment channels that the options offer in each market, by Xendit's codes.

A test compares them with the sandbox's table. Xendit's own list: https://docs.xendit.co/docs/payment-channels-overview
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A payment channel. Its name is its brand's, and is not translated."""

    code: str
    name: str
    saves: bool = False
    """Whether it can be kept for later payments."""
    embedded: bool = True
    """Whether Components offers it, too."""


CARDS = Channel("CARDS", "Cards", saves=True)
CHANNELS: dict[str, tuple[Channel, ...]] = {
    "IDR": (
        CARDS,
        Channel("QRIS", "QRIS"),
        Channel("DANA", "DANA", saves=True),
        Channel("OVO", "OVO", saves=True),
        Channel("SHOPEEPAY", "ShopeePay", saves=True),
        Channel("BCA_VIRTUAL_ACCOUNT", "BCA", embedded=False),
        Channel("BNI_VIRTUAL_ACCOUNT", "BNI", embedded=False),
        Channel("MANDIRI_VIRTUAL_ACCOUNT", "Mandiri", embedded=False),
        Channel("ALFAMART", "Alfamart", embedded=False),
    ),
    "PHP": (
        CARDS,
        Channel("QR_PH", "QR Ph"),
        Channel("GCASH", "GCash"),
        Channel("PAYMAYA", "Maya", saves=True),
        Channel("GRABPAY", "GrabPay", saves=True, embedded=False),
        Channel("7ELEVEN", "7-Eleven", embedded=False),
    ),
    "MYR": (
        CARDS,
        Channel("TOUCHNGO", "Touch 'n Go", saves=True),
        Channel("GRABPAY", "GrabPay", saves=True, embedded=False),
        Channel("WECHATPAY", "WeChat Pay", embedded=False),
    ),
    "THB": (CARDS, Channel("PROMPTPAY", "PromptPay"), Channel("TRUEMONEY", "TrueMoney")),
    "VND": (
        CARDS,
        Channel("MOMO", "MoMo"),
        Channel("ZALOPAY", "ZaloPay"),
        Channel("APPOTA", "Appota", embedded=False),
    ),
    "SGD": (CARDS, Channel("SGQR", "PayNow")),
    "HKD": (CARDS,),
    "MXN": (CARDS,),
}


def channels_of(currency: str, integration: str) -> tuple[Channel, ...]:
    """Return the channels that an integration can offer in a market."""
    return tuple(each for each in CHANNELS[currency] if each.embedded or integration != "components")
