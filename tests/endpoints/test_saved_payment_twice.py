"""One click charges a cart once: where nobody knows yet whether it was charged, and in two tabs."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.endpoints.test_saved_payments import ACTION, LOST, PAID, click, save, xendit
from tests.xendit import HTMX, SESSION, payment_event
from webapp.database.errors import DatabaseUnavailable
from webapp.orders.order_book import OrderBook
from webapp.xendit.closing import expire_overdue

pytestmark = pytest.mark.anyio
ASKS = PAID | {
    "status": "REQUIRES_ACTION",
    "actions": [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": ACTION}],
}


@pytest.mark.parametrize("answer", [LOST, httpx.Response(500), ASKS])
async def test_another_click_finds_the_order_that_may_be_charged(open_shop: OpenShop, answer: object) -> None:
    router = xendit(answer)
    async with open_shop(router) as shop:
        await save(shop)
        await click(shop)
        order = await shop.newest_order()
        assert "2 items" in (await shop.get("/")).text  # a page with another checkout id
        assert (await click(shop)).headers["location"] == f"/orders/{order.reference_id}"
        assert router["charge"].call_count == 1
        await shop.add("toraja")
        await click(shop)
        assert router["charge"].call_count == 2  # another cart is another order


async def test_the_order_is_found_after_the_database_failed_during_the_charge(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise DatabaseUnavailable("gone")

    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        with monkeypatch.context() as gone:
            gone.setattr(OrderBook, "set_ids", fails)
            assert (await click(shop)).status_code == 503
        assert (await click(shop)).status_code == 303
        assert router["charge"].call_count == 1


async def test_what_one_tab_has_paid_the_other_does_not_pay_again(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        paid = await click(shop)
        assert (await click(shop, **HTMX)).headers["hx-redirect"] == paid.headers["location"]
        assert router["charge"].call_count == 1
        await shop.get("/")
        await shop.add("gayo", 2)
        await click(shop)
        assert router["charge"].call_count == 2  # the same is ordered again


@pytest.mark.parametrize("other", [click, Shop.checkout], ids=["the saved card", "a link"])
async def test_a_slow_charge_is_found_by_the_other_tab(
    open_shop: OpenShop, other: Callable[[Shop], Coroutine[Any, Any, httpx.Response]]
) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def slowly(request: httpx.Request) -> httpx.Response:
        asked.set()
        await go.wait()
        return httpx.Response(200, json=PAID)

    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        router["charge"].mock(side_effect=slowly)
        sessions = router["sessions"].call_count
        first = asyncio.create_task(click(shop))
        await asked.wait()
        second = await asyncio.wait_for(other(shop), 5)
        go.set()
        assert (await first).headers["location"] == second.headers["location"]
        assert (router["charge"].call_count, router["sessions"].call_count) == (1, sessions)


async def test_a_paid_order_elsewhere_is_not_paid_with_one_click_too(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        await shop.checkout("payment_link")
        order = await shop.newest_order()
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))
        assert (await click(shop)).headers["location"] == f"/orders/{order.reference_id}"
        assert not router["charge"].called


async def test_without_an_answer_nothing_is_offered_that_can_not_be_done(open_shop: OpenShop) -> None:
    async with open_shop(xendit(LOST)) as shop:
        await save(shop)
        page = (await shop.get((await click(shop)).headers["location"])).text
        assert "As soon as Xendit tells us" in page and "Back to the shop" in page
        assert "Continue to payment" not in page and "Cancel this order" not in page


async def test_without_any_answer_nobody_says_that_nothing_was_charged(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.shop.cart.MINUTE", timedelta(seconds=-1))
    async with open_shop(xendit(LOST)) as shop:
        await save(shop)
        await click(shop)
        order = await shop.newest_order()
        shown = (await shop.get(f"/orders/{order.reference_id}")).text
        assert await shop.status_of(order) == "failed_to_create"
        assert "ask the shop whether Visa •••• 1000 was charged" in shown and "nothing was charged" not in shown


async def test_a_market_that_has_closed_does_not_stop_the_sweep(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": ACTION}]
    monkeypatch.setattr("webapp.shop.cart.MINUTE", timedelta(seconds=-1))
    async with open_shop(xendit(PAID | {"status": "REQUIRES_ACTION", "actions": action})) as shop:
        await save(shop)
        await click(shop)
        monkeypatch.delitem(shop.app.state.shop.settings.api_keys, "IDR")
        await expire_overdue(shop.app.state.shop)
        assert (await shop.newest_order()).status == "waiting"


async def test_a_cart_that_is_paid_at_xendit_is_not_charged_before_its_webhook_comes(open_shop: OpenShop) -> None:
    router = xendit()  # which answers that every session is completed
    async with open_shop(router) as shop:
        await save(shop)
        await shop.checkout("payment_link")
        order = await shop.newest_order()
        assert (await click(shop)).headers["location"] == f"/orders/{order.reference_id}"
        assert router["charge"].call_count == 0
        assert await shop.status_of(order) == "paid"


async def test_nothing_is_charged_while_nobody_can_say_whether_the_cart_is_paid(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        await shop.checkout("payment_link")
        router["session"].mock(return_value=httpx.Response(500))
        answer = await click(shop)
        assert answer.status_code == 502 and "Nothing was charged" not in answer.text
        assert router["charge"].call_count == 0


async def test_a_payment_that_the_account_does_not_know_keeps_nobody_from_paying(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        await shop.checkout("payment_link")
        router["session"].mock(return_value=httpx.Response(404, json={"error_code": "DATA_NOT_FOUND"}))
        assert (await click(shop)).status_code == 303
        assert router["charge"].call_count == 1


@pytest.mark.parametrize("answer", [LOST, ASKS], ids=["lost", "3DS"])
@pytest.mark.parametrize("flow", ["pay_save", "save"])  # nothing else that this visitor ordered is paid
async def test_a_card_that_may_be_charged_is_not_paid_for_another_way_too(
    open_shop: OpenShop, answer: object, flow: str
) -> None:
    router = xendit(answer, now=ASKS)
    async with open_shop(router) as shop:
        await save(shop, flow)
        sessions = router["sessions"].call_count
        await click(shop)
        order = await shop.newest_order()
        there = (await shop.checkout("payment_link")).headers["location"]
        assert there == (f"/orders/{order.reference_id}" if answer is LOST else ACTION)
        assert router["sessions"].call_count == sessions
        assert router["charge"].call_count == 1


async def test_a_saved_card_is_not_offered_where_the_amount_is_to_be_held(open_shop: OpenShop) -> None:
    async with open_shop(xendit()) as shop:
        await save(shop)
        assert "Pay with Visa" in (await shop.get("/")).text
        await shop.get("/?flow=pay&integration=payment_link&capture=MANUAL&cart=gayo:2")
        page = (await shop.get("/")).text
        assert "is held now" in page and "Pay with Visa" not in page


async def test_a_cart_whose_payment_waits_for_an_approval_is_not_charged(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        await shop.checkout("payment_link")
        order = await shop.newest_order()
        router["session"].mock(return_value=httpx.Response(200, json=SESSION | {"status": "PENDING"}))
        for _ in range(2):
            assert (await click(shop)).headers["location"] == f"/orders/{order.reference_id}"
        assert await shop.status_of(order) == "pending_approval"
        assert router["charge"].call_count == 0


async def test_a_try_after_3ds_may_be_another_payment(open_shop: OpenShop) -> None:
    asks = ASKS | {"latest_payment_id": "py-2"}
    failed = PAID | {"status": "FAILED", "latest_payment_id": "py-3", "failure_code": "CARD_DECLINED"}
    async with open_shop(xendit(asks, now=failed)) as shop:
        await save(shop)
        await click(shop)
        order = await shop.newest_order()
        await shop.get(f"/orders/{order.reference_id}")
        assert await shop.status_of(order) == "declined"
