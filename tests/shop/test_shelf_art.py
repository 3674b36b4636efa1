"""The shelf sells coffee: packs that differ, a label, a roast, a weight and a taste of each coffee's own."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.conftest import Shop
from webapp.shop.cart import Cart
from webapp.shop.catalog import PRODUCTS
from webapp.shop.currencies import CURRENCIES

SPRITE = (Path(__file__).parents[2] / "static/img/sprite.svg").read_text(encoding="utf-8")
COFFEES = {product.id: product.coffee for product in PRODUCTS.values() if product.coffee}


def test_every_coffee_has_a_label_and_a_taste_of_its_own() -> None:
    for drawings in ([each.motif for each in COFFEES.values()], [each.taste for each in COFFEES.values()]):
        assert max(Counter(drawings).values()) == 1


def test_coffee_comes_in_three_packs_and_never_thrice_the_same_in_a_row() -> None:
    packs = [each.pack for each in COFFEES.values()]
    assert set(packs) == {"bag", "tin", "pouch"}
    assert all(len(set(packs[place : place + 3])) > 1 for place in range(len(packs) - 2))


def test_a_roast_is_from_1_to_5_and_a_weight_is_in_grams() -> None:
    for coffee in COFFEES.values():
        assert 1 <= coffee.roast <= 5
        assert re.fullmatch(r"[1-9]\d{2} g", coffee.weight)


@pytest.mark.anyio
async def test_the_shelf_uses_every_drawing_that_there_is_and_no_other(shop: Shop) -> None:
    used = set(re.findall(r"sprite\.svg#([\w-]+)", (await shop.get("/")).text))
    there = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))
    assert used == {name for name in there if not name.startswith("i-")}


@pytest.mark.anyio
async def test_a_card_says_roast_and_weight_and_a_cup_has_neither(shop: Shop) -> None:
    cards = dict(re.findall(r'id="card-([\w-]+)">(.*?)</li>', (await shop.get("/")).text, re.DOTALL))
    assert 'aria-label="4 of 5"' in cards["gayo"]
    assert "Rp240.000 <small>250 g</small>" in cards["gayo"]
    assert "of 5" not in cards["dripper"] and " g<" not in cards["dripper"]


@pytest.mark.anyio
async def test_an_order_and_xendit_hear_the_weight(shop: Shop) -> None:
    lines = Cart({"toraja": 1, "dripper": 1}).lines(CURRENCIES["IDR"])
    assert [line.description for line in lines] == ["Sulawesi, Indonesia, 200 g", "Hand-thrown ceramic"]
    order = await shop.place()
    assert "250 g" in (await shop.get(f"/orders/{order.reference_id}")).text
