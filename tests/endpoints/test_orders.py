"""What an order's page says, asks and offers; who may see and do what."""

import asyncio
import html
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import unquote

import httpx
import pytest

from tests.conftest import Clock, OpenShop, Shop
from tests.xendit import HTMX, KEYS, LINK, SESSION, SESSION_ID, TOKEN, fake_xendit, session_event
from webapp.orders.modification import Kind, Modification, ModificationStatus
from webapp.orders.rows import IDS
from webapp.orders.status import OrderStatus
from webapp.xendit.order_sync import refresh

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("integration", ["payment_link", "invoice"])
async def test_without_any_webhook_an_open_page_says_paid_within_five_seconds(
    shop: Shop, integration: str, clock: Clock
) -> None:
    await shop.app.state.sandbox.set_webhook_faults(outage=True)
    order = await shop.place(integration)
    await shop.get(f"/orders/{order.reference_id}")  # somebody has just asked
    await shop.pay(order)
    for _ in range(2):  # the polls of five seconds
        clock.move(2)
        fragment = await shop.get(f"/orders/{order.reference_id}/status", headers=HTMX)
        if "Thank you" in fragment.text:
            break
        assert "every 2s" in fragment.text
    assert await shop.status_of(order) == "paid"
    assert "hx-trigger" not in fragment.text, "a settled order polls no more"


async def test_xendit_is_asked_once_in_three_seconds_however_many_pages_are_open(
    open_shop: OpenShop, clock: Clock
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        watching = [shop.get(f"/orders/{order.reference_id}/status") for _ in range(25)]
        assert {answer.status_code for answer in await asyncio.gather(*watching)} == {200}
        assert router["session"].call_count == 1
        clock.move(3.1)
        await shop.get(f"/orders/{order.reference_id}")
        assert router["session"].call_count == 2


async def test_an_old_open_order_is_asked_about_more_rarely(open_shop: OpenShop) -> None:
    from dataclasses import replace

    from webapp.xendit.order_sync import _interval

    async with open_shop(fake_xendit()) as shop:
        order = await shop.place()
        waits = [
            _interval(replace(order, created=datetime.now(UTC) - timedelta(seconds=age))).total_seconds()
            for age in (0, 500, 1200, 2400, 9000)
        ]
        assert waits == sorted(waits) and waits[0] == 3 and waits[-1] == 15


async def test_when_xendit_is_down_the_page_shows_the_last_known_status(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["session"].mock(side_effect=httpx.ConnectError("down"))
        page = await shop.get(f"/orders/{order.reference_id}")
        assert page.status_code == 200 and "Waiting for your payment" in page.text


async def test_what_xendit_says_of_another_order_moves_nothing(open_shop: OpenShop, clock: Clock) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        for lie in ({"amount": 1}, {"currency": "PHP"}, {"reference_id": "another"}):
            answer = {"payment_session_id": SESSION_ID, "status": "COMPLETED"} | lie
            router["session"].mock(return_value=httpx.Response(200, json=answer))
            clock.move(3.1)
            await shop.get(f"/orders/{order.reference_id}")
            assert await shop.status_of(order) == "waiting"
        assert router["session"].call_count == 3


@pytest.mark.parametrize(
    ("status", "words"), [("EXPIRED", "Expired"), ("CANCELED", "Cancelled"), ("COMPLETED", "Paid")]
)
async def test_the_page_says_what_xendit_answered(open_shop: OpenShop, status: str, words: str) -> None:
    async with open_shop(fake_xendit(status)) as shop:
        order = await shop.place()
        page = await shop.get(f"/orders/{order.reference_id}")
        assert words in page.text and "hx-trigger" not in page.text.split("</section>")[0]


async def test_an_overdue_order_is_closed_without_an_open_page(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit("EXPIRED")) as shop:
        order = await shop.place()
        late = order.expires_at + timedelta(minutes=1)
        async with shop.app.state.shop.database.write() as connection:
            await connection.execute("UPDATE orders SET expires_at = '2026-01-01T00:00:00.000+00:00'")
        overdue = await shop.order_book.overdue(late)
        assert [each.reference_id for each in overdue] == [order.reference_id]
        await refresh(shop.app.state.shop, overdue[0], cause="swept")
        assert await shop.status_of(order) == "expired"
        assert await shop.order_book.overdue(late) == []


async def test_the_overdue_order_that_was_asked_about_longest_ago_is_next(
    open_shop: OpenShop, database_url: str, clock: Clock
) -> None:
    async with open_shop(fake_xendit(), database_url=database_url) as shop:
        orders = [(await shop.place()).reference_id for _ in range(3)]
        for reference_id in reversed(orders):
            clock.move(1)
            assert await shop.order_book.claim_refresh(reference_id)
        overdue = await shop.order_book.overdue(clock.now() + timedelta(days=1), most=2)
        assert [each.reference_id for each in overdue] == [orders[2], orders[1]]


async def test_pay_now_asks_xendit_for_the_link_again(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await shop.place()
        answer = await shop.post(f"/orders/{order.reference_id}/pay")
        assert (answer.status_code, answer.headers["location"]) == (303, LINK)
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("integration", ["components", "payment_link", "invoice"])
async def test_an_order_is_cancelled_at_xendit_too(shop: Shop, integration: str) -> None:
    order = await shop.place(integration)
    answer = await shop.post(f"/orders/{order.reference_id}/cancel")
    assert answer.headers["location"] == f"/orders/{order.reference_id}"
    assert await shop.status_of(order) == "cancelled"
    changes = await shop.order_book.changes(order.reference_id)
    assert changes[-1].cause == "cancelled by the visitor"


async def test_an_order_paid_meanwhile_can_not_be_cancelled(shop: Shop) -> None:
    await shop.app.state.sandbox.set_webhook_faults(outage=True)
    order = await shop.place()
    await shop.pay(order)
    await shop.post(f"/orders/{order.reference_id}/cancel")
    assert await shop.status_of(order) == "paid"


async def test_order_again_brings_the_same_cart_back(shop: Shop) -> None:
    order = await shop.place(flow="subscription")
    await shop.post("/cart/remove", data={"product": "gayo"})
    await shop.choose(currency="SGD", flow="pay")
    answer = await shop.post(f"/orders/{order.reference_id}/again")
    assert answer.headers["location"] == "/"
    page = (await shop.get("/")).text
    assert "Rp480.000" in page and "then every month" in page


async def test_the_cart_is_empty_once_its_order_went_through_and_only_then(shop: Shop, clock: Clock) -> None:
    order = await shop.place()
    await shop.get(f"/orders/{order.reference_id}")
    assert "Rp480.000, once" in (await shop.get("/")).text
    await shop.app.state.sandbox.set_webhook_faults(outage=True)
    await shop.pay(order)
    clock.move(3.1)
    await shop.get(f"/orders/{order.reference_id}")
    assert "Your cart is empty" in (await shop.get("/")).text


async def test_a_list_shows_only_this_visitors_orders_newest_first(shop: Shop) -> None:
    assert "No orders from this browser yet" in (await shop.get("/orders")).text
    first, second = await shop.place(), await shop.place("invoice")
    page = (await shop.get("/orders")).text
    assert page.index(second.reference_id) < page.index(first.reference_id) or second.created == first.created
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shop.app), base_url="http://testserver") as stranger:
        assert first.reference_id not in (await stranger.get("/orders")).text
        opened = await stranger.get(f"/orders/{first.reference_id}")
        assert opened.status_code == 200 and first.visitor not in opened.text
        assert (await stranger.post(f"/orders/{first.reference_id}/cancel")).status_code == 403
        assert await shop.status_of(first) == "waiting"


async def test_back_from_a_wallet_xendit_is_asked_before_anything_is_shown(shop: Shop) -> None:
    order = await shop.place("components")
    resumed = await shop.get(f"/orders/{order.reference_id}/resume")
    assert resumed.status_code == 200 and 'id="components"' in resumed.text
    assert resumed.headers["cache-control"] == "no-store"
    await shop.post(f"/orders/{order.reference_id}/cancel")
    assert (await shop.get(f"/orders/{order.reference_id}/resume")).headers[
        "location"
    ] == f"/orders/{order.reference_id}"


async def test_an_order_of_a_market_that_has_closed_since_can_be_seen_but_not_paid(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await shop.place()
        cookies = shop.cookies
    async with open_shop(fake_xendit(), api_keys={"SGD": "xnd_development_sgd"}) as shop:
        shop.cookies.update(cookies)
        assert (await shop.get(f"/orders/{order.reference_id}")).status_code == 200
        answer = await shop.post(f"/orders/{order.reference_id}/pay")
        assert answer.status_code == 409 and "no API key for IDR" in answer.text


async def test_where_webhooks_come_the_first_look_leaves_them_their_time(open_shop: OpenShop) -> None:
    router = fake_xendit("COMPLETED")
    async with open_shop(router, sandbox=False, api_keys=KEYS, webhook_tokens={"": TOKEN}) as shop:
        other = await shop.place(flow="pay_save")
        await shop.webhook(session_event(other))
        order = await shop.place()
        look = asyncio.create_task(shop.get(f"/orders/{order.reference_id}"))
        await asyncio.sleep(0)
        await shop.webhook(session_event(order))
        assert "Thank you" in (await look).text
        assert router["session"].call_count == 0
        changes = await shop.app.state.shop.order_book.changes(order.reference_id)
        assert [change.cause for change in changes] == ["webhook payment_session.completed"]


async def test_without_webhooks_the_first_look_asks(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router, sandbox=False, api_keys=KEYS) as shop:
        order = await shop.place()
        await shop.get(f"/orders/{order.reference_id}")
        assert router["session"].call_count == 1


async def test_after_a_decline_at_a_wallet_the_form_says_so(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), sandbox=False, api_keys=KEYS, webhook_tokens={"": TOKEN}) as shop:
        order = await shop.place("components")
        resume = f"/orders/{order.reference_id}/resume"
        assert "did not go through" not in (await shop.get(resume)).text.split('id="payment"')[0]
        failure = {"payment_id": "py-9", "reference_id": order.reference_id, "status": "FAILED"}
        await shop.webhook({"event": "payment.failure", "data": failure})
        assert "did not go through" in (await shop.get(resume)).text.split('id="payment"')[0]


@pytest.mark.parametrize("present", ["qr", "iframe"])
@pytest.mark.parametrize(("status", "means"), [("COMPLETED", "paid"), ("PENDING", "pending_approval")])
async def test_without_any_webhook_a_code_and_a_frame_move_on_once_nothing_is_to_be_paid(
    open_shop: OpenShop, clock: Clock, present: str, status: str, means: str
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await shop.choose(present=present)
        order = await shop.place()
        done = f"/orders/{order.reference_id}/done"
        assert {(await shop.get(done, headers=HTMX)).status_code for _ in range(4)} == {204}
        assert router["session"].call_count == 1, "polls ask no more often than those of the order's page"
        ended = httpx.Response(200, json=SESSION | {"status": status})
        router["session"].mock(return_value=ended)
        clock.move(3.1)
        assert (await shop.head(done)).status_code == 204
        assert router["session"].call_count == 1, "a HEAD asks nobody"
        moved = await shop.get(done, headers=HTMX)
        assert moved.headers["hx-redirect"] == f"/orders/{order.reference_id}"
        assert await shop.status_of(order) == means


@pytest.mark.parametrize(
    "answer", [httpx.Response(500), httpx.Response(404), httpx.Response(429), httpx.ReadTimeout("late")]
)
async def test_a_code_stays_while_xendit_fails(
    open_shop: OpenShop, clock: Clock, answer: httpx.Response | Exception
) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        router["session"].mock(**{"return_value" if isinstance(answer, httpx.Response) else "side_effect": answer})
        clock.move(3.1)
        assert (await shop.get(f"/orders/{order.reference_id}/done", headers=HTMX)).status_code == 204
        assert router["session"].call_count > 0


@pytest.mark.parametrize(
    ("integration", "method", "path"), [("components", "GET", "/resume"), ("payment_link", "POST", "/pay")]
)
async def test_a_payment_that_waits_for_an_approval_leads_to_the_orders_page(
    open_shop: OpenShop, integration: str, method: str, path: str
) -> None:
    waiting = httpx.Response(200, json=SESSION | {"status": "PENDING"})  # with no key and no link
    async with open_shop(fake_xendit(session=waiting)) as shop:
        order = await shop.place(integration)
        for _ in range(2):  # as it becomes known, and once it is
            answer = await shop.request(method, f"/orders/{order.reference_id}{path}")
            assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{order.reference_id}")
            assert await shop.status_of(order) == "pending_approval"
        assert "someone there must approve it" in (await shop.get(f"/orders/{order.reference_id}")).text


async def test_a_stranger_sees_no_id_of_xendits_and_no_card(shop: Shop) -> None:
    for integration, flow in (("payment_link", "pay"), ("invoice", "pay"), ("payment_link", "save")):
        order = await shop.place(integration, flow)
        await shop.pay(order)
        path = f"/orders/{order.reference_id}"
        page = (await shop.get(path)).text
        stored = await shop.app.state.shop.order_book.get(order.reference_id)
        private = [value for value in (*(getattr(stored, name) for name in IDS), stored.token_label) if value]
        assert any(value in page for value in private), (integration, flow)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(shop.app), base_url="http://testserver") as stranger:
            for text in [(await stranger.get(path + rest)).text for rest in ("", "/status?seen=waiting")]:
                assert [value for value in private if value in text] == [], (integration, flow)


async def test_older_orders_are_a_link_away(shop: Shop) -> None:
    newest = await shop.place()
    for minutes in range(1, 102):
        order = replace(
            newest, reference_id=f"selat-{minutes}", checkout_id=f"older-order-{minutes}", status=OrderStatus.PAID
        )
        assert await shop.order_book.add(replace(order, created=newest.created - timedelta(minutes=minutes)))
    now, modifications = newest.created, shop.app.state.shop.modifications
    refund = Modification("r", "form", "selat-60", Kind.REFUND, Decimal(1000), "OTHERS", now, now)
    assert await modifications.add(replace(refund, status=ModificationStatus.SUCCEEDED))
    path, listed = "/orders", []
    for rows in (50, 50, 2):
        page = (await shop.get(path)).text
        before = html.unescape(path).partition("before=")[2] or "9999"
        sums = await modifications.refunded_to(newest.visitor, 50, unquote(before))
        assert sums == ({"selat-60": Decimal(1000)} if len(listed) == 50 else {})  # it sums up what the page shows
        found = re.findall(r'class="order-row" href="/orders/([\w-]+)"', page)
        assert len(found) == rows
        listed += found
        (path,) = [html.unescape(link) for link in re.findall(r'href="([^"]+)">Older orders<', page)] or [""]
    assert path == "" and listed == [newest.reference_id, *(f"selat-{minutes}" for minutes in range(1, 102))]


@pytest.mark.parametrize("before", ["x", "", "%00", "2026", "9" * 99])
async def test_an_address_that_names_no_time_shows_the_newest_orders(shop: Shop, before: str) -> None:
    order = await shop.place()
    assert order.reference_id in (await shop.get(f"/orders?before={before}")).text
