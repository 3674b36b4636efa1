"""Behind the counter: what is recorded, who sees it, what never is in it, and that its snippets run."""

import asyncio
import html
import json
import logging
import re
from typing import Any

import httpx
import pytest
import respx

from tests.conftest import OpenShop, Shop
from tests.leaks import assert_no_secret, stored_text
from tests.xendit import HTMX, INVOICE_ID, SESSION_ID, fake_xendit, session_event
from webapp.inspector.masking import Mask
from webapp.inspector.recorder import KEPT_FOR, QUEUE_SIZE
from webapp.inspector.steps import MAX_STEPS_OF_AN_ORDER
from webapp.inspector.transport import RecordingTransport
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus
from webapp.shop.clock import local_time

pytestmark = pytest.mark.anyio

API_KEY = "xnd_development_PlantedApiKey0001"
WEBHOOK_TOKEN = "PlantedCallbackToken0002"
SDK_KEY = "PlantedSdkKey0003-of-no-known-shape"
LINK = "https://pay.example/PlantedLink0004"
INVOICE_URL = "https://pay.example/web/PlantedInvoiceLink0005"
CARD, CVN = "5105105105105100", "PlantedCvn0006"
PASSWORD = "PlantedAuthHeader0007"
PLANTED = (API_KEY, WEBHOOK_TOKEN, SDK_KEY, LINK, "PlantedLink0004", INVOICE_URL, CARD, CVN, PASSWORD)
SETTINGS: dict[str, Any] = {"api_keys": {"IDR": API_KEY}, "webhook_tokens": {"": WEBHOOK_TOKEN}}

# Secrets where they belong, and again where they don't: in texts, lists, keys, and encoded.
ECHOES: dict[str, Any] = {
    "description": f"see {SDK_KEY} at {LINK} or {INVOICE_URL}",
    "metadata": {
        SDK_KEY: [LINK, {"deep": f"token={WEBHOOK_TOKEN}"}],
        "url": f"https://x.example/?next={LINK.replace(':', '%3A')}",
    },
    "message": f"your key {API_KEY} and your card {CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:]}",
    "actions": [{"descriptor": "WEB_URL", "value": LINK, "url": LINK}],
    "card_details": {"card_number": CARD, "cvn": CVN, "number": int(CARD)},
    "components_sdk_key": SDK_KEY,
    "payment_link_url": LINK,
    "invoice_url": INVOICE_URL,
}


def talkative_xendit(status: int = 201) -> respx.Router:
    """Xendit, which repeats every secret; with a `status` above 399 it refuses, and repeats them in its error."""
    answer = ECHOES | {"payment_session_id": SESSION_ID, "id": INVOICE_ID, "status": "ACTIVE"}
    headers = {"Request-ID": f"{LINK}", "Rate-Limit-Remaining": "59", "Set-Cookie": f"a={PASSWORD}"}
    error = ECHOES | {"error_code": "API_VALIDATION_ERROR", "errors": [ECHOES, json.dumps(ECHOES)]}
    created = httpx.Response(status, json=answer if status < 400 else error, headers=headers)
    session = httpx.Response(200, json=answer, headers=headers)
    invoice = httpx.Response(200, json=answer | {"status": "PENDING"})
    return fake_xendit(sessions=created, session=session, invoices=created, invoice=invoice)


async def everything_shown(shop: Shop, order: Order) -> dict[str, str]:
    """All texts in which the story of an order comes out. The pop-out is what is printed."""
    page = f"/orders/{order.reference_id}"
    answers = {"pop-out": await shop.inspector(order), "panel": await shop.inspector(order, **HTMX)}
    answers |= {"order": await shop.get(page), "qr": await shop.get(f"{page}/qr")}
    answers |= {"file": await shop.get(f"{page}/story.html"), "har": await shop.get(f"{page}/story.har")}
    link = re.findall(r'value="[^"]*(/shared/[^"]+)"', (await shop.post(f"{page}/share")).text)[0]
    answers |= {"shared": await shop.get(link)}
    assert {answer.status_code for answer in answers.values()} == {200}
    return {name: html.unescape(answer.text) for name, answer in answers.items()}


@pytest.mark.parametrize("integration", ["components", "payment_link", "invoice"])
@pytest.mark.parametrize("status", [201, 400])
async def test_planted_secrets_come_out_nowhere(
    open_shop: OpenShop, caplog: pytest.LogCaptureFixture, database_url: str, integration: str, status: int
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_shop(talkative_xendit(status), database_url=database_url, **SETTINGS) as shop:
        order = await shop.place(integration, **HTMX)
        await shop.get(f"/orders/{order.reference_id}")
        data = ECHOES | {"reference_id": order.reference_id, "status": "FAILED", "payment_request_id": "pr-1"}
        bodies = [
            {"event": "payment.failure", "data": data},
            {"event": "payment_session.completed", "data": ECHOES | {"reference_id": "other"}},
            {"event": SDK_KEY, "data": data},
            ECHOES | {"id": INVOICE_ID, "external_id": order.reference_id, "status": "EXPIRED", "amount": 1},
        ]
        headers = {"user-agent": SDK_KEY, "authorization": f"Basic {PASSWORD}"}
        for token in (WEBHOOK_TOKEN, "wrong" + PASSWORD):
            for body in bodies:
                await shop.webhook(body | {"x-callback-token": token}, token, f"w-{LINK}", **headers)
        told = await shop.steps(order.reference_id)
        shown = await everything_shown(shop, order)
        stored = await stored_text(database_url)
    assert {step.kind for step in told} >= {"call", "webhook", "answer"}
    assert_no_secret(PLANTED, told=repr(told), logs=caplog.text, **shown)
    # The order book notes an event's name and id as they come: neither is a secret of anybody's but this test's.
    inspected = "\n".join(line for line in stored.splitlines() if line not in (SDK_KEY, f"w-{LINK}"))
    assert_no_secret(PLANTED, stored=inspected)


async def test_every_mask_says_why(open_shop: OpenShop) -> None:
    async with open_shop(talkative_xendit()) as shop:
        order = await shop.place("components", **HTMX)
        call = next(step.document for step in await shop.steps(order.reference_id) if step.kind == "call")
    assert call["answer"]["components_sdk_key"] == "‹masked: opens the payment›"
    assert call["request_headers"]["authorization"] == "Basic ‹masked: this shop's secret key›"
    assert call["answer"]["card_details"]["card_number"] == "‹masked: card data›"
    assert call["request"]["reference_id"] == order.reference_id


@pytest.mark.parametrize(
    "text",
    [
        "xnd_development_abcdefgh",
        "Basic eG5kX2RldmVsb3BtZW50X2FiYw==",
        "https://dev.xen.to/AbCd1234",
        "https://checkout-staging.xendit.co/web/6748105a77f16ebe0cc583a7",
        "session-" + "0" * 32 + "-pd-AAAA-BBBB",
        "/sandbox/pay/AbCd1234",
        "pass=" + "0123456789abcdef" * 2,
        "4000 0000 0000 1000",
        '{"components_sdk_key": "anything at all"}'.replace(" at all", ""),
        "%78nd_development_abcdefgh",
    ],
)
def test_a_secret_is_known_by_its_shape(text: str) -> None:
    masked = Mask({}).value({"a": f"before {text} after"})["a"]
    assert masked.startswith("before") and masked.endswith("after") and "masked" in masked


@pytest.mark.parametrize(
    ("kind", "masked"),
    [
        ({"type": "REDIRECT_CUSTOMER"}, True),
        ({"descriptor": "WEB_URL"}, True),
        ({"descriptor": "DEEPLINK_URL"}, True),
        ({"type": "PRESENT_TO_CUSTOMER", "descriptor": "QR_STRING"}, False),
    ],
)
def test_a_page_of_the_shoppers_own_bank_is_a_secret_too(kind: dict[str, str], masked: bool) -> None:
    page = "https://acs.bank.example/3ds/abcd1234"
    kept = Mask({}).value({"actions": [kind | {"value": page}], "message": f"The shopper is asked at {page}."})
    assert ("abcd1234" not in str(kept)) is masked
    assert kept["actions"][0]["value"] == ("‹masked: opens the payment›" if masked else page)


@pytest.mark.parametrize(
    "value", ["Rp480.000", "ps-0123456789abcdef01234567", 480000, 1.5, True, None, "2026-11-22T18:50:50.000Z"]
)
def test_what_is_no_secret_stays(value: object) -> None:
    document = {"amount": value, "expiry_date": value, "external_id": "selat-1"}
    assert Mask({"a long secret": "why"}).value(document) == document


def test_a_secret_of_the_configuration_is_found_in_every_form() -> None:
    mask = Mask({"p/q r+s": "why"})
    for form in ("p/q r+s", "p%2Fq%20r%2Bs", "cC9xIHIrcw==", "cC9xIHIrczo="):
        assert mask.text(f"({form})") == "(‹masked: why›)"


async def test_the_panel_shows_when_and_why_an_order_was_paid(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await shop.place()
        for _ in range(2):
            assert (await shop.webhook(session_event(order), webhook_id="w-1")).status_code == 200
        assert (await shop.webhook(session_event(order), token="no")).status_code == 401
        answer = await shop.inspector(order)
    kinds = re.findall(r'class="step step-(\w+)', answer.text)
    assert kinds == ["webhook", "webhook", "change", "webhook", "answer", "call"]
    verdicts = [" ".join(text.split()) for text in re.findall(r'verdict">(.*?)</span>', answer.text, re.S)]
    assert [verdict.split(":")[0] for verdict in verdicts] == [
        "Refused",
        "Known already",
        "Token right; reference, amount and currency match",
    ]
    assert "The order is now: Paid" in answer.text
    assert "Cause: the webhook payment_session.completed." in answer.text


@pytest.mark.parametrize(("tokens", "status"), [({}, 503), ({"": WEBHOOK_TOKEN}, 401)])
async def test_nothing_that_a_stranger_sends_as_a_webhook_is_kept(
    open_shop: OpenShop, tokens: dict[str, str], status: int
) -> None:
    async with open_shop(fake_xendit(), webhook_tokens=tokens) as shop:
        order = await shop.place()
        sent = session_event(order, description="a stranger's words")
        assert (await shop.webhook(sent, token="a stranger's", webhook_id="a stranger's")).status_code == status
        step = next(step for step in await shop.steps(order.reference_id) if step.kind == "webhook")
    assert step.document["status"] == status and step.document["body"] is None
    assert "stranger" not in repr(step)


async def test_a_cause_is_shown_as_text(shop: Shop) -> None:
    order = await shop.place()
    await shop.order_book.change_status(order, OrderStatus.CANCELLED, cause="100 % <b>sure</b>")
    page = (await shop.inspector(order)).text
    assert page.count("100 % &lt;b&gt;sure&lt;/b&gt;") == 2
    assert "<b>sure" not in page


async def test_only_the_orders_own_visitor_looks_behind_the_counter(shop: Shop, open_shop: OpenShop) -> None:
    order = await shop.place()
    assert (await shop.inspector(order)).status_code == 200
    shop.cookies.clear()
    for path in ("inspector", "qr"):
        for headers in ({}, HTMX):
            assert (await shop.get(f"/orders/{order.reference_id}/{path}", headers=headers)).status_code == 403
    for path in ("qr", "expire-now", "repeat-webhook"):
        assert (await shop.post(f"/orders/{order.reference_id}/{path}")).status_code == 403
    assert "inspector-panel" not in (await shop.get(f"/orders/{order.reference_id}")).text
    assert (await shop.get("/orders/selat-none/inspector")).status_code == 404


async def test_the_same_question_with_the_same_answer_is_one_step(shop: Shop) -> None:
    order = await shop.place()
    for _ in range(3):
        await shop.post(f"/orders/{order.reference_id}/pay")
    asked = [step for step in await shop.steps(order.reference_id) if step.document["method"] == "GET"]
    assert [step.times for step in asked if step.kind == "call"] == [3]


async def test_an_open_panel_is_sent_again_only_after_a_change(shop: Shop) -> None:
    order = await shop.place()
    first = await shop.inspector(order, **HTMX)
    version = re.findall("seen=([0-9a-f]+)", first.text)[0]
    assert "every 2s" in first.text and f"seen={version}" in first.text
    again = f"/orders/{order.reference_id}/inspector?seen={version}"
    assert (await shop.get(again, headers=HTMX)).status_code == 204
    await shop.post(f"/orders/{order.reference_id}/cancel")
    await shop.app.state.shop.recorder.flush()
    assert (await shop.get(again, headers=HTMX)).status_code == 200


async def test_the_polling_ends_itself(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from webapp.inspector import timeline

    order = await shop.place()
    await shop.post(f"/orders/{order.reference_id}/cancel")
    monkeypatch.setattr(timeline, "STAYS_LIVE", -timeline.STAYS_LIVE)
    assert "every 2s" not in (await shop.inspector(order)).text


async def test_what_is_kept_is_bounded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await shop.place()
    recorder = shop.app.state.shop.recorder
    monkeypatch.setattr("webapp.inspector.steps.MAX_STEPS_OF_AN_ORDER", 5)
    for number in range(9):
        recorder.record(order.reference_id, "call", {"number": number})
        recorder.record("selat-nobody", "call", {"number": number})
    assert len(await shop.steps(order.reference_id)) == 5
    assert await shop.steps("selat-nobody") == []
    monkeypatch.setattr("webapp.inspector.recorder.MAX_STEPS_OF_A_VISITOR", 3)
    await recorder.delete_old()
    assert len(await shop.steps(order.reference_id)) == 3
    monkeypatch.setattr("webapp.inspector.recorder.KEPT_FOR", -KEPT_FOR)
    await recorder.delete_old()
    assert await shop.steps(order.reference_id) == []


async def test_a_full_queue_drops_steps_and_keeps_nobody_waiting(shop: Shop) -> None:
    order = await shop.place()
    recorder = shop.app.state.shop.recorder
    for number in range(QUEUE_SIZE + 50):
        recorder.record(order.reference_id, "call", {"number": number})
    assert len(await shop.steps(order.reference_id)) == MAX_STEPS_OF_AN_ORDER


async def test_a_step_that_can_not_be_stored_stops_no_sale(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> None:
        raise OSError("away")

    monkeypatch.setattr(shop.app.state.shop.recorder, "_write", broken)
    order = await shop.place()
    assert (await shop.inspector(order)).status_code == 200


async def test_each_attempt_is_a_step_of_its_own(open_shop: OpenShop) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        order = await shop.place()
        answers = [httpx.Response(500, json={"error_code": "SERVER_ERROR", "message": ""}), httpx.ConnectError("gone")]
        router["session"].mock(side_effect=[*answers, httpx.Response(200, json={"status": "ACTIVE"})])
        await shop.get(f"/orders/{order.reference_id}")
        asked = [step.document for step in await shop.steps(order.reference_id) if step.kind == "call"]
    seen = [(call["attempt"], call["status"], call["failure"]) for call in asked if call["method"] == "GET"]
    assert seen == [(3, 200, None), (2, 0, "ConnectError"), (1, 500, None)]


async def test_a_call_that_is_given_up_is_recorded_too(shop: Shop) -> None:
    order, asked = await shop.place(), asyncio.Event()

    class Silent(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError("unreachable")

    transport = RecordingTransport(Silent(), shop.app.state.shop.recorder)
    set_order(order.reference_id)
    async with httpx.AsyncClient(transport=transport) as client:
        call = asyncio.create_task(client.get("https://api.xendit.co/sessions/x"))
        await asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
    assert (await shop.steps(order.reference_id))[0].document["failure"] == "CancelledError"


async def test_what_is_not_json_is_not_kept(open_shop: OpenShop) -> None:
    router = fake_xendit(sessions=httpx.Response(502, text=f"<html>{SDK_KEY}</html>"))
    async with open_shop(router) as shop:
        order = await shop.place()
        call = next(step.document for step in await shop.steps(order.reference_id) if step.kind == "call")
    assert call["answer"] == f"‹{len(SDK_KEY) + 13} bytes that are not JSON›"


@pytest.mark.parametrize("name", ["components", "payment_link", "invoice", "status", "webhooks", "browser"])
async def test_the_code_is_shown_from_the_running_file(shop: Shop, name: str) -> None:
    answer = await shop.get(f"/source/{name}")
    assert answer.status_code == 200
    marked = re.findall(r'class="ln payload" id="line-(\d+)"', answer.text)
    assert bool(marked) == (name in ("components", "payment_link", "invoice", "browser"))
    assert "line-30" in answer.text
    assert (await shop.get(f"/source/{name}", headers=HTMX)).text.startswith("<div")


async def test_no_other_file_can_be_looked_at(shop: Shop) -> None:
    for name in ("config", "..%2F..%2Fetc%2Fpasswd", "__init__"):
        assert (await shop.get(f"/source/{name}")).status_code == 404


async def test_the_storefront_shows_the_newest_order_and_says_so_when_there_is_none(shop: Shop) -> None:
    assert "No order from this browser yet" in (await shop.get("/inspector", headers=HTMX)).text
    assert "No order from this browser yet" in (await shop.get("/inspector")).text
    assert "/cart/sample" in (await shop.get("/inspector")).text
    assert (await shop.get("/inspector?seen=none", headers=HTMX)).status_code == 204
    order = await shop.place()
    assert order.reference_id in (await shop.get("/inspector", headers=HTMX)).text
    window = (await shop.get("/inspector")).text
    placed = local_time(order.created, "IDR")
    assert f"Your newest order, of {placed:%H:%M:%S} WIB: Rp480.000." in window
    seen = re.findall(r"/inspector\?seen=\w+", window)[0]
    assert (await shop.get(seen, headers=HTMX)).status_code == 204
    newer = await shop.place()
    assert newer.reference_id in (await shop.get(seen, headers=HTMX)).text
    assert 'href="/inspector" target="inspector"' in (await shop.inspector(newer)).text
    assert f'href="/orders/{order.reference_id}/inspector" target' in (await shop.inspector(order)).text
