"""The same cart once more: by mistake it makes no second order, on purpose it loses nothing and tells nothing."""

import re

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, LINK, SESSION, fake_xendit, session_event

pytestmark = pytest.mark.anyio

CUSTOMER = {"given_names": "Ayu", "surname": "Lestari", "email": "ayu@example.com", "mobile_number": "+628123456789"}


async def test_a_tab_that_was_left_open_finds_the_order_that_is_paid(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        await shop.webhook(session_event(order))
        assert (await shop.checkout()).headers["location"] == f"/orders/{order.reference_id}"
        assert router["sessions"].call_count == 1
        await shop.get("/")  # where the cart is empty now
        await shop.add("gayo", 2)
        await shop.checkout()
        assert router["sessions"].call_count == 2


async def test_a_payment_that_is_not_approved_is_open_for_another_try(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["session"].mock(return_value=httpx.Response(200, json=SESSION | {"status": "PENDING"}))
        await shop.get(f"/orders/{order.reference_id}")
        router["session"].mock(return_value=httpx.Response(200, json=SESSION | {"payment_link_url": LINK}))
        assert (await shop.checkout()).headers["location"] == LINK
        assert await shop.status_of(order) == "waiting"
        assert router["sessions"].call_count == 1


async def test_an_order_of_another_account_keeps_nobody_from_ordering(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await shop.place()
        router["session"].mock(return_value=httpx.Response(404, json={"error_code": "DATA_NOT_FOUND"}))
        assert (await shop.checkout()).status_code == 502
        assert (await shop.checkout()).headers["location"] == LINK
        assert router["sessions"].call_count == 2


@pytest.mark.parametrize("choices", [{"integration": "invoice"}, {"flow": "pay_save"}, {"flow": "subscription"}])
async def test_and_so_does_one_in_which_something_else_is_chosen(open_shop: OpenShop, choices: dict[str, str]) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place("payment_link")
        await shop.webhook(session_event(order))
        assert (await shop.checkout(**choices)).headers["location"] == f"/orders/{order.reference_id}"
        assert router["sessions"].call_count == 1


async def test_order_again_keeps_the_cart_on_the_way_to_the_shop(shop: Shop) -> None:
    order = await shop.place()
    await shop.pay(order)
    assert "Thank you" in (await shop.get(f"/orders/{order.reference_id}")).text
    await shop.post(f"/orders/{order.reference_id}/again")
    assert "Rp480.000, once" in (await shop.get("/")).text
    await shop.checkout()
    assert (await shop.newest_order()).reference_id != order.reference_id


async def test_order_again_of_another_order_keeps_the_cart_too(shop: Shop) -> None:
    cancelled = await shop.place()
    await shop.post(f"/orders/{cancelled.reference_id}/cancel")
    await shop.checkout()
    paid = await shop.newest_order()
    await shop.pay(paid)
    await shop.get(f"/orders/{paid.reference_id}")
    await shop.post(f"/orders/{cancelled.reference_id}/again")
    assert "Rp480.000, once" in (await shop.get("/")).text


async def test_a_cart_whose_payment_waits_for_an_approval_is_not_ordered_again(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["session"].mock(return_value=httpx.Response(200, json=SESSION | {"status": "PENDING"}))
        await shop.get(f"/orders/{order.reference_id}")
        assert await shop.status_of(order) == "pending_approval"
        assert (await shop.checkout()).headers["location"] == f"/orders/{order.reference_id}"
        assert router["sessions"].call_count == 1


async def test_order_again_of_products_that_are_gone_leaves_the_cart_as_it_is(shop: Shop) -> None:
    await shop.post("/brand", data={"brand": "Kopi", "goods": "Roti; 35000"})
    product = re.search(r'name="product" value="(roti[^"]+)"', (await shop.get("/")).text)
    assert product
    await shop.add(product[1])
    await shop.checkout()
    order = await shop.newest_order()
    await shop.post("/brand/remove")
    await shop.add("gayo", 3)
    await shop.post(f"/orders/{order.reference_id}/again")
    assert "3 items" in (await shop.get("/")).text


async def test_order_again_by_somebody_else_does_not_tell_for_whom_it_was(shop: Shop) -> None:
    await shop.post("/options", data=CUSTOMER | {"fee": "gift"})
    order = await shop.place()
    shop.cookies.clear()
    await shop.post("/options", data={"given_names": "Budi"})
    await shop.post(f"/orders/{order.reference_id}/again")
    page = (await shop.get("/options")).text
    assert not any(value in page for value in CUSTOMER.values())
    assert "Budi" in page and 'value="gift" selected' in page


async def test_a_form_of_somebody_else_opens_no_payment(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        await shop.add("gayo")
        await shop.checkout("components", checkout_id="the-form-of-one-page", **HTMX)
        for forget in ("/walkthrough/reset", ""):
            if forget:
                await shop.post(forget)
            else:
                shop.cookies.clear()
            await shop.add("gayo")
            answer = await shop.checkout("components", checkout_id="the-form-of-one-page", **HTMX)
            assert answer.status_code == 422
            assert "not one of this shop" in answer.text and "components_sdk_key" not in answer.text
