"""Totals that every card fails with: a test article has each, and the sandbox knows them."""

from decimal import Decimal

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import fake_xendit
from webapp.presenter.test_cards import cards
from webapp.sandbox.cards import outcome
from webapp.sandbox.markets import MARKETS
from webapp.shop.cart import Cart
from webapp.shop.currencies import CURRENCIES, Currency
from webapp.shop.failing_totals import failing_totals
from webapp.web.assets import SDK, STATIC

pytestmark = pytest.mark.anyio
markets = pytest.mark.parametrize("currency", CURRENCIES.values(), ids=lambda currency: currency.code)
GOOD = "4000000000001000"


@markets
def test_a_test_article_costs_each_and_a_good_card_fails_with_its_code(currency: Currency) -> None:
    for code in failing_totals(currency.code):
        total = sum(line.amount for line in Cart.from_link(f"fails-{code.lower()}:1").lines(currency))
        assert outcome(GOOD, total, currency.code).failure_code == code


@markets
def test_a_card_may_pay_each_but_for_its_failure(currency: Currency) -> None:
    card = MARKETS[currency.code].find("CARDS")
    assert card
    for total in failing_totals(currency.code).values():
        assert card.minimum <= total <= (card.maximum or Decimal("Infinity"))


@markets
async def test_the_shelf_holds_no_test_article(shop: Shop, currency: Currency) -> None:
    page = (await shop.get(f"/?currency={currency.code}", follow_redirects=True)).text
    assert "fails-" not in page


async def test_an_article_without_a_total_in_a_market_still_has_a_price(shop: Shop) -> None:
    """A cart goes along when the visitor changes the market."""
    await shop.get("/?currency=IDR&cart=fails-stolen_card:1,fails-invalid_card:2")
    for code in CURRENCIES:
        await shop.choose(currency=code)
        assert (await shop.get("/")).status_code == 200


async def test_a_live_shop_shows_no_test_cards(open_shop: OpenShop) -> None:
    for keys, shown in (("xnd_development_1", True), ("xnd_production_1", False)):
        async with open_shop(fake_xendit(), api_keys={"IDR": keys}) as shop:
            await shop.add()
            form = await shop.checkout("components", **{"hx-request": "true"})
            assert ("test-cards" in form.text) == shown


def test_the_sdk_knows_every_scenario() -> None:
    sdk = (STATIC / SDK).read_text(encoding="utf-8")
    for currency in CURRENCIES:
        for card in cards(currency):
            assert not card.scenario or f'name:"{card.scenario}"' in sdk
