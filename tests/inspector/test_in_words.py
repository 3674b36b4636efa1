"""Behind the counter in words: by which clock something happened, and why an order's status changed."""

from datetime import UTC, datetime

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import fake_xendit, session_event
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus
from webapp.shop.clock import local_time

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("currency", "clock", "hours"),
    [("IDR", "WIB", 7), ("PHP", "PHT", 8), ("THB", "ICT", 7), ("MXN", "CST", -6), ("HKD", "HKT", 8)],
)
async def test_times_are_those_of_the_orders_market(shop: Shop, currency: str, clock: str, hours: int) -> None:
    order = await shop.place(currency=currency)
    order = await shop.order_book.change_status(order, OrderStatus.CANCELLED, cause="cancelled by the visitor")
    panel = (await shop.inspector(order)).text
    local = order.updated.replace(hour=(order.updated.hour + hours) % 24)
    assert f"since {local:%H:%M:%S} {clock}. Cause: cancelled by the visitor." in panel
    assert f"{local:%H:%M:%S}<span" in panel
    for path in ("/orders", f"/orders/{order.reference_id}"):
        assert f":{order.created:%M} {clock}<" in (await shop.get(path)).text


async def paid(shop: Shop, cause: str) -> Order:
    order = await shop.place()
    return await shop.order_book.change_status(order, OrderStatus.PAID, cause=cause)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Cause: the webhook payment.capture."),
        ("id", "Penyebab: webhook payment.capture."),
        ("th", "สาเหตุ: webhook payment.capture"),
        ("vi", "Nguyên nhân: webhook payment.capture."),
        ("es", "Causa: el webhook payment.capture."),
    ],
)
async def test_a_cause_is_told_in_the_visitors_language(shop: Shop, language: str, words: str) -> None:
    await shop.choose(language=language)
    assert words in (await shop.inspector(await paid(shop, "webhook payment.capture"))).text


async def test_an_error_of_xendits_is_named(shop: Shop) -> None:
    panel = (await shop.inspector(await paid(shop, "Xendit: SERVER_ERROR"))).text
    assert "Cause: Xendit answered with the error SERVER_ERROR." in panel


async def test_an_answer_says_why_the_shop_asked(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit("COMPLETED")) as shop:
        order = await shop.place()
        await shop.get(f"/orders/{order.reference_id}")
        assert "Cause: the shop asked Xendit, because no webhook had come." in (await shop.inspector(order)).text


async def test_a_webhook_without_an_amount_makes_the_shop_ask(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit("COMPLETED")) as shop:
        order = await shop.place()
        await shop.webhook(session_event(order, amount=None))
        assert "because the webhook named no amount." in (await shop.inspector(order)).text


def test_the_markets_clocks_name_the_hours_that_they_are_from_utc() -> None:
    noon = datetime(2026, 7, 1, 12, tzinfo=UTC)
    assert f"{local_time(noon, 'IDR'):%H:%M %Z}" == "19:00 WIB"
    assert f"{local_time(noon, 'MXN'):%H:%M %Z}" == "06:00 CST"
