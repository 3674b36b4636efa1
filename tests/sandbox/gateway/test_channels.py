"""Which channels a session is offered."""

import re
from typing import Any

import pytest

from tests.sandbox.gateway.conftest import SDK
from webapp.sandbox.channels import PICKER_GROUPS, offered
from webapp.sandbox.gateway.logos import LOGOS
from webapp.sandbox.gateway.responses import CARD_BRANDS
from webapp.sandbox.gateway.texts import LOCALES, TEXTS
from webapp.sandbox.markets import MARKETS

ALL = [channel for market in MARKETS.values() for channel in market.embedded]


def codes(**session: Any) -> list[str]:
    channels = MARKETS[session["currency"]].embedded
    return [channel.code for channel in offered(channels, {"session_type": "PAY", "amount": 100} | session)]


def test_the_sdk_lets_every_channel_through() -> None:
    allowed = re.search(r"=\{(AFFIN_FPX:!0,[A-Z0-9_:!,]+)\}", SDK.read_text())
    assert allowed
    assert {channel.code for channel in ALL} <= set(re.findall(r"(\w+):!0", allowed[1]))


def test_cards_come_first_everywhere() -> None:
    assert all(market.channels[0].code == "CARDS" for market in MARKETS.values())


def test_every_channel_stands_in_a_group_and_has_a_logo() -> None:
    assert all(channel.group in PICKER_GROUPS.values() and channel.code in LOGOS for channel in ALL)
    assert set(CARD_BRANDS) <= set(LOGOS)


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ("IDR", ["CARDS", "QRIS", "DANA", "OVO", "SHOPEEPAY"]),
        ("PHP", ["CARDS", "QR_PH", "GCASH", "PAYMAYA"]),
        ("THB", ["CARDS", "PROMPTPAY", "TRUEMONEY"]),
        ("SGD", ["CARDS", "SGQR"]),
        ("MYR", ["CARDS", "TOUCHNGO", "MAYB2U_FPX", "MAYB2E_FPX_BUSINESS"]),
        ("VND", ["CARDS", "MOMO", "ZALOPAY"]),
        ("HKD", ["CARDS"]),
        ("MXN", ["CARDS"]),
    ],
)
def test_each_market_has_its_own(currency: str, expected: list[str]) -> None:
    assert codes(currency=currency, amount=100_000 if currency in ("IDR", "VND") else 100) == expected


def test_what_the_amount_does_not_fit_is_left_out() -> None:
    assert codes(currency="IDR", amount=50) == ["QRIS", "SHOPEEPAY"]
    assert codes(currency="SGD", amount=1_000.5) == ["SGQR"]
    assert codes(currency="IDR", amount=500_000_000) == []


@pytest.mark.parametrize("more", [{"session_type": "SAVE", "amount": 0}, {"session_type": "SUBSCRIPTION"}])
def test_only_what_can_be_kept_is_offered_for_keeping(more: dict[str, Any]) -> None:
    session = {"currency": "IDR", "amount": 100_000} | more
    assert codes(**session) == ["CARDS", "DANA", "OVO", "SHOPEEPAY"]
    assert codes(**session | {"currency": "PHP", "amount": 100}) == ["CARDS", "PAYMAYA"]
    malaysian = codes(**session | {"currency": "MYR", "amount": 100})
    assert malaysian == ["CARDS", "TOUCHNGO", "MAYB2U_FPX", "MAYB2E_FPX_BUSINESS"]


def test_forced_saving_hides_what_cannot_be_saved_and_optional_does_not() -> None:
    assert "QRIS" not in codes(currency="IDR", amount=100_000, allow_save_payment_method="FORCED")
    assert "QRIS" in codes(currency="IDR", amount=100_000, allow_save_payment_method="OPTIONAL")


def test_the_merchant_may_allow_fewer() -> None:
    assert codes(currency="IDR", amount=100_000, allowed_payment_channels=["QRIS", "GCASH"]) == ["QRIS"]


def test_every_text_is_there_in_all_five_languages() -> None:
    for name, words in TEXTS.items():
        assert tuple(words) == LOCALES, name
        assert all(words.values()), name
        assert len({words[locale].count("{brand}") for locale in LOCALES}) == 1, name
