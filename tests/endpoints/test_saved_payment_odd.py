"""Saved payments at the edges: the same card twice, odd labels, odd answers, two clicks at once, closed markets."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.endpoints.test_saved_payments import ACTION, NAMED, PAID, TOKEN_ID, click, save, xendit
from tests.xendit import HTMX, payment_event
from webapp.integrations.saved_payment import token_label
from webapp.orders.order_book import OrderBook
from webapp.xendit.closing import expire_overdue

pytestmark = pytest.mark.anyio

ASKS = PAID | {"status": "REQUIRES_ACTION"}
REDIRECT = {"actions": [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": ACTION}]}


async def forget(shop: Shop, **headers: str) -> httpx.Response:
    return await shop.post("/saved-payments/forget", data={"payment_token_id": TOKEN_ID}, headers=headers)


async def test_a_card_that_two_orders_saved_is_offered_once_and_forgotten_at_once(open_shop: OpenShop) -> None:
    async with open_shop(xendit()) as shop:
        await save(shop)
        await save(shop)
        assert (await shop.get("/")).text.count("Pay with Visa") == 1
        await forget(shop)
        assert "Pay with Visa" not in (await shop.get("/")).text


@pytest.mark.parametrize("actions", [{}, {"actions": [{"type": "PRESENT_TO_CUSTOMER", "value": "000201"}]}])
async def test_a_step_that_can_not_be_shown_is_said_and_the_order_stays(open_shop: OpenShop, actions: Any) -> None:
    async with open_shop(xendit(ASKS | actions)) as shop:
        await save(shop)
        for headers in ({}, HTMX):
            answer = await click(shop, **headers)
            assert answer.status_code in (422, 303, 200)
            order = await shop.newest_order()
            assert (order.status, order.payment_request_id) == ("waiting", "pr-2")
        answer = await shop.post(f"/orders/{order.reference_id}/pay")
        assert answer.status_code == 422
        assert "Visa •••• 1000 asks for a step" in answer.text and "was not charged" in answer.text
        assert (await shop.get(f"/orders/{order.reference_id}")).status_code == 200
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))
        assert await shop.status_of(order) == "paid"


@pytest.mark.parametrize(
    ("token", "label"),
    [
        (
            {"channel_properties": {"card_details": {"masked_card_number": "4\u202e12\n3456", "network": "VISA"}}},
            "3456",
        ),
        ({"channel_properties": {"card_details": {"masked_card_number": "1000", "network": "V\u202eISA"}}}, "Card •"),
        ({"channel_properties": {"card_details": {"masked_card_number": "1000", "network": "V" * 80}}}, "Card •"),
        ({"channel_code": "A" * 80}, "AAA"),
    ],
)
def test_a_label_is_short_and_plain(token: Any, label: str) -> None:
    found = token_label(token)
    assert label in found and len(found) <= 60 and found.isprintable()


@pytest.mark.parametrize(
    ("token", "offered", "asked"),
    [
        (NAMED | {"channel_code": None, "channel_properties": {}}, "Pay with •••• pt-1", 1),
        (NAMED | {"status": "EXPIRED"}, "", 1),
        (NAMED | {"status": "PENDING"}, "", 3),
    ],
)
async def test_a_token_without_a_name_is_asked_about_once(
    open_shop: OpenShop, token: Any, offered: str, asked: int
) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        order = await save(shop)
        await shop.app.state.shop.saved_payments.set_label(order, "")
        router["token"].calls.clear()
        router["token"].mock(return_value=httpx.Response(200, json=token))
        for _ in range(3):
            await shop.get(f"/orders/{order.reference_id}")
        assert router["token"].call_count == asked
        front = (await shop.get("/")).text
        assert offered in front and ("Pay with" in front) is bool(offered)


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_a_card_that_could_not_be_forgotten_is_said_in_words_of_its_own(
    open_shop: OpenShop, headers: dict[str, str]
) -> None:
    async with open_shop(xendit(cancelled=httpx.Response(500))) as shop:
        await save(shop)
        answer = await forget(shop, **headers)
        assert answer.status_code == 502
        assert "Visa •••• 1000 could not be forgotten." in answer.text and "charged" not in answer.text
        assert "Pay with Visa" in (await shop.get("/")).text


async def test_two_tabs_at_the_same_moment_charge_a_cart_once(
    open_shop: OpenShop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each has looked for the other's order before either is stored."""
    add, both = OrderBook.add, asyncio.Barrier(2)

    async def together(*args: Any, **room: Any) -> bool:
        async with both:
            pass
        return await add(*args, **room)

    router = xendit()
    async with open_shop(router, database_url=database_url) as shop:
        await save(shop)
        with monkeypatch.context() as racing:
            racing.setattr(OrderBook, "add", together)
            first, second = await asyncio.wait_for(asyncio.gather(click(shop), click(shop)), 10)
        assert first.headers["location"] == second.headers["location"]
        assert router["charge"].call_count == 1


async def test_the_last_webhook_of_a_saved_payment_can_be_sent_again(open_shop: OpenShop) -> None:
    async with open_shop() as shop:
        order = await shop.place("payment_link", "save")
        link = (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"]
        await shop.post(link, data={"choice": "CARDS.visa", "decision": "pay"})
        await shop.get(f"/orders/{order.reference_id}")
        await shop.choose(flow="pay")
        await shop.get("/")
        await shop.add("toraja")
        saved = await shop.order_book.get(order.reference_id)
        assert saved and saved.payment_token_id
        await click(shop, saved.payment_token_id)
        page = f"/orders/{(await shop.newest_order()).reference_id}"
        assert (await shop.post(f"{page}/repeat-webhook", headers=HTMX)).status_code == 200
        assert (await shop.post(f"{page}/expire-now")).status_code == 404
        assert "Let it expire now" not in (await shop.get(f"{page}/inspector")).text


async def test_orders_of_closed_markets_leave_room_for_others(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.shop.cart.MINUTE", timedelta(seconds=-1))
    router = xendit(ASKS | REDIRECT)
    async with open_shop(router) as shop:
        for _ in range(21):
            await shop.choose(currency="PHP")
            await shop.place("payment_link", "pay", "PHP")
        await save(shop)
        await shop.add("toraja")
        await click(shop)
        monkeypatch.delitem(shop.app.state.shop.settings.api_keys, "PHP")
        await expire_overdue(shop.app.state.shop)
        await expire_overdue(shop.app.state.shop)
        assert (await shop.newest_order()).status == "cancelled"
