"""Test data by market. See https://docs.xendit.co/docs/cards-simulate-card-scenarios"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.notices import N_
from webapp.shop.failing_totals import failing_totals


@dataclass(frozen=True)
class TestCard:
    """A test card. It takes any future expiry and any code (four digits for Amex)."""

    __test__ = False  # not a test class, despite its name

    number: str
    network: str
    outcome: str
    scenario: str = ""
    """The name of the same card in the SDK's "Simulate scenario", if it is there."""

    @property
    def code(self) -> str:
        """Return a security code that the card takes."""
        return "1234" if self.network == "Amex" else "123"

    @property
    def spaced(self) -> str:
        """Return the number in groups, as on a card."""
        groups = (4, 10, 15) if self.network == "Amex" else (4, 8, 12, 16)
        starts = (0, *groups[:-1])
        return " ".join(self.number[start:end] for start, end in zip(starts, groups, strict=True))


@dataclass(frozen=True)
class Finish:
    """The way to complete a payment by a channel in test mode."""

    channel: str
    how: str


_OK = N_("Succeeds at once.")
_ASKS = N_("The bank asks first; then it succeeds.")
_FAILS = N_("Is declined.")
_CARDS = (
    TestCard("4000000000001000", "Visa", _OK, "3_ds_frictionless_authentication_is_successful_visa"),
    TestCard("5200000000001005", "Mastercard", _OK, "3_ds_frictionless_authentication_is_successful_mastercard"),
    TestCard(
        "4000000000001091",
        "Visa",
        _ASKS,
        "3_ds_challenge_authentication_is_successful_if_otp_is_correct_visa",
    ),
    TestCard("4000000000002503", "Visa", _FAILS, "failing_transaction_visa"),
)
_THAI = (
    TestCard("4200350000000801", "Visa", N_("Below ฿20 it succeeds at once, from there on the bank asks first.")),
    *_CARDS,
)
_AMEX_SCENARIO = "3_ds_frictionless_authentication_successful_use_a_4_digit_cvn"
_AMEX = (*_CARDS, TestCard("378282246310005", "Amex", _OK, _AMEX_SCENARIO))

_SCAN = N_("Don't scan it. Press “I've made this payment” under the code.")
_WALLET = N_("The wallet's page opens in test mode: confirm or refuse there.")
_PHONE = N_("Any number confirms by itself after some seconds; one that ends in 21103 refuses.")
_BANK = N_("The bank's page opens in test mode: confirm or refuse there.")
_FINISH = {
    "IDR": (Finish("QRIS", _SCAN), Finish("DANA, ShopeePay", _WALLET), Finish("OVO", _PHONE)),
    "PHP": (Finish("QR Ph", _SCAN), Finish("GCash, Maya", _WALLET)),
    "THB": (Finish("PromptPay", _SCAN), Finish("TrueMoney", _WALLET)),
    "SGD": (Finish("PayNow", _SCAN),),
    "MYR": (Finish("Touch 'n Go", _WALLET), Finish("Maybank2U", _BANK)),
    "VND": (Finish("MoMo, ZaloPay", _WALLET),),
}


def cards(currency: str) -> Sequence[TestCard]:
    """Return the test cards of a market."""
    return _THAI if currency == "THB" else _AMEX if currency in ("SGD", "HKD", "MXN") else _CARDS


def finishes(currency: str) -> Sequence[Finish]:
    """Return the ways to complete payments without a card."""
    return _FINISH.get(currency, ())


def test_data(currency: str) -> dict[str, Any]:
    """Return the context of ``fragments/test_data.html``."""
    return {
        "cards": cards(currency),
        "finishes": finishes(currency),
        "totals": failing_totals(currency),
        "market": currency,
    }
