"""Who may do what with an order: its visitor, who holds its pass, and who only knows its address."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import KEYS, LINK, SDK_KEY, fake_xendit
from webapp.orders.order import Order
from webapp.web import passes
from webapp.web.passes import pass_for

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shop(open_shop: OpenShop) -> AsyncIterator[Shop]:
    async with open_shop(fake_xendit()) as running:
        yield running


def stranger(shop: Shop) -> httpx.AsyncClient:
    """Another browser."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(shop.app), base_url=shop.settings.app_url)


async def opens(client: httpx.AsyncClient, order: Order) -> bool:
    """Whether any address of the order gives this browser the key or the link that opens its payment."""
    page = f"/orders/{order.reference_id}"
    answers = [await client.get(page), await client.get(f"{page}/status"), await client.get(f"{page}/resume")]
    answers += [await client.post(f"{page}/pay"), await client.post(f"{page}/qr"), await client.post(f"{page}/again")]
    answers += [await client.get(f"{page}/qr"), await client.get(f"{page}/inspector"), await client.get(f"{page}/done")]
    found = [answer.text + str(answer.headers) for answer in answers]
    return any(SDK_KEY in text or LINK in text for text in found)


@pytest.mark.parametrize("integration", ["components", "payment_link"])
async def test_only_the_orders_visitor_and_who_holds_a_pass_open_its_payment(shop: Shop, integration: str) -> None:
    order = await shop.place(integration)
    other_order = await shop.place("invoice", currency="PHP")
    assert await opens(shop, order)
    granted = {
        "": False,
        "?pass=": False,
        f"?pass={'0' * 32}": False,
        f"?pass={pass_for(shop.settings, other_order)}": False,
        "?pass=%E0%B9%84": False,
        f"?pass={pass_for(shop.settings, order)}": True,
    }
    for query, wanted in granted.items():
        async with stranger(shop) as client:
            await client.get(f"/orders/{order.reference_id}{query}")
            assert await opens(client, order) is wanted, query


async def test_a_pass_leaves_the_address_at_once_and_is_kept_by_nobody(shop: Shop) -> None:
    order = await shop.place("components")
    async with stranger(shop) as client:
        page = f"/orders/{order.reference_id}"
        answer = await client.get(f"{page}?pass={pass_for(shop.settings, order)}")
        assert (answer.status_code, answer.headers["location"]) == (303, page)
        assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
        assert pass_for(shop.settings, order) not in (await client.get(page)).text + str(answer.headers)


async def test_a_pass_ends_with_the_time_to_pay(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await shop.place("payment_link")

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=1)

    async with stranger(shop) as client:
        await client.get(f"/orders/{order.reference_id}?pass={pass_for(shop.settings, order)}")
        assert await opens(client, order)
        monkeypatch.setattr(passes, "datetime", Later)
        assert not await opens(client, order)


# What a browser may do: (look, pay, cancel, look behind the counter)
@pytest.mark.parametrize(
    ("who", "wanted"),
    [("owner", (200, 303, 303, 200)), ("pass", (200, 303, 403, 403)), ("stranger", (200, 403, 403, 403))],
)
async def test_what_each_may_do_with_an_order(shop: Shop, who: str, wanted: tuple[int, ...]) -> None:
    order = await shop.place("payment_link")
    page = f"/orders/{order.reference_id}"
    async with stranger(shop) as other:
        client = shop if who == "owner" else other
        if who == "pass":
            await client.get(f"{page}?pass={pass_for(shop.settings, order)}")
        answers = [await client.get(page), await client.post(f"{page}/pay")]
        answers += [await client.post(f"{page}/cancel"), await client.get(f"{page}/inspector")]
        assert tuple(answer.status_code for answer in answers) == wanted
        assert ('id="pay"' in answers[0].text) is (who != "stranger")
        assert ('id="cancel"' in answers[0].text) is (who == "owner")


async def test_the_orders_code_carries_a_pass_for_its_visitor_only(shop: Shop) -> None:
    order = await shop.place("payment_link")
    seen: list[str] = []
    original = passes.pass_for(shop.settings, order)
    answer = await shop.get(f"/orders/{order.reference_id}/qr")
    seen += re.findall(r"pass=\w+", answer.text)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert original not in answer.text  # only drawn
    async with stranger(shop) as client:
        assert (await client.get(f"/orders/{order.reference_id}/qr")).status_code == 403


async def test_a_visitor_who_was_reset_is_gone(shop: Shop) -> None:
    order = await shop.place("payment_link")
    old = dict(shop.cookies)
    await shop.post("/walkthrough/reset")
    async with stranger(shop) as thief:
        thief.cookies.update(old)
        assert order.reference_id not in (await thief.get("/orders")).text
        assert not await opens(thief, order)
        assert (await thief.post(f"/orders/{order.reference_id}/cancel")).status_code == 403
        assert (await thief.get(f"/orders/{order.reference_id}/inspector")).status_code == 403


async def test_every_way_that_asks_xendit_is_bounded_and_head_asks_nobody(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, rate_limits=True, api_keys=KEYS) as shop:
        orders = [await shop.place(integration) for integration in ("components", "payment_link", "invoice")]
        for order in orders:
            routes = [route for route in shop.app.routes if "{reference_id}" in getattr(route, "path", "")]
            for route in routes:
                path = route.path.replace("{reference_id}", order.reference_id)
                before = len(router.calls)
                for _ in range(3):
                    await shop.head(path)
                assert len(router.calls) == before, path
                for method in route.methods - {"HEAD"}:
                    if path.endswith(("/cancel", "/again")):
                        continue
                    before = len(router.calls)
                    for _ in range(60):
                        await shop.request(method, path)
                    assert len(router.calls) - before <= 21, path
