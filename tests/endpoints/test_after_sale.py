"""After the sale: refunds in parts, charges on dispatch, releases. Xendit's word decides."""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest

from tests.conftest import Clock, OpenShop, Shop
from tests.xendit import TOKEN, fake_xendit, payment_event, session_event
from webapp.integrations import capture
from webapp.orders import modification_book
from webapp.orders.modification import ModificationStatus
from webapp.orders.order import Order
from webapp.sandbox import refunds
from webapp.xendit import modifications

pytestmark = pytest.mark.anyio

FORMS = itertools.count()
REFUND = "https://api.xendit.co/refunds"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox settles a refund when it is next looked at, and the shop may ask each time."""
    monkeypatch.setattr(refunds, "SETTLES_AFTER", timedelta(0))
    monkeypatch.setattr(modification_book, "REFRESH_EVERY", timedelta(0))


@pytest.fixture
async def shop(open_shop: OpenShop, database_url: str) -> AsyncIterator[Shop]:
    async with open_shop(database_url=database_url, webhook_tokens={"": TOKEN}) as running:
        yield running


async def paid(shop: Shop, integration: str = "payment_link", flow: str = "pay", choice: str = "CARDS.visa") -> Order:
    """An order of Rp480.000 whose payment page said paid, as the shop knows it."""
    order = await shop.place(integration, flow)
    link = (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"]
    answer = await shop.post(link, data={"choice": choice, "decision": "pay"})
    if choice != "CARDS.visa":
        await shop.post(answer.headers["location"], data={"decision": "approve"})
    await shop.get(f"/orders/{order.reference_id}")
    stored = await shop.order_book.get(order.reference_id)
    assert stored
    return stored


async def ask(
    shop: Shop, order: Order, what: str, amount: str = "", reason: str = "REQUESTED_BY_CUSTOMER", form: str = ""
) -> Any:
    fields = {"amount": amount, "reason": reason, "form_id": form or f"form-{next(FORMS):014}"}
    return await shop.post(f"/orders/{order.reference_id}/{what}", data=fields)


async def words(shop: Shop, path: str) -> str:
    """A page, without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", (await shop.get(path)).text.split("<main")[1]))


async def page(shop: Shop, order: Order) -> str:
    return await words(shop, f"/orders/{order.reference_id}")


async def story(shop: Shop, order: Order) -> str:
    return await words(shop, f"/orders/{order.reference_id}/story.html")


async def listed(shop: Shop) -> str:
    return await words(shop, "/orders")


@pytest.mark.parametrize(("integration", "choice"), [("payment_link", "CARDS.visa"), ("invoice", "DANA")])
async def test_a_refund_in_two_parts(shop: Shop, integration: str, choice: str) -> None:
    order = await paid(shop, integration, choice=choice)
    assert order.status == "paid"
    assert (await ask(shop, order, "refund", "90000")).status_code == 303
    assert "Refunded: Rp90.000 of Rp480.000" in await page(shop, order)
    assert (await ask(shop, order, "refund", "390001")).status_code == 422
    assert (await ask(shop, order, "refund", "390000")).status_code == 303
    shown = await page(shop, order)
    assert "Refunded: Rp480.000 of Rp480.000" in shown and "All of it is refunded." in shown
    assert (await ask(shop, order, "refund", "1")).status_code == 422
    assert await shop.status_of(order) == "paid"


async def test_a_double_click_refunds_once_and_two_tabs_one_after_the_other(shop: Shop) -> None:
    order = await paid(shop)
    same = [ask(shop, order, "refund", "480000", form="the-same-form-000") for _ in range(3)]
    answers = await asyncio.gather(*same, ask(shop, order, "refund", "480000"))
    assert {answer.status_code for answer in answers} <= {303, 409, 422}
    await shop.get(f"/orders/{order.reference_id}")
    made = await shop.app.state.shop.modifications.of(order.reference_id)
    assert sum(each.amount for each in made if each.status is not ModificationStatus.FAILED) == 480_000
    assert len([each for each in made if each.form_id == "the-same-form-000"]) <= 1


@pytest.mark.parametrize(
    ("choice", "amount", "sentence"),
    [
        ("BCA_VIRTUAL_ACCOUNT", "480000", "can't be refunded"),
        ("QRIS", "1000", "can only be refunded as a whole"),
    ],
)
async def test_what_a_channel_can_not_do_is_a_sentence(shop: Shop, choice: str, amount: str, sentence: str) -> None:
    order = await paid(shop, choice=choice)
    assert order.status == "paid"
    refused = await ask(shop, order, "refund", amount)
    assert refused.status_code == 422 and sentence in refused.text.replace("&#39;", "'")
    assert "Thank you" in await page(shop, order)  # paid, as before


async def test_a_refund_that_fails_later_says_so_and_can_be_tried_again(shop: Shop) -> None:
    order = await paid(shop)
    await ask(shop, order, "refund", "20301")  # the sandbox's amount whose refund fails
    shown = await page(shop, order)
    assert "failed: INSUFFICIENT_BALANCE" in shown and "Refunded" not in shown
    await ask(shop, order, "refund", "480000")
    assert "Refunded: Rp480.000 of Rp480.000" in await page(shop, order)


@pytest.mark.parametrize("amount", ["0", "-1", "480001", "1.5", "90.000", "ten", "1e3", "", "٣", "9" * 40, "NaN"])
async def test_an_amount_that_can_not_be_sends_nothing(shop: Shop, amount: str) -> None:
    order = await paid(shop)
    refused = await ask(shop, order, "refund", amount, "OTHERS")
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text and "Thank you" in refused.text  # on the order's page, which stays
    typed = f'value="{amount}" aria-describedby="notice"' if amount else 'value="480000">'
    assert typed in refused.text and '"OTHERS" selected' in refused.text
    assert await shop.app.state.shop.modifications.of(order.reference_id) == []


async def test_what_is_not_ones_own_or_not_paid_is_refused(shop: Shop) -> None:
    order = await shop.place()
    assert (await ask(shop, order, "refund", "1")).status_code == 409
    assert (await ask(shop, order, "capture", "1")).status_code == 409
    assert (await ask(shop, order, "release")).status_code == 409
    assert (await ask(shop, order, "refund", "1", reason="BECAUSE")).status_code == 422
    async with httpx.AsyncClient(transport=httpx.ASGITransport(shop.app), base_url="http://testserver") as other:
        for what in ("refund", "capture", "release"):
            refused = await other.post(
                f"/orders/{order.reference_id}/{what}", data={"form_id": "f" * 20, "amount": "1"}
            )
            assert refused.status_code == 403
    assert await shop.app.state.shop.modifications.of(order.reference_id) == []


async def test_less_than_authorised_is_charged_on_dispatch_and_can_be_refunded(shop: Shop) -> None:
    await shop.post("/walkthrough/yogyakarta")  # the scene that ends once all is refunded
    order = await paid(shop, flow="authorize")
    assert order.status == "authorized"
    assert "is held until" in await page(shop, order)
    assert (await ask(shop, order, "refund", "1")).status_code == 409
    refused = await ask(shop, order, "capture", "480001")
    assert refused.status_code == 422 and 'value="480001" aria-describedby="notice"' in refused.text
    assert (await ask(shop, order, "capture", "300000")).status_code == 303
    charged = "Rp300.000 of the Rp480.000 that were held is charged"
    assert charged in await page(shop, order) and charged in await story(shop, order)
    assert "Rp300.000 Paid" in await listed(shop)
    assert await shop.status_of(order) == "paid"
    assert (await ask(shop, order, "capture", "1")).status_code == 409
    assert (await ask(shop, order, "refund", "300001")).status_code == 422
    assert (await ask(shop, order, "refund", "300000")).status_code == 303
    assert "Refunded: Rp300.000 of Rp300.000" in await page(shop, order)
    assert "Refunded: Rp300.000 of Rp300.000" in await story(shop, order)
    assert "· refunded Rp300.000 Rp300.000 Paid" in await listed(shop)
    assert 'class="scene-done"' in (await shop.get("/walkthrough")).text


async def test_a_hold_that_is_released_is_charged_no_more(shop: Shop) -> None:
    order = await paid(shop, flow="authorize")
    assert (await ask(shop, order, "release")).status_code == 303
    assert await shop.status_of(order) == "released"
    assert "nothing was charged" in await page(shop, order)
    assert (await ask(shop, order, "capture", "1")).status_code == 409


async def test_a_hold_is_said_to_end_on_the_day_of_its_market(open_shop: OpenShop, clock: Clock) -> None:
    late = (clock.now() + timedelta(days=1)).replace(hour=20)  # then it is the next day in Jakarta
    clock.move((late - clock.now()).total_seconds())
    end = late + timedelta(days=8)
    async with open_shop(xendit := fake_xendit("COMPLETED")) as shop:
        xendit.get("https://api.xendit.co/v3/payments/py-1").respond(404)
        order = await shop.place(flow="authorize")
        await shop.webhook(session_event(order))
        assert f"is held until {end:%B} {end.day}, {end.year}" in await page(shop, order)


@pytest.mark.parametrize(("elsewhere", "status"), [("charged", "paid"), ("released", "released")])
async def test_where_a_hold_has_ended_elsewhere_the_refusal_shows_how(shop: Shop, elsewhere: str, status: str) -> None:
    order = await paid(shop, flow="authorize")
    running = shop.app.state.shop
    account, payment_id = (running.client, running.api_key("IDR")), str(order.payment_id)
    if elsewhere == "charged":
        await capture.capture_payment(*account, payment_id, Decimal(100_000))
    else:
        await capture.cancel_payment(*account, payment_id)
    refused = await ask(shop, order, "release")
    assert refused.status_code == 422 and "Its state is on this page." in refused.text
    assert f'data-status="{status}"' in refused.text
    assert elsewhere == "released" or "Rp100.000 of the Rp480.000 that were held is charged" in refused.text


async def test_charge_and_release_at_the_same_moment_end_in_one_of_them(shop: Shop) -> None:
    order = await paid(shop, flow="authorize")
    answers = await asyncio.gather(ask(shop, order, "capture", "480000"), ask(shop, order, "release"))
    assert sorted(answer.status_code for answer in answers)[0] == 303
    await shop.get(f"/orders/{order.reference_id}")
    made = await shop.app.state.shop.modifications.of(order.reference_id)
    assert [each.status for each in made if not each.status.is_open].count(ModificationStatus.SUCCEEDED) == 1
    assert await shop.status_of(order) in ("paid", "released")


REFUND_ANSWER = {"id": "rfd-1", "status": "PENDING", "amount": 1000, "currency": "IDR"}


def xendit_with(refund: Any, found: list[dict[str, Any]] | None = None) -> Any:
    router = fake_xendit("COMPLETED")
    route = router.route(method="POST", url=REFUND, name="refund")
    route.mock(**{"return_value" if isinstance(refund, httpx.Response) else "side_effect": refund})
    answer = httpx.Response(200, json={"data": found or [], "has_more": False})
    router.route(method="GET", url__regex=r".*/refunds\?.*", name="refunds").mock(return_value=answer)
    return router


async def real_and_paid(shop: Shop) -> Order:
    order = await shop.place()
    await shop.webhook(session_event(order))
    stored = await shop.order_book.get(order.reference_id)
    assert stored and stored.payment_request_id
    return stored


async def test_the_exact_json_of_a_refund(open_shop: OpenShop) -> None:
    router = xendit_with(httpx.Response(200, json=REFUND_ANSWER))
    async with open_shop(router) as shop:
        order = await real_and_paid(shop)
        await ask(shop, order, "refund", "1000", "DUPLICATE")
        request = router["refund"].calls.last.request
        (made,) = await shop.app.state.shop.modifications.of(order.reference_id)
        assert request.headers["idempotency-key"] == made.modification_id
        assert httpx.Response(200, content=request.content).json() == {
            "reference_id": made.modification_id,
            "payment_request_id": order.payment_request_id,
            "amount": 1000,
            "currency": "IDR",
            "reason": "DUPLICATE",
        }
        assert made.status is ModificationStatus.PENDING  # the answer is no proof
        body = {
            "event": "refund.succeeded",
            "data": REFUND_ANSWER | {"status": "SUCCEEDED", "reference_id": made.modification_id},
        }
        assert (await shop.webhook(body | {"data": body["data"] | {"amount": 1}})).status_code == 422
        assert (await shop.webhook(body, token="wrong")).status_code == 401
        assert (await shop.webhook(body)).json() == {"message": "refund succeeded"}
        assert (await shop.webhook(body)).json() == {"message": "duplicate"}
        assert "Refunded: Rp1.000 of Rp480.000" in await page(shop, order)


@pytest.mark.parametrize("status", ["FAILED", "CANCELLED"])
async def test_a_webhook_that_nests_its_refund_is_read_too(open_shop: OpenShop, status: str) -> None:
    router = xendit_with(httpx.Response(200, json=REFUND_ANSWER))
    async with open_shop(router) as shop:
        order = await real_and_paid(shop)
        await ask(shop, order, "refund", "1000")
        inner = {
            "event": "refund.failed",
            "data": REFUND_ANSWER | {"status": status, "failure_code": "REFUND_FAILED"},
        }
        assert (await shop.webhook({"event": "refund.failed", "data": inner})).json() == {"message": "refund failed"}
        assert "failed: REFUND_FAILED" in await page(shop, order)


@pytest.mark.parametrize("arrived", [True, False])
async def test_a_refund_whose_answer_was_lost_is_found_again_or_was_never_sent(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, arrived: bool
) -> None:
    router = xendit_with(httpx.ReadTimeout("lost"))
    async with open_shop(router) as shop:
        order = await real_and_paid(shop)
        answer = await ask(shop, order, "refund", "1000")
        assert answer.status_code == 502 and "Xendit has not answered yet." in answer.text
        (made,) = await shop.app.state.shop.modifications.of(order.reference_id)
        assert made.status is ModificationStatus.SENDING
        assert (await ask(shop, order, "refund", "1000")).status_code == 409  # not twice, while that is open
        if arrived:
            found = REFUND_ANSWER | {"status": "SUCCEEDED", "reference_id": made.modification_id}
            router["refunds"].mock(return_value=httpx.Response(200, json={"data": [found]}))
        monkeypatch.setattr(modifications, "ABANDONED_AFTER", timedelta(0))
        await shop.get(f"/orders/{order.reference_id}")
        (made,) = await shop.app.state.shop.modifications.of(order.reference_id)
        assert made.status is (ModificationStatus.SUCCEEDED if arrived else ModificationStatus.FAILED)
        assert made.failure_code == ("" if arrived else "NOT_SENT")


async def test_a_refund_made_in_the_dashboard_is_counted(open_shop: OpenShop) -> None:
    async with open_shop(xendit_with(httpx.Response(200, json=REFUND_ANSWER))) as shop:
        order = await real_and_paid(shop)
        data = REFUND_ANSWER | {
            "status": "SUCCEEDED",
            "payment_request_id": order.payment_request_id,
            "reference_id": "theirs",
        }
        assert (await shop.webhook({"event": "refund.succeeded", "data": data})).status_code == 200
        assert "Refunded: Rp1.000 of Rp480.000" in await page(shop, order)
        assert (await ask(shop, order, "refund", "480000")).status_code == 422
        more = data | {"id": "rfd-2", "amount": 480_000}
        assert (
            await shop.webhook({"event": "refund.succeeded", "data": more})
        ).status_code == 422  # more than was paid
        assert Decimal(1000) == sum(
            each.amount for each in await shop.app.state.shop.modifications.of(order.reference_id)
        )


@pytest.mark.parametrize("amount", [True, -5, 0, "1000", [1], 1e300])
@pytest.mark.parametrize("refund_id", ["rfd-1", "../x", "", True, "a" * 3000])
async def test_a_refund_that_can_be_none_is_not_believed(
    open_shop: OpenShop, amount: object, refund_id: object
) -> None:
    answer = REFUND_ANSWER | {"amount": amount, "id": refund_id}
    async with open_shop(xendit_with(httpx.Response(200, json=answer))) as shop:
        order = await real_and_paid(shop)
        assert (await ask(shop, order, "refund", "1000")).status_code == 502
        sent = answer | {"status": "SUCCEEDED", "payment_request_id": order.payment_request_id}
        assert (await shop.webhook({"event": "refund.succeeded", "data": sent})).status_code == 400
        assert "in progress" in await page(shop, order)


@pytest.mark.parametrize("part", [-5, 0, "x", 100])
async def test_less_than_all_is_no_payment_of_an_order_that_is_not_held(open_shop: OpenShop, part: object) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await shop.place("payment_link", "pay")
        event = payment_event(order, "payment.capture", "SUCCEEDED")
        event["data"] |= {"capture_method": "MANUAL", "captures": [{"capture_amount": part}]}
        await shop.webhook(event)
        assert await shop.status_of(order) == "waiting"


@pytest.mark.parametrize("part", [-5, 0, "x"])
async def test_a_charge_of_nothing_is_no_charge(open_shop: OpenShop, part: object) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await shop.place("payment_link", "authorize")
        event = payment_event(order, "payment.capture", "SUCCEEDED")
        event["data"] |= {"capture_method": "MANUAL", "captures": [{"capture_amount": part}]}
        await shop.webhook(event)
        assert await shop.status_of(order) != "paid"


async def test_a_webhook_before_the_answer_and_without_our_reference_is_ours(open_shop: OpenShop) -> None:
    running: list[Any] = []

    async def late(request: httpx.Request) -> httpx.Response:
        shop, order = running
        sent = REFUND_ANSWER | {"status": "SUCCEEDED", "payment_request_id": order.payment_request_id, "amount": 1000}
        assert (await shop.webhook({"event": "refund.succeeded", "data": sent})).status_code == 200
        return httpx.Response(200, json=REFUND_ANSWER | {"amount": 1000})

    async with open_shop(xendit_with(late)) as shop:
        order = await real_and_paid(shop)
        running[:] = shop, order
        assert (await ask(shop, order, "refund", "1000")).status_code == 303
        assert "Refunded: Rp1.000 of Rp480.000" in await page(shop, order)


async def test_nothing_is_charged_while_the_payment_is_not_known(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit("COMPLETED")) as shop:
        order = await shop.place("payment_link", "authorize")
        event = session_event(order)
        del event["data"]["payment_id"], event["data"]["payment_request_id"]
        await shop.webhook(event)
        assert (await ask(shop, order, "capture", "300000")).status_code == 409


async def test_a_refund_that_is_not_found_by_its_id_is_looked_for_in_the_list(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(xendit := xendit_with(httpx.Response(200, json=REFUND_ANSWER | {"amount": 1000}))) as shop:
        order = await real_and_paid(shop)
        monkeypatch.setattr(modifications, "ABANDONED_AFTER", timedelta(0))
        missing = httpx.Response(404, json={"error_code": "DATA_NOT_FOUND"})
        xendit.get(f"{REFUND}/{REFUND_ANSWER['id']}").mock(return_value=missing)
        assert (await ask(shop, order, "refund", "1000")).status_code == 303
        assert "in progress" in await page(shop, order)  # Xendit has had it: only its word ends it
        mine = (await shop.app.state.shop.modifications.of(order.reference_id))[0].modification_id
        found = REFUND_ANSWER | {"amount": 1000, "status": "SUCCEEDED", "reference_id": mine}
        xendit["refunds"].mock(return_value=httpx.Response(200, json={"data": [found], "has_more": False}))
        assert "Refunded: Rp1.000 of Rp480.000" in await page(shop, order)
