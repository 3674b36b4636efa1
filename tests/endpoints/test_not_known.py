"""Where nobody knows how an order ended, no page says that nothing was charged: it leads back to the order."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.endpoints.test_saved_payments import PAID, click, save, xendit
from tests.xendit import HTMX, INVOICE, LINK, SESSION, fake_xendit, session_event
from webapp.orders.order import Order

pytestmark = pytest.mark.anyio

FAILURES: list[tuple[httpx.Response | Exception, int]] = [
    (httpx.Response(500, json={"error_code": "SERVER_ERROR"}), 502),
    (httpx.Response(404, json={"error_code": "DATA_NOT_FOUND"}), 502),
    (httpx.Response(401, json={"error_code": "INVALID_API_KEY"}), 502),
    (httpx.Response(429, json={"error_code": "RATE_LIMIT_EXCEEDED"}, headers={"Rate-Limit-Reset": "0"}), 503),
    (httpx.ReadTimeout("late"), 504),
]
each_failure = pytest.mark.parametrize(("failure", "status"), FAILURES, ids=["500", "404", "401", "429", "timeout"])
each_way = pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])


def answered(answer: Any) -> dict[str, Any]:
    if isinstance(answer, dict):
        answer = httpx.Response(200, json=answer)
    return {"return_value" if isinstance(answer, httpx.Response) else "side_effect": answer}


def leads_back(answer: httpx.Response, order: Order) -> bool:
    """The answer says nothing of money and has a link to the order."""
    text = answer.text
    link = f'href="/orders/{order.reference_id}">Back to the order</a>'
    return "charged" not in text and "could not accept this order" not in text and link in text


@each_way
@each_failure
async def test_back_from_a_wallet_a_failing_xendit_leads_to_the_order(
    open_shop: OpenShop, failure: Any, status: int, headers: dict[str, str]
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place("components")
        router["session"].mock(**answered(failure))
        answer = await shop.get(f"/orders/{order.reference_id}/resume", headers=headers)
        assert answer.status_code == status and leads_back(answer, order)
        hint = "check this market" if "INVALID_API_KEY" in answer.text else "Look at the order in a moment"
        assert hint in answer.text


@each_way
@each_failure
@pytest.mark.parametrize("what", ["pay", "qr"])
async def test_a_link_that_can_not_be_fetched_leads_to_the_order(
    open_shop: OpenShop, what: str, failure: Any, status: int, headers: dict[str, str]
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["session"].mock(**answered(failure))
        answer = await shop.post(f"/orders/{order.reference_id}/{what}", headers=headers)
        assert answer.status_code == status and leads_back(answer, order)


@each_way
async def test_a_second_click_says_nothing_of_money_and_finds_the_order_that_was_paid_meanwhile(
    open_shop: OpenShop, headers: dict[str, str]
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["session"].mock(**answered(httpx.Response(404, json={"error_code": "DATA_NOT_FOUND"})))
        again = await shop.checkout(checkout_id=order.checkout_id, **headers)
        assert again.status_code == 502 and leads_back(again, order)
        assert not (headers and 'name="checkout_id"' in again.text), "the form keeps the id that finds the order"
        await shop.webhook(session_event(order))
        found = await shop.checkout(checkout_id=order.checkout_id, **headers)
        to = found.headers.get("location") or found.headers["hx-redirect"]
        assert to == f"/orders/{order.reference_id}"
        assert router["sessions"].call_count == 1


@each_way
async def test_where_no_order_could_be_created_nothing_was_charged(
    open_shop: OpenShop, headers: dict[str, str]
) -> None:
    async with open_shop(fake_xendit(sessions=httpx.Response(500))) as shop:
        await shop.add("gayo")
        answer = await shop.checkout(**headers)
        assert answer.status_code == 502 and "Nothing was charged and your cart is kept." in answer.text
        assert "Back to the order" not in answer.text


@each_way
async def test_a_charge_with_a_step_that_can_not_be_opened_leads_to_the_order(
    open_shop: OpenShop, headers: dict[str, str]
) -> None:
    step = {"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": "javascript:alert(1)"}
    async with open_shop(xendit(PAID | {"status": "REQUIRES_ACTION", "actions": [step]})) as shop:
        await save(shop)
        answer = await click(shop, **headers)
        assert answer.status_code == 502 and leads_back(answer, await shop.newest_order())


TOO_LATE = [(400, "INVOICE_ALREADY_PAID"), (404, "INVOICE_NOT_FOUND_ERROR"), (422, "INVALID_STATUS")]


async def cancel(shop: Shop, order: Order) -> httpx.Response:
    return await shop.post(f"/orders/{order.reference_id}/cancel")


@pytest.mark.parametrize(("status", "code"), TOO_LATE)
async def test_an_invoice_that_was_paid_meanwhile_can_not_be_cancelled(
    open_shop: OpenShop, status: int, code: str
) -> None:
    refused = httpx.Response(status, json={"error_code": code})
    router = fake_xendit(expire=refused)
    async with open_shop(router) as shop:
        order = await shop.place("invoice")
        router["invoice"].mock(**answered(INVOICE | {"status": "PAID"}))
        assert (await cancel(shop, order)).headers["location"] == f"/orders/{order.reference_id}"
        assert await shop.status_of(order) == "paid"
        change = (await shop.order_book.changes(order.reference_id))[-1]
        assert change.cause == "the shop asked Xendit, because no webhook had come"


@pytest.mark.parametrize(("integration", "route"), [("invoice", "expire"), ("payment_link", "sessions")])
@pytest.mark.parametrize(
    ("refusal", "status"), [(httpx.Response(404, json={"error_code": "NOT_FOUND"}), 502), (httpx.ReadTimeout(""), 504)]
)
async def test_a_cancellation_that_was_not_done_is_said(
    open_shop: OpenShop, integration: str, route: str, refusal: Any, status: int
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place(integration)
        router[route].mock(**answered(refusal))
        answer = await cancel(shop, order)
        assert answer.status_code == status and leads_back(answer, order)
        assert await shop.status_of(order) == "waiting"


async def test_a_webhook_during_a_cancellation_that_comes_too_late_stays(open_shop: OpenShop) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def too_late(request: httpx.Request) -> httpx.Response:
        asked.set()
        await go.wait()
        return httpx.Response(422, json={"error_code": "INVALID_SESSION_STATUS"})

    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["sessions"].mock(side_effect=too_late)
        router["session"].mock(**answered(SESSION | {"status": "COMPLETED", "payment_link_url": LINK}))
        cancelling = asyncio.create_task(cancel(shop, order))
        await asyncio.wait_for(asked.wait(), 5)
        await shop.webhook(session_event(order))
        go.set()
        assert (await cancelling).status_code == 303
        assert await shop.status_of(order) == "paid"
