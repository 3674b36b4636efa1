"""What a visitor who knows nothing finds: what this is, the ways in, and a sample order."""

import html
import re

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, fake_xendit
from webapp.integrations import INTEGRATIONS
from webapp.orders.status import Flow

pytestmark = pytest.mark.anyio


def about(page: str) -> str:
    found = re.search(r'<p class="about">(.*?)</p>', page, re.DOTALL)
    assert found
    return " ".join(html.unescape(found[1]).split())


async def test_a_sentence_over_the_hero_says_what_this_is(shop: Shop) -> None:
    said = about((await shop.get("/")).text)
    assert said == (
        f"A demonstration of Xendit: {len(INTEGRATIONS)} ways to pay, {len(Flow)} flows, 8 markets. "
        "Payments are imitated on this server. No money moves."
    )


async def test_it_counts_the_open_markets_and_says_where_payments_go(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), api_keys={"THB": "xnd_development_1"}) as shop:
        said = about((await shop.get("/")).text)
    assert said.endswith("1 market. Payments go to Xendit's test mode. No money moves.")


async def test_a_live_shop_does_not_say_that_no_money_moves(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), api_keys={"THB": "xnd_production_1"}) as shop:
        page = (await shop.get("/")).text
    assert about(page).endswith("Payments are real: money moves.")
    assert "No money moves" not in page


@pytest.mark.parametrize("path", ["/", "/orders", "/walkthrough", "/inspector", "/source/components", "/nowhere"])
async def test_every_page_leads_to_the_walkthrough_and_behind_the_counter(shop: Shop, path: str) -> None:
    header = (await shop.get(path)).text.split("</header>")[0]
    for link in ("/walkthrough", "/inspector", "/orders"):
        assert header.count(f'href="{link}"') == 2  # in a row on wide screens, in a menu on phones


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_an_empty_cart_is_filled_by_one_click(shop: Shop, headers: dict[str, str]) -> None:
    assert 'action="/cart/sample"' in (await shop.get("/")).text
    answer = await shop.post("/cart/sample", headers=headers)
    assert answer.status_code == (200 if headers else 303)
    page = (await shop.get("/")).text
    assert all(f'id="line-{product}"' in page for product in ("gayo", "toraja"))
    assert 'action="/cart/sample"' not in page


async def test_a_sample_order_changes_no_cart_that_holds_something(shop: Shop) -> None:
    await shop.add("flores")
    await shop.post("/cart/sample")
    page = (await shop.get("/")).text
    assert re.findall(r'id="line-(\w+)"', page) == ["flores"]


async def test_behind_the_counter_explains_itself_before_the_first_order(shop: Shop) -> None:
    page = (await shop.get("/inspector")).text
    assert "No order from this browser yet" in page
    assert 'action="/cart/sample"' in page


async def test_the_visitor_chooses_how_a_link_is_shown_and_the_shop_remembers(shop: Shop) -> None:
    await shop.choose(integration="payment_link")
    await shop.post("/choices/present", data={"present": "qr"}, headers=HTMX)
    assert re.search(r'value="qr" checked', (await shop.get("/")).text)
    await shop.add()
    assert "<svg" in (await shop.checkout(**HTMX)).text
    await shop.choose(present="page")
    assert (await shop.checkout()).status_code == 303


async def test_without_javascript_the_choice_comes_with_the_checkout(shop: Shop) -> None:
    await shop.choose(integration="payment_link")
    await shop.add()
    form = {"integration": "payment_link", "flow": "pay", "checkout_id": "checkout-without-js"}
    for present, status in (("qr", 200), ("page", 303)):  # the second time it finds the same order
        assert (await shop.post("/checkout", data=form | {"present": present})).status_code == status


@pytest.mark.parametrize("integration", list(INTEGRATIONS))
async def test_only_a_page_of_xendits_can_be_shown_in_other_ways(shop: Shop, integration: str) -> None:
    await shop.choose(integration=integration)
    assert ('name="present"' in (await shop.get("/")).text) == (integration != "components")


async def test_an_unknown_way_to_show_a_link_changes_nothing(shop: Shop) -> None:
    await shop.choose(integration="payment_link", present="qr")
    await shop.choose(present="cinema")
    assert 'value="qr" checked' in (await shop.get("/")).text
