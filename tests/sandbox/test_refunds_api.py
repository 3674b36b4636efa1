"""Refunds and captures in the sandbox, held against the documented answers, webhooks and errors."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, PAY, Rig
from webapp.sandbox.invoice_channels import channels_of

pytestmark = pytest.mark.anyio

TIME = r"2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
# https://docs.xendit.co/apidocs/refund-payment-request
REFUND: dict[str, Any] = {
    "id": r"rfd-[0-9a-f-]{36}",
    "payment_request_id": r"pr-[0-9a-f-]{36}",
    "payment_id": r"py-[0-9a-f-]{36}",
    "invoice_id": None,
    "payment_method_type": "CARD",
    "reference_id": "refund-1",
    "channel_code": "CARDS",
    "currency": "IDR",
    "amount": 25_000,
    "status": "PENDING",
    "reason": "REQUESTED_BY_CUSTOMER",
    "failure_code": None,
    "refund_fee_amount": None,
    "metadata": None,
    "created": TIME,
    "updated": TIME,
}


def matches(found: dict[str, Any], documented: dict[str, Any]) -> bool:
    """Whether the object has the documented keys, in their order, and each value is of its shape."""
    assert list(found) == list(documented)
    for name, shape in documented.items():
        value = found[name]
        assert re.fullmatch(shape, value) if isinstance(shape, str) else value == shape, name
    return True


async def paid(rig: Rig, choice: str = "CARDS.visa", **changes: Any) -> dict[str, Any]:
    """A session that was paid, as Xendit knows it."""
    created = await rig.create(PAY, **changes)
    answer = await rig.settle(created, choice)
    if choice != "CARDS.visa":
        await rig.browser.post(answer.headers["location"], data={"decision": "approve"})
    return await rig.session(created)


async def refund(rig: Rig, session: dict[str, Any], key: str = "", **body: Any) -> httpx.Response:
    usual = {"payment_request_id": session["payment_request_id"], "reason": "REQUESTED_BY_CUSTOMER"}
    return await rig.api.post("/refunds", json=usual | body, headers={"idempotency-key": key} if key else {})


async def test_a_refund_is_pending_and_then_a_webhook_says_how_it_ended(rig: Rig) -> None:
    session = await paid(rig)
    made = await refund(rig, session, amount=25_000, reference_id="refund-1")
    assert made.status_code == 200 and matches(made.json(), REFUND)
    rig.clock.pass_by(seconds=3)
    await rig.deliver()
    _, body = rig.receiver.arrived[-1]
    assert list(body) == ["event", "business_id", "created", "data"] and body["event"] == "refund.succeeded"
    assert matches(body["data"], REFUND | {"status": "SUCCEEDED"})
    assert (await rig.api.get(f"/refunds/{made.json()['id']}")).json() == body["data"]
    listed = (await rig.api.get("/refunds", params={"payment_request_id": session["payment_request_id"]})).json()
    assert listed == {"data": [body["data"]], "has_more": False}


async def test_the_same_key_refunds_once(rig: Rig) -> None:
    session = await paid(rig)
    first, again = [await refund(rig, session, "key-1", amount=1000) for _ in range(2)]
    assert first.json() == again.json()
    other = await refund(rig, session, "key-1", amount=2000)
    assert (other.status_code, other.json()["error_code"]) == (409, "IDEMPOTENCY_ERROR")


async def test_a_key_that_was_used_for_another_refund_is_refused(rig: Rig) -> None:
    session, other = await paid(rig), await paid(rig)
    long = "k" * 100
    await refund(rig, session, f"{long}1", amount=1000)
    rig.clock.pass_by(seconds=3)
    assert (await refund(rig, session, f"{long}2", amount=1000)).json()["status"] == "PENDING"
    changed = await refund(rig, session, f"{long}1", amount=1000, reason="OTHERS", reference_id="refund-2")
    elsewhere = await refund(rig, other, f"{long}1", amount=1000)
    for answer in (changed, elsewhere):
        assert (answer.status_code, answer.json()["error_code"]) == (409, "IDEMPOTENCY_ERROR")
    nothing = await rig.api.get("/refunds", params={"payment_request_id": other["payment_request_id"]})
    assert nothing.json()["data"] == []


async def test_refunds_are_listed_by_pages_and_by_channel(rig: Rig) -> None:
    session = await paid(rig)
    ids = []
    for amount in (1000, 2000, 3000):
        ids.insert(0, (await refund(rig, session, amount=amount)).json()["id"])
        rig.clock.pass_by(seconds=3)

    async def listed(**query: Any) -> tuple[list[str], bool]:
        params = {"payment_request_id": session["payment_request_id"]} | query
        found = (await rig.api.get("/refunds", params=params)).json()
        return [each["id"] for each in found["data"]], found["has_more"]

    assert await listed(limit=2) == (ids[:2], True)
    assert await listed(limit=2, after_id=ids[1]) == (ids[2:], False)
    assert await listed(before_id=ids[1]) == (ids[:1], False)
    assert await listed(channel_code="CARDS", payment_method_type="CARD") == (ids, False)
    assert await listed(channel_code="DANA") == await listed(payment_method_type="EWALLET") == ([], False)
    assert await listed(payment_request_id="pr-none") == ([], False)
    for query in ({}, {"channel_code": "CARDS"}, {"payment_request_id": ""}):
        refused = await rig.api.get("/refunds", params=query)
        assert (refused.status_code, refused.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


async def test_parts_until_nothing_is_left(rig: Rig) -> None:
    session = await paid(rig)
    assert (await refund(rig, session, amount=100_000)).status_code == 200
    waits = await refund(rig, session, amount=1)
    assert (waits.status_code, waits.json()["error_code"]) == (400, "REFUND_IN_PROGRESS")
    rig.clock.pass_by(seconds=3)
    too_much = await refund(rig, session, amount=140_001)
    assert (too_much.status_code, too_much.json()["error_code"]) == (400, "REFUND_AMOUNT_EXCEEDED")
    rest = await refund(rig, session)  # without an amount: what is left
    assert rest.json()["amount"] == 140_000
    rig.clock.pass_by(seconds=3)
    assert (await refund(rig, session)).json()["error_code"] == "REFUND_AMOUNT_EXCEEDED"


@pytest.mark.parametrize(
    ("choice", "body", "status", "code"),
    [
        ("CARDS.visa", {"amount": 0}, 400, "INVALID_VALUE_ERROR"),
        ("CARDS.visa", {"amount": 1.5}, 400, "INVALID_VALUE_ERROR"),
        ("CARDS.visa", {"amount": -1}, 400, "API_VALIDATION_ERROR"),
        ("CARDS.visa", {"amount": 10**29}, 400, "API_VALIDATION_ERROR"),
        ("CARDS.visa", {"amount": "ten"}, 400, "API_VALIDATION_ERROR"),
        ("CARDS.visa", {"reason": "BECAUSE"}, 400, "API_VALIDATION_ERROR"),
        ("CARDS.visa", {"metadata": {f"key {number}": "" for number in range(51)}}, 400, "API_VALIDATION_ERROR"),
        ("CARDS.visa", {"metadata": {"key": "v" * 501}}, 400, "API_VALIDATION_ERROR"),
        ("CARDS.visa", {"currency": "PHP"}, 400, "INVALID_VALUE_ERROR"),
        ("CARDS.visa", {"payment_request_id": "pr-none"}, 404, "DATA_NOT_FOUND"),
        ("BCA_VIRTUAL_ACCOUNT", {}, 403, "REFUND_NOT_SUPPORTED"),
        ("QRIS", {"amount": 1000}, 403, "PARTIAL_REFUND_NOT_SUPPORTED"),
    ],
)
async def test_what_can_not_be_refunded_is_refused(
    rig: Rig, choice: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await refund(rig, await paid(rig, choice), **body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


async def test_another_business_finds_no_refund_and_no_payment(rig: Rig) -> None:
    session = await paid(rig)
    made = (await refund(rig, session)).json()
    stranger = ("xnd_development_sandbox_php", "")
    body = {"payment_request_id": session["payment_request_id"], "reason": "OTHERS"}
    answers = [await rig.api.post("/refunds", json=body, auth=stranger)]
    answers.append(await rig.api.get(f"/refunds/{made['id']}", auth=stranger))
    answers.append(await rig.api.get(f"/v3/payments/{session['payment_id']}", auth=stranger))
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    ("choice", "days", "terms"),
    [
        ("DANA", 31, {}),
        ("CARDS.visa", 181, {"currency": "SGD", "country": "SG", "amount": 200}),
        ("SHOPEEPAY", 91, {"currency": "PHP", "country": "PH", "amount": 200}),
    ],
)
async def test_a_window_that_is_over_fails_the_refund(rig: Rig, choice: str, days: int, terms: dict[str, Any]) -> None:
    session = await paid(rig, choice, **terms)
    rig.clock.pass_by(days=days)
    assert (await refund(rig, session)).json()["status"] == "PENDING"
    rig.clock.pass_by(seconds=3)
    await rig.deliver()
    assert rig.receiver.arrived[-1][1]["data"]["failure_code"] == "REFUND_FAILED"


async def test_an_invoice_is_refunded_by_its_id(rig: Rig) -> None:
    created = await rig.create(INVOICE)
    waiting = await rig.api.post("/refunds", json={"invoice_id": created["id"], "reason": "OTHERS"})
    assert waiting.json()["error_code"] == "INELIGIBLE_TRANSACTION_STATUS"
    await rig.settle(created)
    made = (
        await rig.api.post("/refunds", json={"invoice_id": created["id"], "reason": "OTHERS", "amount": 40_000})
    ).json()
    assert (made["invoice_id"], made["payment_request_id"], made["amount"]) == (created["id"], None, 40_000)
    rig.clock.pass_by(seconds=3)
    await rig.deliver()
    assert rig.receiver.events[-1] == "refund.succeeded"


@pytest.mark.parametrize(
    ("currency", "method", "answers"),
    [
        ("IDR", "DD_BRI", ["PARTIAL_REFUND_NOT_SUPPORTED", "DIRECT_DEBIT"]),
        ("PHP", "DD_BPI", ["DIRECT_DEBIT", "PARTIAL_REFUND_COUNTS_EXCEEDED"]),
        ("PHP", "DD_UBP", ["DIRECT_DEBIT", "PARTIAL_REFUND_COUNTS_EXCEEDED"]),
        ("PHP", "DD_RCBC", ["DIRECT_DEBIT", "PARTIAL_REFUND_COUNTS_EXCEEDED"]),
        ("IDR", "AKULAKU", ["EWALLET", "PARTIAL_REFUND_COUNTS_EXCEEDED"]),
        ("IDR", "KREDIVO", ["PARTIAL_REFUND_NOT_SUPPORTED", "EWALLET"]),
        ("IDR", "ATOME", ["EWALLET", "PARTIAL_REFUND_COUNTS_EXCEEDED"]),
        ("IDR", "GOPAY", ["EWALLET", "EWALLET"]),
        ("PHP", "BILLEASE", ["PARTIAL_REFUND_NOT_SUPPORTED", "EWALLET"]),
        ("VND", "VNPTWALLET", ["PARTIAL_REFUND_NOT_SUPPORTED", "EWALLET"]),
        ("MYR", "WECHATPAY", ["PARTIAL_REFUND_NOT_SUPPORTED", "EWALLET"]),
        ("THB", "WECHATPAY", ["REFUND_NOT_SUPPORTED", "REFUND_NOT_SUPPORTED"]),
        ("THB", "SHOPEEPAY", ["REFUND_NOT_SUPPORTED", "REFUND_NOT_SUPPORTED"]),
    ],
)
async def test_a_part_and_the_rest_are_refunded_by_the_rules_of_a_channel(
    rig: Rig, currency: str, method: str, answers: list[str]
) -> None:
    created = await rig.create(INVOICE, currency=currency, amount=20_000, payment_methods=[method])
    page = await rig.settle(created, next(iter(channels_of(currency, [method]))).code)
    await rig.browser.post(page.headers["location"], data={"decision": "approve"})
    found = []
    for amount in ({"amount": 1000}, {}):
        body = {"invoice_id": created["id"], "reason": "OTHERS"} | amount
        answer = (await rig.api.post("/refunds", json=body)).json()
        found.append(answer.get("error_code") or answer["payment_method_type"])
        rig.clock.pass_by(seconds=3)
    assert found == answers


# https://docs.xendit.co/apidocs/capture-payment
PAYMENT = ["payment_id", "payment_request_id", "business_id", "reference_id", "country", "currency", "channel_code"]
PAYMENT += [
    "channel_properties",
    "created",
    "updated",
    "type",
    "request_amount",
    "capture_method",
    "status",
    "payment_details",
]


async def test_less_than_authorised_is_captured_once(rig: Rig) -> None:
    session = await paid(rig, capture_method="MANUAL")
    path = f"/v3/payments/{session['payment_id']}"
    held = (await rig.api.get(path)).json()
    assert (held["status"], held["capture_method"], list(held)) == ("AUTHORIZED", "MANUAL", PAYMENT)
    assert (await refund(rig, session)).json()["error_code"] == "INELIGIBLE_TRANSACTION_STATUS"
    await rig.deliver()
    too_much = await rig.api.post(f"{path}/capture", json={"capture_amount": 240_001})
    assert (too_much.status_code, too_much.json()["error_code"]) == (400, "CAPTURE_AMOUNT_EXCEEDED")
    done = (await rig.api.post(f"{path}/capture", json={"capture_amount": 100_000})).json()
    assert done["status"] == "SUCCEEDED" and list(done) == [*PAYMENT, "captures"]
    assert list(done["captures"][0]) == ["capture_id", "capture_timestamp", "capture_amount"]
    for again in (await rig.api.post(f"{path}/capture", json={}), await rig.api.post(f"{path}/cancel")):
        assert (again.status_code, again.json()["error_code"]) == (400, "INELIGIBLE_TRANSACTION_STATUS")
    await rig.deliver()
    assert rig.receiver.events == ["payment.authorization", "payment_session.completed", "payment.capture"]
    assert rig.receiver.arrived[-1][1]["data"] == done
    assert (await refund(rig, session, amount=100_001)).json()["error_code"] == "REFUND_AMOUNT_EXCEEDED"


async def test_a_hold_is_cancelled_or_ends_after_seven_days(rig: Rig) -> None:
    session = await paid(rig, capture_method="MANUAL")
    cancelled = await rig.api.post(f"/v3/payments/{session['payment_id']}/cancel")
    assert cancelled.json()["status"] == "CANCELED"
    other = await paid(rig, capture_method="MANUAL")
    rig.clock.pass_by(days=6, hours=23)
    assert (await rig.api.get(f"/v3/payments/{other['payment_id']}")).json()["status"] == "AUTHORIZED"
    rig.clock.pass_by(hours=1, seconds=1)
    await rig.deliver()
    assert (await rig.api.get(f"/v3/payments/{other['payment_id']}")).json()["status"] == "EXPIRED"
    assert [event for event in rig.receiver.events if event == "payment.expiry"] == rig.receiver.events[-1:]
    assert rig.receiver.arrived[-1][1]["data"]["payment_id"] == other["payment_id"]


async def test_only_a_card_holds_an_amount(rig: Rig) -> None:
    created = await rig.create(PAY, capture_method="MANUAL")
    page = (await rig.browser.get(created["payment_link_url"])).text
    assert "CARDS.visa" in page and "QRIS" not in page
    await rig.settle(created, "QRIS")
    record = await rig.sandbox.store.get_session(created["payment_session_id"])
    assert record and record.is_active and not record.attempts
