"""What a card holds: charged once, as much as was asked for, or let go. Only its own payment says so."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import Clock, OpenShop, Shop
from tests.xendit import fake_xendit, payment_event, session_event
from webapp.orders import modification_book
from webapp.orders.order import Order
from webapp.xendit import modifications
from webapp.xendit.closing import expire_overdue

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(open_shop: OpenShop) -> AsyncIterator[Shop]:
    async with open_shop(fake_xendit()) as running:
        yield running


def about(order: Order, event: str, status: str, payment_id: str = "py-2", **changes: Any) -> dict[str, Any]:
    """A webhook about one payment that is captured by hand."""
    body = payment_event(order, event, status)
    return body | {"data": body["data"] | {"payment_id": payment_id, "capture_method": "MANUAL"} | changes}


async def held(shop: Shop) -> Order:
    """An order of Rp480.000 that the payment py-2 holds."""
    order = await shop.place("payment_link", "authorize")
    await shop.webhook(about(order, "payment.authorization", "AUTHORIZED"))
    stored = await shop.order_book.get(order.reference_id)
    assert stored and (stored.status, stored.payment_id) == ("authorized", "py-2")
    return stored


async def test_a_hold_that_has_expired_is_released_by_its_webhook(shop: Shop) -> None:
    order = await held(shop)
    answer = await shop.webhook(about(order, "payment.expiry", "EXPIRED"))
    assert answer.json() == {"message": "released"}
    assert await shop.status_of(order) == "released"


@pytest.mark.parametrize("event", ["payment.failure", "payment.expiry"])
@pytest.mark.parametrize("status", ["FAILED", "EXPIRED", "CANCELED"])
async def test_the_late_end_of_an_earlier_try_lets_go_of_nothing(shop: Shop, event: str, status: str) -> None:
    order = await held(shop)
    answer = await shop.webhook(about(order, event, status, "py-1", payment_request_id="pr-0"))
    assert (answer.status_code, answer.json()) == (200, {"message": "noted"})
    assert await shop.status_of(order) == "authorized"


PAYMENTS = r"^https://api\.xendit\.co/v3/payments/py-2"
UNNAMED = {"payment_id": "py-2", "status": "SUCCEEDED", "request_amount": 480000, "currency": "IDR"}
UNNAMED |= {"capture_method": "MANUAL"}  # and no `captures`


async def charge(shop: Shop, order: Order, amount: str = "1000") -> httpx.Response:
    fields = {"amount": amount, "form_id": "the-form-of-a-charge"}
    return await shop.post(f"/orders/{order.reference_id}/capture", data=fields)


async def charged(shop: Shop, order: Order) -> list[Any]:
    """What the book says: the order's status, what was paid, and how each charge ended."""
    stored = await shop.order_book.get(order.reference_id)
    assert stored
    made = await shop.app.state.shop.modifications.of(order.reference_id)
    return [stored.status.value, stored.paid, *((each.amount, each.status.value) for each in made)]


@pytest.mark.parametrize(("days", "status"), [(6.9, "authorized"), (7.1, "released")])
async def test_a_hold_whose_end_no_webhook_says_is_asked_about_after_a_week(
    open_shop: OpenShop, clock: Clock, days: float, status: str
) -> None:
    xendit = fake_xendit()
    over = httpx.Response(200, json=UNNAMED | {"status": "EXPIRED"})
    xendit.route(method="GET", url__regex=PAYMENTS).mock(return_value=over)
    async with open_shop(xendit) as shop:
        clock.move(-days * 24 * 3600)
        order = await held(shop)
        await expire_overdue(shop.app.state.shop)
        assert await shop.status_of(order) == status


async def test_of_a_charge_whose_answer_names_no_amount_what_was_asked_for_is_booked(open_shop: OpenShop) -> None:
    xendit = fake_xendit()
    xendit.route(method="POST", url__regex=PAYMENTS).mock(return_value=httpx.Response(200, json=UNNAMED))
    async with open_shop(xendit) as shop:
        order = await held(shop)
        assert (await charge(shop, order)).status_code == 303
        assert await charged(shop, order) == ["paid", 1000, (1000, "succeeded")]
        assert "Rp1.000 of the Rp480.000" in (await shop.get(f"/orders/{order.reference_id}")).text


@pytest.mark.parametrize("first", ["the webhook", "the next look"])
async def test_and_so_it_is_where_another_message_of_xendits_says_it_first(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setattr(modification_book, "REFRESH_EVERY", timedelta(0))
    xendit = fake_xendit()
    xendit.route(method="POST", url__regex=PAYMENTS).mock(side_effect=httpx.ReadTimeout("lost"))
    xendit.route(method="GET", url__regex=PAYMENTS).mock(return_value=httpx.Response(200, json=UNNAMED))
    async with open_shop(xendit) as shop:
        order = await held(shop)
        assert (await charge(shop, order)).status_code == 502
        if first == "the webhook":
            await shop.webhook(about(order, "payment.capture", "SUCCEEDED"))
        else:
            await shop.get(f"/orders/{order.reference_id}")
        assert await charged(shop, order) == ["paid", 1000, (1000, "succeeded")]


async def test_and_so_it_is_where_a_webhook_says_still_less_and_comes_first(open_shop: OpenShop) -> None:
    xendit = fake_xendit()
    async with open_shop(xendit) as shop:
        order = await held(shop)

        async def webhook_first(_: httpx.Request) -> httpx.Response:
            said = payment_event(order, "payment.capture", "SUCCEEDED")  # names no `capture_method` either
            await shop.webhook(said | {"data": said["data"] | {"payment_id": "py-2"}})
            return httpx.Response(200, json=UNNAMED | {"captures": [{"capture_amount": 1000}]})

        xendit.route(method="POST", url__regex=PAYMENTS).mock(side_effect=webhook_first)
        await charge(shop, order)
        assert await charged(shop, order) == ["paid", 1000, (1000, "succeeded")]


async def test_a_charge_that_was_given_up_and_has_arrived_after_all_is_booked_as_asked_for(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(modification_book, "REFRESH_EVERY", timedelta(0))
    monkeypatch.setattr(modifications, "ABANDONED_AFTER", timedelta(0))
    xendit = fake_xendit()
    xendit.route(method="POST", url__regex=PAYMENTS).mock(side_effect=httpx.ReadTimeout("lost"))
    still_held = httpx.Response(200, json=UNNAMED | {"status": "AUTHORIZED"})
    xendit.route(method="GET", url__regex=PAYMENTS).mock(return_value=still_held)
    async with open_shop(xendit) as shop:
        order = await held(shop)
        await charge(shop, order)
        await shop.get(f"/orders/{order.reference_id}")
        assert await charged(shop, order) == ["authorized", 0, (1000, "failed")]
        await shop.webhook(about(order, "payment.capture", "SUCCEEDED"))
        assert (await charged(shop, order))[:2] == ["paid", 1000]


async def test_an_amount_that_xendit_names_counts_whatever_was_asked_for(open_shop: OpenShop) -> None:
    xendit = fake_xendit()
    named = UNNAMED | {"captures": [{"capture_amount": 480000}]}
    xendit.route(method="POST", url__regex=PAYMENTS).mock(return_value=httpx.Response(200, json=named))
    async with open_shop(xendit) as shop:
        order = await held(shop)
        await charge(shop, order)
        assert await charged(shop, order) == ["paid", 480000, (480000, "succeeded")]


async def test_of_a_charge_in_the_dashboard_without_an_amount_all_that_was_held_is_booked(shop: Shop) -> None:
    order = await held(shop)
    assert (await shop.webhook(about(order, "payment.capture", "SUCCEEDED"))).json() == {"message": "paid"}
    assert await charged(shop, order) == ["paid", 480000]


@pytest.mark.parametrize("event", ["payment.authorization", "payment_session.completed"])
async def test_a_hold_whose_first_webhook_names_no_payment_is_charged_once_another_has_named_it(
    open_shop: OpenShop, database_url: str, event: str
) -> None:
    xendit = fake_xendit()
    named = UNNAMED | {"captures": [{"capture_amount": 480000}]}
    xendit.route(method="POST", url__regex=PAYMENTS).mock(return_value=httpx.Response(200, json=named))
    async with open_shop(xendit, database_url=database_url) as shop:
        order = await shop.place("payment_link", "authorize")
        said = session_event(order, capture_method="MANUAL")
        del said["data"]["payment_id"], said["data"]["payment_request_id"]
        assert (await shop.webhook(said)).json() == {"message": "authorized"}
        await shop.webhook(about(order, "payment.failure", "FAILED", "py-1", payment_request_id="pr-0"))
        assert (await charge(shop, order, "480000")).status_code == 409
        again = session_event(order, capture_method="MANUAL", payment_id="py-2", payment_request_id="pr-9")
        await shop.webhook(about(order, event, "AUTHORIZED") if event.startswith("payment.") else again)
        stored = await shop.order_book.get(order.reference_id)
        assert stored and (stored.payment_id, stored.payment_request_id) == ("py-2", "pr-9")
        assert (await charge(shop, order, "480000")).status_code == 303
        assert await charged(shop, order) == ["paid", 480000, (480000, "succeeded")]
