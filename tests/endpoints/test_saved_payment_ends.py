"""What was saved, from its webhook until it ends: offered at once, forgotten on request, gone if it ends at Xendit."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop
from tests.endpoints.test_saved_payments import NAMED, TOKEN_ID, click, save, xendit
from tests.xendit import session_event
from webapp.orders.status import Flow, OrderStatus
from webapp.xendit import saved_payments

pytestmark = pytest.mark.anyio

NOTHING: dict[str, dict[str, Any]] = {"save": {"amount": 0}, "pay_save": {}}


async def test_more_than_a_dozen_of_one_market_hide_none_of_another_and_are_all_forgotten(open_shop: OpenShop) -> None:
    router = xendit()
    async with open_shop(router) as shop:
        order = await save(shop)
        later = replace(order, created=order.created + timedelta(seconds=1), currency="PHP", flow=Flow.SAVE, lines=())
        for number in range(13):
            token, another = f"pt-php-{number}", replace(later, reference_id=f"php-{number}", checkout_id=f"p-{number}")
            router.post(f"https://api.xendit.co/v3/payment_tokens/{token}/cancel").respond(json=NAMED)
            assert await shop.order_book.add(another)
            await shop.order_book.change_status(another, OrderStatus.SAVED, cause="", ids={"payment_token_id": token})
        assert "Pay with Visa" in (await shop.get("/")).text
        assert (await click(shop)).headers["location"].startswith("/orders/selat-")
        await shop.post("/walkthrough/reset")
        assert sum(call.request.url.path.endswith("/cancel") for call in router.calls) == 14


@pytest.mark.parametrize("reference", ["the order's", "save-77", None])
async def test_what_has_expired_at_xendit_is_offered_no_more(open_shop: OpenShop, reference: str | None) -> None:
    async with open_shop(xendit()) as shop:
        await save(shop)
        order = await shop.newest_order()
        about = {"payment_token_id": TOKEN_ID, "status": "EXPIRED", "currency": "IDR", "channel_code": "CARDS"}
        about |= {"reference_id": order.reference_id if reference == "the order's" else reference}
        expired = {"event": "payment_token.expiry", "data": about}
        assert (await shop.webhook(expired, token="wrong")).status_code == 401
        assert "Pay with Visa" in (await shop.get("/")).text
        assert (await shop.webhook(expired)).json() == {"message": "noted"}
        assert "Pay with Visa" not in (await shop.get("/")).text
        assert (await click(shop)).status_code == 404
        assert await shop.status_of(order) == order.status


async def test_the_page_of_what_was_forgotten_says_so_and_what_was_paid_with_it_stays(open_shop: OpenShop) -> None:
    async with open_shop(xendit()) as shop:
        order = await save(shop, "save")
        await shop.add("gayo", 2)
        await click(shop)
        paid = await shop.newest_order()
        page = (await shop.get(f"/orders/{order.reference_id}")).text
        assert "Xendit keeps Visa •••• 1000" in page and "<dt>Kept</dt>" in page
        await shop.post("/saved-payments/forget", data={"payment_token_id": TOKEN_ID})
        page = (await shop.get(f"/orders/{order.reference_id}")).text
        assert "The saved payment method is forgotten." in page and "Visa" not in page
        assert "<dt>Paid with</dt><dd>Visa •••• 1000</dd>" in (await shop.get(f"/orders/{paid.reference_id}")).text


@pytest.mark.parametrize("event", ["payment_session.completed", "payment_token.activation"])
@pytest.mark.parametrize("flow", ["save", "pay_save"])
async def test_it_is_offered_before_its_orders_own_page_was_opened(open_shop: OpenShop, flow: str, event: str) -> None:
    async with open_shop(xendit()) as shop:
        order = await shop.place(flow=flow)
        token = {"payment_token_id": TOKEN_ID, "reference_id": order.reference_id, "status": "ACTIVE"}
        late = "token" in event
        await shop.webhook(session_event(order, **({} if late else token | {"status": "COMPLETED"}), **NOTHING[flow]))
        if late:
            await shop.webhook({"event": event, "data": token})
        await shop.choose(flow="pay")
        assert "Pay with Visa •••• 1000" in (await shop.get("/")).text


async def test_a_xendit_that_is_slow_to_name_it_holds_up_no_page_of_the_shop(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(60)
        raise AssertionError("the shop did not wait so long")

    monkeypatch.setattr(saved_payments, "PAGE_PATIENCE", 0.05)
    router = xendit()
    router["token"].mock(side_effect=hang)
    async with open_shop(router) as shop:
        order = await shop.place(flow="pay_save")
        assert (await shop.webhook(session_event(order, payment_token_id=TOKEN_ID))).json() == {"message": "paid"}
        asked = router["token"].call_count
        await shop.choose(flow="pay")
        assert "Pay with" not in (await shop.get("/")).text
        assert router["token"].call_count == asked
