"""A cart that is paid, or may be, is neither charged nor ordered again: whatever the cookie knows of it."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.conftest import Clock, OpenShop, Shop
from tests.endpoints.test_saved_payments import ACTION, LOST, PAID, click, save, xendit
from tests.xendit import HTMX, LINK, SDK_KEY, SESSION, fake_xendit, payment_event, session_event
from webapp.orders.order import Order

pytestmark = pytest.mark.anyio
FAILED = PAID | {"status": "FAILED", "failure_code": "CARD_DECLINED"}
OPEN = SESSION | {"components_sdk_key": SDK_KEY, "payment_link_url": LINK}
ASKS = PAID | {"status": "REQUIRES_ACTION", "actions": [{"type": "REDIRECT_CUSTOMER", "value": ACTION}]}


def still_open(router: Any) -> None:
    router["session"].mock(return_value=httpx.Response(200, json=OPEN))


async def paid(shop: Shop, order: Order) -> None:
    await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))
    assert await shop.status_of(order) == "paid"


async def unheard(shop: Shop, path: str, form: dict[str, str]) -> None:
    """Press a button whose answer does not reach the browser: a double click, a broken network, a reload meanwhile."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(shop.app), base_url="http://testserver", cookies=shop.cookies
    ) as browser:
        await browser.post(path, data=form)


async def test_the_declined_card_does_not_make_the_shop_forget_the_link_that_is_paid(open_shop: OpenShop) -> None:
    router = xendit(FAILED)
    async with open_shop(router) as shop:
        await save(shop)
        still_open(router)
        await shop.checkout("payment_link")
        link = await shop.newest_order()
        assert (await click(shop)).status_code == 402  # and so the shopper takes the link
        await paid(shop, link)
        assert "Thank you" in (await shop.get(f"/orders/{link.reference_id}")).text
        router["charge"].mock(return_value=httpx.Response(200, json=PAID))
        assert "Nothing here yet" in (await shop.get("/")).text
        await click(shop)
        assert router["charge"].call_count == 1


async def test_nor_does_a_second_method(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        still_open(router)
        await shop.checkout("payment_link")
        link = await shop.newest_order()
        await shop.checkout("invoice")
        await paid(shop, link)
        await click(shop)
        assert router["charge"].call_count == 0


@pytest.mark.parametrize("status", ["SUCCEEDED", "REQUIRES_ACTION"])
async def test_two_tabs_click_while_a_link_is_open(open_shop: OpenShop, status: str) -> None:
    go, asked = asyncio.Event(), asyncio.Event()
    router = xendit(PAID if status == "SUCCEEDED" else ASKS)
    async with open_shop(router) as shop:
        await save(shop)
        still_open(router)
        await shop.checkout("payment_link")
        calls = 0

        async def slow_for_the_second(request: httpx.Request) -> httpx.Response:
            nonlocal calls
            calls += 1
            if calls == 1:
                asked.set()
                await go.wait()
            return httpx.Response(200, json=OPEN)

        router["session"].mock(side_effect=slow_for_the_second)
        slow = asyncio.create_task(click(shop))
        await asked.wait()
        await click(shop)
        go.set()
        await slow
        assert router["charge"].call_count == 1


async def test_the_second_press_of_a_double_click_remembers_the_order(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        still_open(router)
        form = {"integration": "payment_link", "flow": "pay", "checkout_id": "one-checkout-id-1"}
        await unheard(shop, "/checkout", form)
        assert (await shop.post("/checkout", data=form)).headers["location"] == LINK
        await paid(shop, await shop.newest_order())
        await click(shop)
        assert router["charge"].call_count == 0


async def test_the_second_press_of_a_double_click_on_a_saved_card_remembers_it_too(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        await save(shop)
        form = {"payment_token_id": "pt-1", "checkout_id": "one-checkout-id-1"}
        await unheard(shop, "/checkout/saved-payment", form)
        assert (await click(shop, checkout_id="one-checkout-id-1")).status_code == 303
        assert "Nothing here yet" in (await shop.get("/")).text
        await click(shop)
        assert router["charge"].call_count == 1


@pytest.mark.parametrize("answer", [PAID, ASKS, LOST], ids=["paid", "3DS", "lost"])
@pytest.mark.parametrize("then", ["click", "payment_link"])
async def test_a_click_whose_answer_did_not_arrive_then_a_reload(open_shop: OpenShop, answer: Any, then: str) -> None:
    router = xendit(answer)
    async with open_shop(router) as shop:
        await save(shop)
        sessions = router["sessions"].call_count
        await unheard(shop, "/checkout/saved-payment", {"payment_token_id": "pt-1", "checkout_id": "one-checkout-id-1"})
        await shop.get("/")
        await (click(shop) if then == "click" else shop.checkout("payment_link"))
        assert router["charge"].call_count == 1
        assert router["sessions"].call_count == sessions


async def test_a_charge_without_an_answer_is_remembered_beyond_another_cart(open_shop: OpenShop) -> None:
    router = xendit(LOST)
    async with open_shop(router) as shop:
        await save(shop)
        await click(shop)
        await shop.add("toraja")
        await shop.checkout("payment_link")
        await shop.post("/cart/remove", data={"product": "toraja"})
        sessions = router["sessions"].call_count
        await shop.checkout("payment_link")
        assert router["sessions"].call_count == sessions


async def test_a_saved_card_that_is_slow_is_not_said_to_be_uncharged(open_shop: OpenShop) -> None:
    router = xendit(PAID | {"status": "PENDING", "latest_payment_id": None})
    router.post("https://api.xendit.co/v3/payment_requests/pr-2/cancel").mock(
        return_value=httpx.Response(400, json={"error_code": "INELIGIBLE_TRANSACTION_STATUS"})
    )
    async with open_shop(router) as shop:
        await save(shop)
        order = (await click(shop)).headers["location"]
        for answer in (await shop.post(f"{order}/pay"), await shop.checkout("payment_link")):
            assert "not charged" not in answer.text
            assert answer.headers["location"] == order


async def test_the_payment_that_was_not_approved_is_not_the_one_to_refund(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        pending = SESSION | {"status": "PENDING", "payment_request_id": "pr-1", "payment_id": "py-1"}
        router["session"].mock(return_value=httpx.Response(200, json=pending))
        await shop.get(f"/orders/{order.reference_id}")
        still_open(router)
        await shop.post(f"/orders/{order.reference_id}/pay")
        assert await shop.status_of(order) == "waiting"
        event = session_event(order)
        del event["data"]["payment_request_id"], event["data"]["payment_id"]
        await shop.webhook(event)
        await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))  # pr-9
        stored = await shop.order_book.get(order.reference_id)
        assert stored and stored.payment_request_id == "pr-9"


@pytest.mark.parametrize(("minutes", "sessions"), [(59, 1), (61, 2)])
async def test_the_same_cart_may_be_ordered_again_an_hour_after_it_was_paid(
    open_shop: OpenShop, clock: Clock, minutes: int, sessions: int
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        clock.move(-minutes * 60)
        await paid(shop, order)
        await shop.checkout("payment_link")
        assert router["sessions"].call_count == sessions


async def test_a_paid_cart_is_not_ordered_again_in_another_market(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        await shop.webhook(session_event(order))
        await shop.post("/choices/currency", data={"currency": "PHP"}, headers=HTMX)  # in a tab that was left open
        await shop.checkout("payment_link")
        assert router["sessions"].call_count == 1
