"""What a card holds: charged once, as much as was asked for, or let go. Only its own payment says so."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import fake_xendit, payment_event
from webapp.orders.order import Order

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
