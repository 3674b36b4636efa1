"""Webhooks: only Xendit makes an order paid, and only with the right token, reference, amount and currency."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import OpenShop, Shop
from tests.xendit import (
    LINK,
    SESSION,
    SESSION_ID,
    TOKEN,
    fake_xendit,
    invoice_callback,
    payment_event,
    plan_event,
    session_event,
)
from webapp.integrations.webhooks import read_webhook, token_matches
from webapp.orders.order import Order

pytestmark = pytest.mark.anyio

SGD_TOKEN = "callback-token-of-singapore"
SILENT = {"session": httpx.Response(503, text="down"), "invoice": httpx.Response(503, text="down")}


@pytest.fixture
async def shop(open_shop: OpenShop, database_url: str) -> AsyncIterator[Shop]:
    """A shop that talks to Xendit, on each database; Xendit answers no questions, so only webhooks can tell."""
    tokens = {"": TOKEN, "SGD": SGD_TOKEN}
    async with open_shop(fake_xendit(**SILENT), database_url=database_url, webhook_tokens=tokens) as running:
        yield running


@pytest.mark.parametrize(
    ("flow", "status"), [("pay", "paid"), ("pay_save", "paid"), ("save", "saved"), ("subscription", "subscribed")]
)
async def test_a_completed_session_makes_the_order_what_its_flow_says(shop: Shop, flow: str, status: str) -> None:
    order = await shop.place(flow=flow)
    answer = await shop.webhook(session_event(order, payment_token_id="pt-1"))
    assert answer.status_code == 200
    after = await shop.order_book.get(order.reference_id)
    assert (after.status, after.payment_id, after.payment_token_id) == (status, "py-1", "pt-1")
    changes = await shop.order_book.changes(order.reference_id)
    assert [(change.old, change.new, change.cause) for change in changes] == [
        ("waiting", status, "webhook payment_session.completed")
    ]


async def test_a_paid_invoice_makes_the_order_paid(shop: Shop) -> None:
    order = await shop.place(integration="invoice")
    assert (await shop.webhook(invoice_callback(order))).status_code == 200
    assert await shop.status_of(order) == "paid"


async def test_a_payment_that_was_captured_makes_the_order_paid(shop: Shop) -> None:
    order = await shop.place()
    assert (await shop.webhook(payment_event(order, "payment.capture", "SUCCEEDED"))).status_code == 200
    assert await shop.status_of(order) == "paid"


async def test_a_failed_payment_leaves_the_order_open_for_another_try(shop: Shop) -> None:
    order = await shop.place()
    assert (await shop.webhook(payment_event(order, "payment.failure", "FAILED"))).status_code == 200
    assert await shop.status_of(order) == "waiting"


async def test_an_activated_plan_subscribes_and_is_found_by_its_session(shop: Shop) -> None:
    order = await shop.place(flow="subscription")
    assert (await shop.webhook(plan_event(order))).status_code == 200
    assert await shop.status_of(order) == "subscribed"


@pytest.mark.parametrize("token", [None, "", "wrong", SGD_TOKEN, TOKEN + "x", "tökén"])
async def test_no_token_a_wrong_one_or_another_markets_changes_nothing(shop: Shop, token: str | None) -> None:
    order = await shop.place()
    encoded = token.encode("latin-1").decode("latin-1") if token else token
    headers = {"x-callback-token": encoded.encode("latin-1")} if encoded else {}
    answer = await shop.post("/webhooks/xendit", json=session_event(order), headers=headers)
    assert answer.status_code == 401
    assert await shop.status_of(order) == "waiting"


async def test_a_market_with_its_own_token_takes_no_other(shop: Shop) -> None:
    order = await shop.place(currency="SGD")
    assert (await shop.webhook(session_event(order), token=TOKEN)).status_code == 401
    assert await shop.status_of(order) == "waiting"
    assert (await shop.webhook(session_event(order), token=SGD_TOKEN)).status_code == 200
    assert await shop.status_of(order) == "paid"


async def test_without_a_configured_token_webhooks_are_answered_503(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(**SILENT), webhook_tokens={}) as shop:
        assert (await shop.webhook({"event": "x", "data": {}})).status_code == 503


@pytest.mark.parametrize(
    "change",
    [{"amount": 1}, {"amount": 480000.01}, {"currency": "PHP"}, {"payment_session_id": "ps-ffffffffffffffffffffffff"}],
)
async def test_what_contradicts_the_order_is_refused_and_noted(shop: Shop, change: dict[str, Any]) -> None:
    order = await shop.place()
    assert (await shop.webhook(session_event(order, **change))).status_code == 422
    assert await shop.status_of(order) == "waiting"


async def test_the_same_webhook_twice_is_one(shop: Shop) -> None:
    order = await shop.place()
    first = await shop.webhook(session_event(order), webhook_id="w-1")
    later = session_event(order) | {"created": "2026-11-22T01:00:00Z"}
    assert first.json() == {"message": "paid"}
    assert (await shop.webhook(later, webhook_id="w-1")).json() == {"message": "duplicate"}
    assert (await shop.webhook(later)).json() == {"message": "noted"}  # without its id, known by what it means
    assert (await shop.webhook(session_event(order))).json() == {"message": "duplicate"}
    assert len(await shop.order_book.changes(order.reference_id)) == 1


async def test_an_expiry_that_comes_after_the_payment_changes_nothing_and_before_it_is_overruled(shop: Shop) -> None:
    order = await shop.place()
    await shop.webhook(session_event(order))
    await shop.webhook(session_event(order, "payment_session.expired"))
    assert await shop.status_of(order) == "paid"
    other = await shop.place(flow="pay_save")
    await shop.webhook(session_event(other, "payment_session.expired"))
    assert await shop.status_of(other) == "expired"
    await shop.webhook(session_event(other))
    assert await shop.status_of(other) == "paid"


async def test_a_late_webhook_is_recorded_as_one_that_changed_nothing(shop: Shop) -> None:
    order = await shop.place()
    await shop.webhook(session_event(order))
    late = session_event(order, "payment_session.expired")
    assert (await shop.webhook(late)).json() == {"message": "noted"}
    assert await shop.status_of(order) == "paid"
    assert "Token right, matches the order; changed nothing." in (await shop.inspector(order)).text


async def test_a_webhook_that_overtakes_our_own_answer_is_not_lost(open_shop: OpenShop) -> None:
    router = fake_xendit(**SILENT)
    async with open_shop(router) as shop:

        async def overtaken(request: httpx.Request) -> httpx.Response:
            sent = json.loads(request.content)
            data = {"payment_session_id": SESSION_ID, "status": "COMPLETED", "reference_id": sent["reference_id"]}
            data |= {"amount": sent["amount"], "currency": sent["currency"]}
            assert (await shop.webhook({"event": "payment_session.completed", "data": data})).status_code == 200
            return httpx.Response(201, json=SESSION | {"payment_link_url": LINK})

        router["sessions"].mock(side_effect=overtaken)
        order = await shop.place()
        assert (order.status, order.payment_session_id) == ("paid", SESSION_ID)


async def test_a_webhook_may_be_faster_than_the_answer_to_a_cancelled_invoice(open_shop: OpenShop) -> None:
    router = fake_xendit(**SILENT)
    async with open_shop(router) as shop:
        order = await shop.place(integration="invoice")
        invoice = {"id": order.invoice_id, "external_id": order.reference_id, "status": "EXPIRED"}

        async def overtaken(request: httpx.Request) -> httpx.Response:
            assert (await shop.webhook(invoice)).json() == {"message": "expired"}
            return httpx.Response(200, json=invoice)

        router["expire"].mock(side_effect=overtaken)
        await shop.post(f"/orders/{order.reference_id}/cancel")
        assert await shop.status_of(order) == "cancelled"
        assert (await shop.webhook(invoice)).json() == {"message": "duplicate"}
        assert await shop.status_of(order) == "cancelled"


async def test_an_unknown_event_and_a_foreign_order_are_taken_and_noted(shop: Shop) -> None:
    order = await shop.place()
    assert (await shop.webhook({"event": "refund.succeeded", "data": {"id": "r"}})).status_code == 200
    stranger = session_event(order, reference_id="someone-elses")
    stranger["data"]["payment_request_id"] = "pr-unknown"
    assert (await shop.webhook(stranger)).json() == {"message": "no such order"}
    assert await shop.status_of(order) == "waiting"


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"text"', b"{}", b'{"event":1,"data":{}}', b'{"event":"x"}', b"\xff\xfe", b"[" * 9999],
)
async def test_what_is_no_webhook_is_a_400(shop: Shop, body: bytes) -> None:
    assert (await shop.webhook(body)).status_code == 400


@pytest.mark.parametrize("missing", ["amount", "currency"])
@pytest.mark.parametrize(("status", "then"), [("COMPLETED", "paid"), ("ACTIVE", "waiting")])
async def test_a_success_without_its_amount_is_not_believed_but_asked_about(
    open_shop: OpenShop, missing: str, status: str, then: str
) -> None:
    async with open_shop(fake_xendit(status)) as shop:
        order = await shop.place()
        event = session_event(order)
        del event["data"][missing]
        assert (await shop.webhook(event)).json() == {"message": f"asked Xendit: {then}"}
        assert await shop.status_of(order) == then


async def test_where_xendit_can_not_be_asked_such_a_webhook_comes_again(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(session=httpx.Response(404))) as shop:
        order = await shop.place()
        event = session_event(order)
        del event["data"]["amount"]
        assert (await shop.webhook(event)).status_code == 503
        assert await shop.status_of(order) == "waiting"
        assert (await shop.webhook(session_event(order))).json() == {"message": "paid"}


@pytest.mark.parametrize("text", [r"\u0000", r"\ud800", "\U0001f600", "<b>\"'", "\u202e", "\u0e01" * 50_000])
async def test_any_text_that_is_text_is_taken(shop: Shop, text: str) -> None:
    order = await shop.place()
    body = session_event(order) | {"note": text}
    assert (await shop.webhook(body, webhook_id=f"odd-{len(text)}")).status_code == 200
    assert await shop.status_of(order) == "paid"


@pytest.mark.parametrize("path", ["/cart/add", "/checkout", "/webhooks/xendit"])
async def test_a_client_that_leaves_while_sending_is_not_a_crash(shop: Shop, path: str) -> None:
    received = iter([{"type": "http.request", "body": b'{"event"', "more_body": True}, {"type": "http.disconnect"}])
    headers = {"host": "testserver", "origin": "http://testserver", "x-callback-token": "x"}
    headers["content-type"] = "application/x-www-form-urlencoded"
    scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": [(name.encode(), value.encode()) for name, value in headers.items()]}
    scope |= {"scheme": "http", "server": ("testserver", 80), "client": ("127.0.0.1", 1), "http_version": "1.1"}
    statuses = []

    async def receive() -> Any:
        return next(received)

    async def send(message: Any) -> None:
        statuses.append(message.get("status"))

    await shop.app(scope | {"asgi": {"version": "3.0"}, "root_path": ""}, receive, send)  # raises where it crashes
    assert statuses[0] in (400, 401)


async def test_more_than_a_megabyte_is_a_413(shop: Shop) -> None:
    body = b'{"event":"x","data":{"pad":"' + b"x" * 1_048_576 + b'"}}'
    assert (await shop.webhook(body)).status_code == 413

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    assert (
        await shop.post("/webhooks/xendit", content=chunks(), headers={"x-callback-token": TOKEN})
    ).status_code == 413


async def test_an_order_page_never_believes_the_address_bar(shop: Shop) -> None:
    order = await shop.place()
    page = await shop.get(f"/orders/{order.reference_id}?payment_status=success&status=COMPLETED")
    assert "Waiting for your payment" in page.text
    assert await shop.status_of(order) == "waiting"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
events = st.sampled_from(
    [
        "payment_session.completed",
        "payment_session.expired",
        "payment.capture",
        "payment.authorization",
        "payment.failure",
        "payment_token.activation",
        "payment_token.expiry",
        "recurring.plan.activated",
        "recurring.cycle.succeeded",
        "unheard.of",
    ]
)
fields = ["payment_session_id", "payment_id", "payment_request_id", "payment_token_id", "id", "status", "amount"]
fields += ["currency", "request_amount", "external_id", "reference_id"]
values = json_values | st.sampled_from(
    ["COMPLETED", "SUCCEEDED", "PAID", "EXPIRED", "ACTIVE", "IDR", SESSION_ID, 480000]
)
data = st.dictionaries(st.sampled_from(fields), values, max_size=8)


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(events, data, st.booleans()), max_size=5))
async def test_arbitrary_events_never_crash_and_paid_is_final(
    arbitrary_shop: tuple[Shop, Order], sequence: list[tuple[str, dict[str, Any], bool]]
) -> None:
    shop, order = arbitrary_shop
    for event, content, about_us in sequence:
        before = await shop.status_of(order)
        known = {"reference_id": order.reference_id} if about_us else {}
        answer = await shop.webhook({"event": event, "data": content | known})
        assert answer.status_code in (200, 400, 422, 503)  # 400: a text that no database holds; 503: Xendit was asked
        after = await shop.status_of(order)
        if before == "paid":
            assert after == "paid"
        if after == "paid" != before:
            amount = content.get("request_amount" if event.startswith("payment.") else "amount")
            assert amount in (480000, "480000")
            assert content.get("currency") == "IDR"


@pytest.fixture
async def arbitrary_shop(open_shop: OpenShop, database_url: str) -> AsyncIterator[tuple[Shop, Order]]:
    async with open_shop(fake_xendit(session=httpx.Response(404)), database_url=database_url) as running:
        yield running, await running.place()


def test_an_empty_token_matches_nothing() -> None:
    assert not token_matches("", "") and not token_matches(None, "")
    assert token_matches("same", "same") and not token_matches("same", "other")


@given(json_values)
def test_reading_a_webhook_gives_one_or_refuses(body: object) -> None:
    try:
        webhook = read_webhook(body)
    except ValueError:
        return
    assert webhook.event and len(webhook.key) <= 200


REFUND = {"event": "refund.succeeded", "data": {"id": "rfd-1", "payment_id": "py-1", "status": "SUCCEEDED"}}
RETRY = {"event": "recurring.cycle.retrying", "data": {"id": "recy_1", "status": "RETRYING", "attempt_count": 1}}


@pytest.mark.parametrize(
    ("first", "change"),
    [
        (REFUND, {"id": "rfd-2"}),
        ({"event": "refund.succeeded", "data": REFUND}, {"data": REFUND["data"] | {"id": "rfd-2"}}),
        (RETRY, {"attempt_count": 2}),
        (RETRY, {"forced_attempt_count": 1}),
    ],
)
def test_without_webhook_id_each_refund_and_each_retry_has_its_own_key(
    first: dict[str, Any], change: dict[str, Any]
) -> None:
    key, again = read_webhook(first).key, read_webhook(first | {"created": "2026-11-22T01:00:00Z"}).key
    assert key == again != read_webhook(first | {"data": first["data"] | change}).key
