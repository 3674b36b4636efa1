"""Next month against the sandbox, as a visitor without a key sees it."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import TOKEN
from webapp.orders.order import Order

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(open_shop: OpenShop, database_url: str) -> AsyncIterator[Shop]:
    async with open_shop(database_url=database_url, webhook_tokens={"": TOKEN}) as running:
        yield running


async def subscribed(shop: Shop, currency: str = "IDR") -> Order:
    order = await shop.place("payment_link", "subscription", currency)
    await shop.pay(order)
    assert "Subscribed" in await page(shop, order)  # the shop asked: no webhook reaches it here
    stored = await shop.order_book.get(order.reference_id)
    assert stored and stored.recurring_plan_id
    return stored


async def page(shop: Shop, order: Order) -> str:
    text = re.sub(r"<(?!input|button)[^>]+>", " ", (await shop.get(f"/orders/{order.reference_id}")).text)
    return " ".join(text.replace("&#39;", "'").split())


async def form_of(shop: Shop, order: Order, button: str) -> tuple[str, dict[str, str]]:
    """The address of a button's form, and what it sends."""
    shown = (await shop.get(f"/orders/{order.reference_id}")).text
    one_form = rf'action="([^"]+)" method="post">((?:(?!</form>).)*id="{button}".*?)</form>'
    action, form = re.findall(one_form, shown, re.DOTALL)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', form)) | {"sure": "yes"}
    return action, fields | dict(re.findall(rf'id="{button}" name="(\w+)" value="(\w+)"', form))


async def press(shop: Shop, order: Order, button: str) -> httpx.Response:
    action, fields = await form_of(shop, order, button)
    return await shop.post(action, data=fields)


@pytest.mark.parametrize("currency", ["IDR", "VND", "SGD"])
async def test_a_subscription_from_its_first_month_to_its_end(shop: Shop, currency: str) -> None:
    order = await subscribed(shop, currency)
    assert "No month has been charged yet." in await page(shop, order)
    for button, sentence in (
        ("month", r"Month 1 .{4,30} paid"),
        ("month-declines", r"Month 2 .{4,30} failed there was not enough money; charged again on"),
        ("retry", r"Month 2 .{4,60} paid .*Month 1 .{4,60} paid"),
        ("month", r"Month 3 .{4,60} paid"),
        ("stop", r"The subscription has ended\."),
    ):
        assert (await press(shop, order, button)).status_code == 303
        assert re.search(sentence, await page(shop, order)), button
    assert await shop.status_of(order) == "stopped"
    assert "<button" not in (await page(shop, order)).split("Month by month")[1].split("What you ordered")[0]


async def test_a_double_click_is_one_month(shop: Shop) -> None:
    order = await subscribed(shop)
    action, fields = await form_of(shop, order, "month")
    answers = await asyncio.gather(*(shop.post(action, data=fields) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]
    late = await shop.post(action, data=fields)
    assert late.status_code == 409 and "This month is paid already." in late.text
    assert (await page(shop, order)).count(" paid") == 1


async def test_the_cycle_of_another_order_is_not_charged(shop: Shop) -> None:
    mine, other = await subscribed(shop), await subscribed(shop)
    theirs = re.findall(r'name="cycle" value="([^"]+)"', (await shop.get(f"/orders/{other.reference_id}")).text)[0]
    answer = await shop.post(f"/orders/{mine.reference_id}/month", data={"cycle": theirs, "card": "works"})
    assert answer.status_code == 422
    assert "No month has been charged yet." in await page(shop, other)


async def test_while_xendit_is_down_the_page_stays_and_says_so(shop: Shop) -> None:
    order = await subscribed(shop)
    await shop.post("/walkthrough/controls", data={"fail": "down", "delay": "0", "duplicate": ""})
    assert "Xendit does not answer just now" in await page(shop, order)
    assert (await press(shop, order, "stop")).status_code == 502
    await shop.post("/walkthrough/controls", data={"fail": "", "delay": "0", "duplicate": ""})
    assert "No month has been charged yet." in await page(shop, order)
