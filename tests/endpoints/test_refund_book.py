"""The book of refunds: each that Xendit has made is in it once, however many at a moment and in whatever order."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import INVOICE_ID, TOKEN, fake_xendit, invoice_callback, session_event
from webapp.orders import modification_book
from webapp.orders.order import Order
from webapp.xendit import modifications
from webapp.xendit.modifications import refresh_unfinished

pytestmark = pytest.mark.anyio


class Refunds:
    """Xendit's refunds: it answers the shop's own once `go` is set."""

    def __init__(self) -> None:
        self.asked, self.go = asyncio.Event(), asyncio.Event()
        self.sent: list[dict[str, Any]] = []
        self.status, self.refused = "PENDING", 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(json.loads(request.content))
        self.asked.set()
        await self.go.wait()
        if len(self.sent) <= self.refused:
            return httpx.Response(400, json={"error_code": "REFUND_IN_PROGRESS"})
        body = self.sent[-1]
        made = {"id": "rfd-ours", "status": self.status, "reference_id": body["reference_id"]}
        return httpx.Response(200, json=made | {"amount": body["amount"], "currency": "IDR"})


@pytest.fixture
def refunds() -> Refunds:
    return Refunds()


@pytest.fixture
async def shop(open_shop: OpenShop, database_url: str, refunds: Refunds) -> AsyncIterator[Shop]:
    xendit = fake_xendit()
    xendit.route(method="POST", url="https://api.xendit.co/refunds").mock(side_effect=refunds)
    xendit.route(method="GET", url__startswith="https://api.xendit.co/refunds").respond(json={"data": []})
    async with open_shop(xendit, database_url=database_url) as running:
        yield running


async def paid(shop: Shop) -> Order:
    order = await shop.place()
    await shop.webhook(session_event(order))
    return order


async def refund(shop: Shop, order: Order, form: str = "form-of-this-refund") -> int:
    fields = {"form_id": form, "amount": "1000", "reason": "OTHERS"}
    return (await shop.post(f"/orders/{order.reference_id}/refund", data=fields)).status_code


async def say(shop: Shop, refund_id: str, status: str = "SUCCEEDED", **changes: Any) -> httpx.Response:
    """Deliver the webhook of a refund of Rp1.000."""
    data = {"id": refund_id, "payment_request_id": "pr-1", "status": status, "amount": 1000, "currency": "IDR"}
    return await shop.webhook({"event": "refund.succeeded", "data": data | changes}, webhook_id=f"{refund_id} {status}")


async def booked(shop: Shop, order: Order) -> list[tuple[str | None, str]]:
    made = await shop.app.state.shop.modifications.of(order.reference_id)
    return sorted((str(each.refund_id), each.status.value) for each in made)


@pytest.mark.parametrize("status", ["PENDING", "SUCCEEDED"])
async def test_one_made_in_the_dashboard_while_ours_is_sent_does_not_take_its_place(
    shop: Shop, refunds: Refunds, status: str
) -> None:
    refunds.status = status
    order = await paid(shop)
    clicked = asyncio.create_task(refund(shop, order))
    await refunds.asked.wait()
    assert (await say(shop, "rfd-dashboard")).json() == {"message": "refund succeeded"}
    refunds.go.set()
    assert await clicked == 303
    assert await booked(shop, order) == [("rfd-dashboard", "succeeded"), ("rfd-ours", status.lower())]
    await say(shop, "rfd-ours", reference_id=refunds.sent[0]["reference_id"])
    assert await booked(shop, order) == [("rfd-dashboard", "succeeded"), ("rfd-ours", "succeeded")]
    assert "Refunded: Rp2.000 of Rp480.000" in (await shop.get(f"/orders/{order.reference_id}")).text


async def test_ours_is_booked_once_where_its_webhook_is_faster_and_names_no_reference(
    shop: Shop, refunds: Refunds
) -> None:
    order = await paid(shop)
    clicked = asyncio.create_task(refund(shop, order))
    await refunds.asked.wait()
    await say(shop, "rfd-ours")
    refunds.go.set()
    assert await clicked == 303
    assert await booked(shop, order) == [("rfd-ours", "succeeded")]


async def test_one_of_another_amount_is_not_ours_though_xendit_gives_both_one_id(shop: Shop, refunds: Refunds) -> None:
    order = await paid(shop)
    clicked = asyncio.create_task(refund(shop, order))
    await refunds.asked.wait()
    await say(shop, "rfd-ours", amount=2000)
    refunds.go.set()
    assert await clicked == 303
    assert await booked(shop, order) == [("None", "sending"), ("rfd-ours", "succeeded")]
    assert "Refunded: Rp2.000 of Rp480.000" in (await shop.get(f"/orders/{order.reference_id}")).text


async def test_a_failure_that_comes_late_does_not_undo_a_refund(shop: Shop, refunds: Refunds) -> None:
    refunds.go.set()
    order = await paid(shop)
    await refund(shop, order)
    await say(shop, "rfd-ours")
    assert (await say(shop, "rfd-ours", "FAILED", failure_code="REFUND_FAILED")).status_code == 200
    assert await booked(shop, order) == [("rfd-ours", "succeeded")]
    assert "Refunded: Rp1.000 of Rp480.000" in (await shop.get(f"/orders/{order.reference_id}")).text


async def test_another_refund_under_our_reference_is_one_more(shop: Shop, refunds: Refunds) -> None:
    refunds.go.set()
    order = await paid(shop)
    await refund(shop, order)
    ours = refunds.sent[0]["reference_id"]
    for _ in range(2):
        assert (await say(shop, "rfd-other", reference_id=ours)).status_code == 200
    await say(shop, "rfd-ours", reference_id=ours)
    assert await booked(shop, order) == [("rfd-other", "succeeded"), ("rfd-ours", "succeeded")]


async def test_a_failed_refund_does_not_come_back_while_another_is_under_way(shop: Shop, refunds: Refunds) -> None:
    refunds.refused = 1
    refunds.go.set()
    order = await paid(shop)
    assert await refund(shop, order, "the-form-of-the-first") == 422
    assert await refund(shop, order, "the-form-of-the-next") == 303
    first = refunds.sent[0]["reference_id"]
    assert (await say(shop, "rfd-first", "PENDING", reference_id=first)).status_code == 200
    assert await booked(shop, order) == [("None", "failed"), ("rfd-ours", "pending")]
    assert (await say(shop, "rfd-first", reference_id=first)).status_code == 200  # money that has moved is booked
    assert await booked(shop, order) == [("rfd-first", "succeeded"), ("rfd-ours", "pending")]


async def test_every_click_on_refund_finds_the_first(shop: Shop, refunds: Refunds) -> None:
    order = await paid(shop)
    clicks = [asyncio.create_task(refund(shop, order)) for _ in range(6)]
    await refunds.asked.wait()
    refunds.go.set()
    assert await asyncio.gather(*clicks) == [303] * 6
    assert len(refunds.sent) == 1
    assert await booked(shop, order) == [("rfd-ours", "pending")]


AMOUNT = {"amount": 1000, "currency": "IDR"}


@pytest.mark.parametrize("missing", ["amount", "status"])
@pytest.mark.parametrize("nested", [True, False])
async def test_one_made_elsewhere_is_booked_though_its_webhook_says_little(
    open_shop: OpenShop, missing: str, nested: bool
) -> None:
    xendit = fake_xendit()
    answer = {"id": "rfd-1", "status": "SUCCEEDED"} | AMOUNT
    asked = xendit.get("https://api.xendit.co/refunds/rfd-1")
    asked.mock(side_effect=[httpx.Response(404), httpx.Response(200, json=answer)])
    async with open_shop(xendit) as shop:
        order = await paid(shop)
        said = {"event": "refund.succeeded", "data": answer | {"payment_request_id": "pr-1"}}
        del said["data"][missing]
        webhook = {"event": "refund.succeeded", "data": said} if nested else said
        if missing == "amount":  # Xendit does not answer, and sends the webhook again
            assert (await shop.webhook(webhook)).status_code == 503
            assert await booked(shop, order) == []
        assert (await shop.webhook(webhook)).json() == {"message": "refund succeeded"}
        assert await booked(shop, order) == [("rfd-1", "succeeded")]


SCANTY = {"event": "refund.succeeded", "data": {"id": "rfd-1", "payment_request_id": "pr-1"}}


@pytest.mark.parametrize(
    "answer", [{"id": "rfd-1", "status": "SUCCEEDED"}, {"id": "rfd-2", "status": "PENDING"} | AMOUNT]
)
async def test_one_whose_amount_xendit_does_not_name_either_is_not_booked(
    open_shop: OpenShop, answer: dict[str, Any]
) -> None:
    xendit = fake_xendit()
    xendit.get("https://api.xendit.co/refunds/rfd-1").respond(json=answer)
    async with open_shop(xendit) as shop:
        order = await paid(shop)
        assert (await shop.webhook(SCANTY)).status_code == 503
        assert await booked(shop, order) == []


async def test_its_webhook_is_believed_where_the_answer_lags_behind(open_shop: OpenShop) -> None:
    xendit = fake_xendit()
    xendit.get("https://api.xendit.co/refunds/rfd-1").respond(json={"id": "rfd-1", "status": "PENDING"} | AMOUNT)
    async with open_shop(xendit) as shop:
        order = await paid(shop)
        assert (await shop.webhook(SCANTY)).json() == {"message": "refund succeeded"}
        assert await booked(shop, order) == [("rfd-1", "succeeded")]


async def test_of_a_market_that_is_closed_by_now_nobody_is_asked(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await paid(shop)
        object.__setattr__(shop.app.state.shop.settings, "api_keys", {"SGD": "xnd_development_sgd"})
        assert (await shop.webhook(SCANTY)).status_code == 200
        assert await booked(shop, order) == []


class Early:
    """A refund whose payment the shop has not heard of: `answer` is what Xendit says about its payment request."""

    def __init__(self, **said: Any) -> None:
        self.xendit = fake_xendit()
        self.asked = self.xendit.get("https://api.xendit.co/v3/payment_requests/pr-7")
        self.said = {"id": "rfd-7", "payment_request_id": "pr-7", "status": "SUCCEEDED"} | AMOUNT | said

    def answer(self, order: Order, **changes: Any) -> None:
        known = {"payment_request_id": "pr-7", "latest_payment_id": "py-7", "status": "SUCCEEDED", "currency": "IDR"}
        known |= {"reference_id": order.reference_id, "request_amount": 480_000, "capture_method": "AUTOMATIC"}
        self.asked.respond(json=known | changes)

    async def arrive(self, shop: Shop, token: str = TOKEN) -> httpx.Response:
        return await shop.webhook({"event": "refund.succeeded", "data": self.said}, token)


@pytest.mark.parametrize("flow", ["pay", "pay_save", "authorize"])
async def test_one_that_comes_before_its_payments_webhook_is_booked_after_the_payment(
    open_shop: OpenShop, flow: str
) -> None:
    async with open_shop((early := Early()).xendit) as shop:
        order = await shop.place(flow=flow)
        early.answer(order)
        assert (await early.arrive(shop)).json() == {"message": "refund succeeded"}
        assert (await shop.status_of(order), await booked(shop, order)) == ("paid", [("rfd-7", "succeeded")])
        late = session_event(order, payment_request_id="pr-7", payment_id="py-7")
        assert (await shop.webhook(late)).json() == {"message": "noted"}


@pytest.mark.parametrize("invoice_id", ["", None])
async def test_one_of_an_invoice_is_found_by_its_payment_where_it_names_no_invoice(
    open_shop: OpenShop, invoice_id: str | None
) -> None:
    async with open_shop((early := Early(invoice_id=invoice_id)).xendit) as shop:
        order = await shop.place("invoice")
        await shop.webhook(invoice_callback(order))
        early.answer(order)
        assert (await early.arrive(shop)).json() == {"message": "refund succeeded"}
        assert await booked(shop, order) == [("rfd-7", "succeeded")]


async def test_an_invoices_payment_is_asked_about_where_its_refund_comes_first(open_shop: OpenShop) -> None:
    said = {"id": INVOICE_ID, "status": "PAID", "amount": 480_000, "currency": "IDR"}
    xendit = fake_xendit(invoice=lambda _: httpx.Response(200, json=said))
    async with open_shop(xendit) as shop:
        order = await shop.place("invoice")
        said["external_id"] = order.reference_id
        webhook = {"event": "refund.succeeded", "data": {"id": "rfd-1", "invoice_id": INVOICE_ID} | AMOUNT}
        assert (await shop.webhook(webhook)).json() == {"message": "refund succeeded"}
        assert (await shop.status_of(order), await booked(shop, order)) == ("paid", [("rfd-1", "succeeded")])


@pytest.mark.parametrize("status", ["CANCELED", "EXPIRED", "FAILED"])
async def test_one_of_a_try_that_ended_leaves_its_order_open(open_shop: OpenShop, status: str) -> None:
    async with open_shop((early := Early()).xendit) as shop:
        early.answer(order := await shop.place(), status=status)
        assert (await early.arrive(shop)).json() == {"message": "no such order"}
        assert await shop.status_of(order) == "waiting"


@pytest.mark.parametrize(("status", "then"), [(404, 200), (400, 200), (403, 503)])
async def test_one_of_a_payment_that_xendit_does_not_know_is_not_ours_and_without_an_answer_comes_again(
    open_shop: OpenShop, status: int, then: int
) -> None:
    async with open_shop((early := Early()).xendit) as shop:
        early.asked.respond(status, json={"error_code": "DATA_NOT_FOUND"})
        answer = await early.arrive(shop)
        assert answer.status_code == then
        assert then == 503 or answer.json() == {"message": "no such order"}


@pytest.mark.parametrize("change", [{"request_amount": 1}, {"currency": "PHP"}, {"reference_id": "someone-elses"}])
async def test_one_of_a_payment_that_is_no_orders_changes_nothing(open_shop: OpenShop, change: dict[str, Any]) -> None:
    async with open_shop((early := Early()).xendit) as shop:
        order = await shop.place()
        early.answer(order, **change)
        assert (await early.arrive(shop)).json() == {"message": "no such order"}
        assert await shop.status_of(order) == "waiting"


async def test_one_of_a_second_payment_is_not_counted_to_the_first(open_shop: OpenShop) -> None:
    async with open_shop((early := Early()).xendit) as shop:
        order = await paid(shop)
        early.answer(order)
        assert (await early.arrive(shop)).json() == {"message": "no such order"}
        assert await booked(shop, order) == []


async def test_before_xendit_is_asked_about_one_its_token_is_that_of_its_market(open_shop: OpenShop) -> None:
    tokens = {"IDR": "token-of-indonesia", "SGD": "token-of-singapore"}
    async with open_shop((early := Early()).xendit, webhook_tokens=tokens) as shop:
        early.answer(order := await shop.place())
        assert (await early.arrive(shop, tokens["SGD"])).status_code == 401
        assert not early.asked.called and await shop.status_of(order) == "waiting"
        assert (await early.arrive(shop, tokens["IDR"])).json() == {"message": "refund succeeded"}
        early.said |= {"id": "rfd-8", "payment_request_id": "pr-8", "currency": "USD"}  # no market of this shop
        assert (await early.arrive(shop, tokens["SGD"])).json() == {"message": "no such order"}


@pytest.mark.parametrize("refusal", ["REFUND_AMOUNT_EXCEEDED", "REFUND_IN_PROGRESS"])
async def test_one_made_elsewhere_that_no_webhook_told_of_is_learned_when_ours_is_refused(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    xendit = fake_xendit()
    xendit.post("https://api.xendit.co/refunds").respond(400, json={"error_code": refusal})
    made = {"id": "rfd-1", "status": "SUCCEEDED"} | AMOUNT
    answers = iter([httpx.Response(403), None, httpx.Response(200, json={"data": [made]})])

    async def listed(request: httpx.Request) -> httpx.Response:
        if (answer := next(answers)) is None:
            await asyncio.sleep(60)
        return answer or httpx.Response(500)

    xendit.get("https://api.xendit.co/refunds?payment_request_id=pr-1&limit=100").mock(side_effect=listed)
    monkeypatch.setattr(modifications, "PAGE_PATIENCE", 0.05)
    async with open_shop(xendit) as shop:
        order = await paid(shop)
        for number in (1, 2):  # the list is refused, then not answered
            assert await refund(shop, order, f"the-form-of-the-{number}") == 422
        assert await booked(shop, order) == [("None", "failed")] * 2
        assert await refund(shop, order, "the-form-of-the-next") == 422
        assert ("rfd-1", "succeeded") in await booked(shop, order)
        assert "Refunded: Rp1.000 of Rp480.000" in (await shop.get(f"/orders/{order.reference_id}")).text


class Clock(datetime):
    """The book's clock, which may go ahead."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime.now(tz) + cls.ahead


@pytest.mark.parametrize("closed", [True, False])
async def test_one_that_stays_open_holds_up_no_later_one(
    open_shop: OpenShop, database_url: str, monkeypatch: pytest.MonkeyPatch, closed: bool
) -> None:
    monkeypatch.setattr(modification_book, "datetime", Clock)
    xendit, made = fake_xendit(), iter([{"id": f"rfd-{number}", "status": "PENDING"} | AMOUNT for number in (1, 2)])
    xendit.post("https://api.xendit.co/refunds").mock(side_effect=lambda _: httpx.Response(200, json=next(made)))
    xendit.get("https://api.xendit.co/refunds/rfd-1").respond(json={"id": "rfd-1", "status": "PENDING"} | AMOUNT)
    async with open_shop(xendit, database_url=database_url) as shop:
        for number in (1, 2):
            order = await shop.place()
            await shop.webhook(session_event(order, payment_request_id=f"pr-{number}", payment_id=f"py-{number}"))
            assert await refund(shop, order, f"form-of-the-refund-{number}") == 303
        running = shop.app.state.shop
        if closed:
            running.settings = replace(running.settings, api_keys={"SGD": "xnd_development_sgd"})
        monkeypatch.setattr(running.modifications, "unfinished", partial(running.modifications.unfinished, 1))
        await refresh_unfinished(running)
        monkeypatch.setattr(Clock, "ahead", timedelta(seconds=31))
        assert [each.refund_id for each in await running.modifications.unfinished()] == ["rfd-2"]
