"""Two tabs of one visitor: an answer changes only what it is about, and an order is only for what was seen."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, KEYS, LINK, SESSION, TOKEN, fake_xendit, session_event

pytestmark = pytest.mark.anyio
REAL = {"sandbox": False, "api_keys": KEYS, "webhook_tokens": {"": TOKEN}}

CHANGES: dict[str, Callable[[Shop], Awaitable[object]]] = {
    "a product": lambda shop: shop.add("toraja"),
    "the market": lambda shop: shop.choose(currency="PHP"),
    "the language": lambda shop: shop.choose(language="id"),
    "the flow": lambda shop: shop.choose(flow="save"),
    "the scene": lambda shop: shop.post("/walkthrough/jakarta"),
}
SLOW = ("checkout", "order", "status", "resume", "pay", "cancel", "qr")


class Slowly:
    """Xendit, which answers only when it is let."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        await self.go.wait()
        answer = SESSION | {"payment_link_url": LINK, "components_sdk_key": "session-key"}
        return httpx.Response(201 if request.method == "POST" else 200, json=answer)


async def session_of(shop: Shop) -> dict[str, str]:
    """All that the browser remembers, by cookie."""
    return {cookie.name: cookie.value or "" for cookie in shop.cookies.jar}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("route", SLOW)
async def test_a_slow_answer_undoes_nothing(open_shop: OpenShop, route: str, change: str) -> None:
    slowly = Slowly()
    router = fake_xendit(session=slowly)
    async with open_shop(router, **REAL) as shop:
        order = await shop.place()
        router["sessions"].mock(side_effect=slowly)  # its cancellation too
        if route == "checkout":
            await shop.add("flores")
        url = f"/orders/{order.reference_id}"
        ask = {
            "checkout": lambda: shop.checkout(),
            "order": lambda: shop.get(url),
            "status": lambda: shop.get(f"{url}/status", headers=HTMX),
            "resume": lambda: shop.get(f"{url}/resume"),
            "pay": lambda: shop.post(f"{url}/pay"),
            "cancel": lambda: shop.post(f"{url}/cancel"),
            "qr": lambda: shop.post(f"{url}/qr"),
        }[route]
        slow = asyncio.create_task(ask())
        await asyncio.wait_for(slowly.asked.wait(), 5)
        before = await session_of(shop)
        await CHANGES[change](shop)
        after = await session_of(shop)
        assert after != before
        slowly.go.set()
        await slow
        kept = await session_of(shop)
        assert {name: kept.get(name) for name in after if after[name] != before.get(name)} == {
            name: value for name, value in after.items() if value != before.get(name)
        }


async def test_a_product_that_was_added_while_an_order_was_paid_stays(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), **REAL) as shop:
        order = await shop.place()
        await shop.add("toraja")
        await shop.webhook(session_event(order))
        assert "Thank you" in (await shop.get(f"/orders/{order.reference_id}")).text
        assert "Toraja Sapan" in (await shop.get("/")).text.split('id="cart"')[1]


async def test_the_cart_of_a_paid_order_is_done_with(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), **REAL) as shop:
        order = await shop.place()
        await shop.webhook(session_event(order))
        assert "Gayo Highlands" not in (await shop.get("/")).text.split('id="cart"')[1].split("</aside>")[0]
        assert "1 item" in (await shop.add("toraja", **HTMX)).text


async def seen_form(shop: Shop) -> dict[str, str]:
    """The checkout form as it stands on the page."""
    page = (await shop.get("/")).text
    fields = dict(re.findall(r'name="(checkout_id|seen)" value="([^"]+)"', page))
    return fields | {"integration": "payment_link", "flow": "pay"}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("change", "total"),
    [
        (lambda shop: shop.add("toraja", 9), "Rp2.670.000"),
        (lambda shop: shop.choose(currency="PHP"), "₱880"),
    ],
)
async def test_what_was_not_seen_is_not_ordered(
    open_shop: OpenShop, change: Callable[[Shop], Awaitable[object]], total: str, headers: dict[str, str]
) -> None:
    router = fake_xendit()
    async with open_shop(router, **REAL) as shop:
        await shop.choose(integration="payment_link")
        await shop.add("gayo")
        form = await seen_form(shop)
        await change(shop)
        answer = await shop.post("/checkout", data=form, headers=headers)
        assert answer.status_code == 409
        assert "has changed since this page was shown" in answer.text and total in answer.text
        assert router["sessions"].call_count == 0
        fresh = await seen_form(shop)
        assert (await shop.post("/checkout", data=fresh, headers=headers)).status_code in (200, 303)
        assert router["sessions"].call_count == 1


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_a_payment_method_that_was_chosen_last_is_ordered(open_shop: OpenShop, headers: dict[str, str]) -> None:
    router = fake_xendit()
    async with open_shop(router, **REAL) as shop:
        await shop.add("gayo")
        form = await seen_form(shop) | {"integration": "payment_link"}  # the page is still told that it is Components
        assert (await shop.post("/checkout", data=form, headers=headers)).status_code in (200, 303)
        assert b"PAYMENT_LINK" in router["sessions"].calls.last.request.content


async def test_a_flow_that_the_page_did_not_show_is_shown_first(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, **REAL) as shop:
        await shop.choose(integration="payment_link")
        await shop.add("gayo")
        form = await seen_form(shop) | {"flow": "save"}
        answer = await shop.post("/checkout", data=form)
        assert answer.status_code == 409 and "Nothing is charged now." in answer.text
        assert router["sessions"].call_count == 0


async def test_a_form_that_has_made_an_order_does_not_open_it_for_another_cart(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, **REAL) as shop:
        await shop.add("gayo")
        form = {"integration": "payment_link", "flow": "pay", "checkout_id": "the-same-form-again"}
        assert (await shop.post("/checkout", data=form)).headers["location"] == LINK
        await shop.add("toraja")
        again = await shop.post("/checkout", data=form)
        assert again.status_code == 409 and "your cart has changed since" in again.text
        assert router["sessions"].call_count == 1


async def test_the_same_cart_opens_the_order_that_still_waits(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, **REAL) as shop:
        await shop.add("gayo")
        assert (await shop.checkout()).headers["location"] == LINK
        assert (await shop.checkout()).headers["location"] == LINK
        assert router["sessions"].call_count == 1
        assert (await shop.get("/orders")).text.count("order-row") == 1
        await shop.add("gayo")
        await shop.checkout()
        assert router["sessions"].call_count == 2


async def test_two_shops_on_one_machine_keep_their_own_cookies(open_shop: OpenShop) -> None:
    async with open_shop(app_url="http://localhost:8000") as one, open_shop(app_url="http://localhost:8001") as two:
        await one.add("gayo")
        await two.add("toraja")
        names = set(await session_of(one)) & set(await session_of(two))
        assert not names
