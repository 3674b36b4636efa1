"""Each channel of five markets, in Chromium with the published SDK: a bad end first, then a retry that works."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.browser import payment
from webapp.sandbox.channels import PICKER_GROUPS, Channel
from webapp.sandbox.gateway import start_payment
from webapp.sandbox.markets import MARKETS as SANDBOX_MARKETS

MARKETS = ("IDR", "PHP", "THB", "MYR", "SGD")
CHANNELS = {currency: SANDBOX_MARKETS[currency].embedded for currency in MARKETS}
# In the SDK's accordion, where groups without a channel are not drawn.
PLACES = {
    (currency, channel.code): [
        group for group in PICKER_GROUPS.values() if any(one.group == group for one in CHANNELS[currency])
    ].index(channel.group)
    for currency in MARKETS
    for channel in CHANNELS[currency]
}
CASES = [
    pytest.param(currency, channel, id=f"{currency}-{channel.code}")
    for currency in MARKETS
    for channel in CHANNELS[currency]
]


@pytest.fixture(autouse=True)
def pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the sandbox does by itself, it does soon."""
    for name in ("PUSH_TAKES", "APPROVAL_TAKES", "SLOW_CARD_TAKES"):
        monkeypatch.setattr(start_payment, name, timedelta(seconds=1))


@pytest.mark.parametrize(("currency", "channel"), CASES)
def test_a_channel_fails_and_then_pays(page: Page, currency: str, channel: Channel) -> None:
    payment.start(page, currency)
    section = payment.section(page, PLACES[currency, channel.code])
    several = section.locator(".xendit-dropdown:enabled").count() > 0
    payment.choose(page, PLACES[currency, channel.code], channel.brand if several and channel.flow != "cards" else None)
    match channel.flow:
        case "cards":
            payment.type_card(page, payment.DECLINED)
            payment.pay(page)
            payment.complained(page)
            payment.type_card(page, payment.GOOD)
            payment.pay(page)
        case "qr":
            payment.pay(page)
            payment.close_window(page)
            payment.pay(page)
            payment.say_paid(page)
        case "redirect":
            payment.pay(page)
            payment.at_wallet(page, "decline")
            payment.ready(page)
            payment.choose(page, PLACES[currency, channel.code], channel.brand if several else None)
            payment.pay(page)
            payment.at_wallet(page, "approve")
        case "push":
            payment.type_phone(page, "+6281200021103")
            payment.pay(page)
            payment.complained(page)
            payment.type_phone(page, "+6281234567890")
            payment.pay(page)
        case "approval":
            payment.pay(page)
            payment.decide(page, "decline")
            payment.complained(page)
            payment.pay(page)
            payment.decide(page, "approve")
    payment.order_page(page)
