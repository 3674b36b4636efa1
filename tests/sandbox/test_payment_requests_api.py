"""Payments with a saved method, held against the documented bodies, webhooks and errors."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CUSTOMER, PAY, SAVE, Rig
from tests.sandbox.test_tokens_api import STRANGER, saved
from webapp.sandbox.control.settling import Settling

pytestmark = pytest.mark.anyio

RETURNS = {"success_return_url": "http://shop.test/paid", "failure_return_url": "http://shop.test/failed"}
# https://docs.xendit.co/apidocs/create-payment-request
REQUEST = {
    *("business_id", "reference_id", "payment_request_id", "payment_token_id", "customer_id", "latest_payment_id"),
    *("type", "country", "currency", "request_amount", "capture_method", "channel_code", "channel_properties"),
    *("actions", "status", "failure_code", "description", "metadata", "items", "shipping_information"),
    *("created", "updated"),
}
# https://docs.xendit.co/apidocs/payment-webhook-notification
PAYMENT = {
    *("payment_id", "business_id", "payment_request_id", "payment_token_id", "customer_id", "reference_id", "type"),
    *("country", "currency", "request_amount", "capture_method", "channel_code", "channel_properties", "status"),
    *("created", "updated"),
}


async def pay(rig: Rig, token: dict[str, Any], amount: Any = 80_000, **changes: Any) -> httpx.Response:
    body = {
        "reference_id": "order-2",
        "type": "PAY",
        "payment_token_id": token["payment_token_id"],
        "country": "ID",
        "currency": "IDR",
        "request_amount": amount,
    }
    return await rig.api.post("/v3/payment_requests", json=body | changes)


async def typed(rig: Rig, choice: str) -> dict[str, Any]:
    """A saved method, after the webhooks about it."""
    token = await saved(rig, choice)
    await rig.deliver()
    rig.receiver.arrived.clear()
    return token


@pytest.mark.parametrize(("choice", "more"), [("CARDS.visa", {"latest_payment"}), ("DANA", set())])
async def test_a_saved_method_pays_at_once(rig: Rig, choice: str, more: set[str]) -> None:
    token = await typed(rig, choice)
    answer = await pay(rig, token, channel_properties={"card_on_file_type": "CUSTOMER_UNSCHEDULED"})
    made = answer.json()
    assert answer.status_code == 201 and set(made) == REQUEST | more
    assert (made["status"], made["actions"], made["request_amount"]) == ("SUCCEEDED", [], 80_000)
    assert re.fullmatch(r"pr-[0-9a-f-]{36}", made["payment_request_id"])
    assert (made["customer_id"], made["channel_code"]) == (token["customer_id"], token["channel_code"])
    assert (await rig.api.get(f"/v3/payment_requests/{made['payment_request_id']}")).json() == made
    await rig.deliver()
    ((_, body),) = rig.receiver.arrived
    assert (body["event"], body["api_version"]) == ("payment.capture", "v3")
    extra = {"captures"} | ({"payment_details"} if more else set())
    assert set(body["data"]) == PAYMENT | extra
    assert body["data"]["captures"][0]["capture_amount"] == 80_000
    assert (await rig.api.get(f"/v3/payments/{made['latest_payment_id']}")).json() == body["data"]
    assert made.get("latest_payment", body["data"]) == body["data"]


@pytest.mark.parametrize(("choice", "failure"), [("CARDS.visa", "STOLEN_CARD"), ("DANA", "INSUFFICIENT_BALANCE")])
async def test_an_amount_that_declines_on_purpose_fails_at_once(rig: Rig, choice: str, failure: str) -> None:
    token = await typed(rig, choice)
    made = (await pay(rig, token, 10_055)).json()
    assert (made["status"], made["failure_code"]) == ("FAILED", failure)
    await rig.deliver()
    ((_, body),) = rig.receiver.arrived
    assert body["event"] == "payment.failure" and body["data"]["failure_code"] == failure
    assert body["data"]["status"] == "FAILED" and "captures" not in body["data"]
    refund = {"payment_request_id": made["payment_request_id"], "reason": "OTHERS"}
    assert (await rig.api.post("/refunds", json=refund)).json()["error_code"] == "INELIGIBLE_TRANSACTION_STATUS"


async def approval(rig: Rig, made: dict[str, Any]) -> str:
    """The address of the page where the customer decides."""
    assert made["status"] == "REQUIRES_ACTION" and made["latest_payment_id"] is None
    (action,) = made["actions"]
    assert (action["type"], action["descriptor"]) == ("REDIRECT_CUSTOMER", "WEB_URL")
    page = await rig.browser.get(action["value"])
    assert page.status_code == 200 and "Rp80.000" in page.text
    return str(action["value"])


async def test_a_bank_asks_first_and_the_answer_decides(rig: Rig) -> None:
    token = await typed(rig, "CARDS.challenge")
    made = (await pay(rig, token, channel_properties=RETURNS)).json()
    page = await approval(rig, made)
    back = await rig.browser.post(page, data={"decision": "approve"})
    assert (back.status_code, back.headers["location"]) == (303, "http://shop.test/paid")
    late = await rig.browser.post(page, data={"decision": "decline"})
    assert late.headers["location"] == "http://shop.test/paid"
    other = (await pay(rig, token, channel_properties=RETURNS, reference_id="order-3")).json()
    declined = await rig.browser.post(await approval(rig, other), data={"decision": "decline"})
    assert declined.headers["location"] == "http://shop.test/failed"
    await rig.deliver()
    assert sorted(rig.receiver.events) == ["payment.capture", "payment.failure"]
    ended = (await rig.api.get(f"/v3/payment_requests/{other['payment_request_id']}")).json()
    assert (ended["status"], ended["failure_code"], ended["actions"]) == ("FAILED", "AUTHENTICATION_FAILED", [])
    assert ended["latest_payment"]["payment_details"]["authentication_data"]["flow"] == "FULL_AUTH"


async def test_a_wallet_that_always_redirects_asks_its_customer(rig: Rig) -> None:
    php = {"currency": "PHP", "country": "PH"}
    token = await saved(rig, "BPI_DIRECT_DEBIT", SAVE | php)
    made = (await pay(rig, token, 250, **php)).json()
    assert made["status"] == "REQUIRES_ACTION"
    page = made["actions"][0]["value"]
    stays = await rig.browser.post(page, data={"decision": "approve"})
    assert stays.headers["location"] in page
    assert "You can go back to the shop now." in (await rig.browser.get(page)).text
    assert (await rig.api.get(f"/v3/payment_requests/{made['payment_request_id']}")).json()["status"] == "SUCCEEDED"


async def test_a_saved_maya_wallet_pays_without_its_customer(rig: Rig) -> None:
    php = {"currency": "PHP", "country": "PH"}
    token = await saved(rig, "PAYMAYA", SAVE | php | {"allowed_payment_channels": ["PAYMAYA"]})
    assert (await pay(rig, token, 250, **php)).json()["status"] == "SUCCEEDED"


async def test_a_card_may_skip_3ds_but_a_wallet_may_not(rig: Rig) -> None:
    card, wallet = await saved(rig, "CARDS.challenge"), await saved(rig, "DANA")
    skips = {"channel_properties": {"skip_three_ds": True}}
    assert (await pay(rig, card, **skips)).json()["status"] == "SUCCEEDED"
    declined = (await pay(rig, card, 10_054, reference_id="order-3", **skips)).json()
    assert (declined["status"], declined["failure_code"]) == ("FAILED", "INSUFFICIENT_BALANCE")
    refused = await pay(rig, wallet, **skips)
    assert (refused.status_code, refused.json()["error_code"]) == (403, "SKIP_3DS_FORBIDDEN")


async def test_a_page_of_another_address_is_not_found(rig: Rig) -> None:
    made = (await pay(rig, await saved(rig, "CARDS.challenge"))).json()
    page = made["actions"][0]["value"]
    for wrong in (page[:-1], page.replace("pr-", "pr-0"), f"{page}é"):
        assert (await rig.browser.get(wrong)).status_code == 404
        assert (await rig.browser.post(wrong, data={"decision": "approve"})).status_code == 404


async def test_what_waits_is_cancelled_simulated_or_expires(rig: Rig) -> None:
    token = await typed(rig, "CARDS.challenge")
    made = [(await pay(rig, token, reference_id=f"order-{number}")).json() for number in range(3)]
    paths = [f"/v3/payment_requests/{each['payment_request_id']}" for each in made]
    cancelled = await rig.api.post(f"{paths[0]}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELED")
    again = await rig.api.post(f"{paths[0]}/cancel")
    assert (again.status_code, again.json()["error_code"]) == (400, "INELIGIBLE_TRANSACTION_STATUS")
    simulated = await rig.api.post(f"{paths[1]}/simulate", json={"amount": 80_000})
    assert (simulated.status_code, simulated.json()["status"]) == (200, "PENDING")
    assert (await rig.api.get(paths[1])).json()["status"] == "SUCCEEDED"
    over = await rig.api.post(f"{paths[1]}/simulate", json={"amount": 80_000})
    assert (over.status_code, over.json()["error_code"]) == (400, "INACTIVE_PAYMENT_REQUEST")
    rig.clock.pass_by(minutes=31)
    await rig.deliver()
    assert (await rig.api.get(paths[2])).json()["status"] == "EXPIRED"
    assert rig.receiver.events == ["payment.capture"]  # no webhook is documented for the others


async def test_a_reference_pays_by_card_once(rig: Rig) -> None:
    card, wallet = await saved(rig), await saved(rig, "DANA")
    assert (await pay(rig, card)).status_code == 201
    again = await pay(rig, card)
    assert (again.status_code, again.json()["error_code"]) == (409, "DUPLICATE_ERROR")
    assert [(await pay(rig, wallet)).status_code for _ in range(2)] == [201, 201]
    assert (await pay(rig, card, reference_id="order-3", channel_code="CARDS")).status_code == 201


async def test_a_token_that_has_ended_or_is_anothers_never_pays(rig: Rig) -> None:
    cancelled, expired = await saved(rig), await saved(rig, "DANA")
    await rig.api.post(f"/v3/payment_tokens/{cancelled['payment_token_id']}/cancel")
    foreign = await pay_as(rig, expired, STRANGER)
    unknown = await pay(rig, {"payment_token_id": "pt-none"})
    assert foreign.json() == unknown.json()
    rig.clock.pass_by(days=3660)
    await rig.deliver()
    rig.receiver.arrived.clear()
    for answer in (foreign, unknown, await pay(rig, cancelled), await pay(rig, expired)):
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_TOKEN")
    await rig.deliver()
    assert rig.receiver.arrived == []


async def pay_as(rig: Rig, token: dict[str, Any], auth: tuple[str, str]) -> httpx.Response:
    mine, rig.api.auth = rig.api.auth, httpx.BasicAuth(*auth)
    try:
        return await pay(rig, token)
    finally:
        rig.api.auth = mine


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"request_amount": 0}, "INVALID_VALUE_ERROR"),
        ({"request_amount": 5_000.5}, "INVALID_VALUE_ERROR"),
        ({"request_amount": 4_999}, "INVALID_VALUE_ERROR"),
        ({"request_amount": -1}, "API_VALIDATION_ERROR"),
        ({"request_amount": "ten"}, "API_VALIDATION_ERROR"),
        ({"currency": "PHP"}, "INVALID_VALUE_ERROR"),
        ({"country": "PH"}, "INVALID_VALUE_ERROR"),
        ({"country": "XX"}, "API_VALIDATION_ERROR"),
        ({"channel_code": "DANA"}, "INVALID_VALUE_ERROR"),
        ({"type": "PAY_AND_SAVE"}, "API_VALIDATION_ERROR"),
        ({"reference_id": ""}, "API_VALIDATION_ERROR"),
        ({"payment_token_id": None}, "API_VALIDATION_ERROR"),
        ({"capture_method": "LATER"}, "API_VALIDATION_ERROR"),
        ({"channel_properties": {"success_return_url": "javascript:alert(1)"}}, "API_VALIDATION_ERROR"),
        ({"channel_properties": {"skip_three_ds": "yes"}}, "API_VALIDATION_ERROR"),
        ({"metadata": {"key": 1}}, "API_VALIDATION_ERROR"),
        ({"shipping_information": {}}, "API_VALIDATION_ERROR"),
    ],
)
async def test_a_payment_that_breaks_a_rule_is_refused(rig: Rig, changes: dict[str, Any], code: str) -> None:
    answer = await pay(rig, await saved(rig), **changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)


async def test_a_manual_capture_holds_and_a_payment_refunds(rig: Rig) -> None:
    token = await typed(rig, "CARDS.visa")
    made = (await pay(rig, token, capture_method="MANUAL")).json()
    assert (made["status"], made["capture_method"]) == ("AUTHORIZED", "MANUAL")
    path = f"/v3/payments/{made['latest_payment_id']}"
    too_much = await rig.api.post(f"{path}/capture", json={"capture_amount": 80_001})
    assert too_much.json()["error_code"] == "CAPTURE_AMOUNT_EXCEEDED"
    captured = (await rig.api.post(f"{path}/capture", json={"capture_amount": 50_000})).json()
    assert (captured["status"], captured["captures"][0]["capture_amount"]) == ("SUCCEEDED", 50_000)
    refund = {"payment_request_id": made["payment_request_id"], "reason": "OTHERS"}
    refunded = (await rig.api.post("/refunds", json=refund)).json()
    assert (refunded["amount"], refunded["payment_id"]) == (50_000, made["latest_payment_id"])
    rig.clock.pass_by(seconds=3)
    await rig.deliver()
    assert rig.receiver.events == ["payment.authorization", "payment.capture", "refund.succeeded"]
    assert (await rig.api.get(f"/refunds/{refunded['id']}")).json()["status"] == "SUCCEEDED"
    held = (await pay(rig, token, capture_method="MANUAL", reference_id="order-3")).json()
    rig.clock.pass_by(days=6, hours=23)
    assert (await rig.api.get(f"/v3/payments/{held['latest_payment_id']}")).json()["status"] == "AUTHORIZED"
    rig.clock.pass_by(hours=1, seconds=1)
    assert (await rig.api.get(f"/v3/payments/{held['latest_payment_id']}")).json()["status"] == "EXPIRED"


async def test_a_payment_of_a_session_is_a_payment_request_too(rig: Rig) -> None:
    created = await rig.create(SAVE | {"session_type": "PAY", "amount": 80_000, "customer": CUSTOMER})
    await rig.settle(created)
    session = await rig.session(created)
    found = await rig.api.get(f"/v3/payment_requests/{session['payment_request_id']}")
    assert set(found.json()) == REQUEST | {"latest_payment"}
    assert (found.json()["status"], found.json()["latest_payment_id"]) == ("SUCCEEDED", session["payment_id"])
    ended = await rig.api.post(f"/v3/payment_requests/{session['payment_request_id']}/cancel")
    assert (ended.status_code, ended.json()["error_code"]) == (400, "INACTIVE_PAYMENT_REQUEST")


async def test_another_business_finds_no_payment_request(rig: Rig) -> None:
    made = (await pay(rig, await saved(rig))).json()
    path = f"/v3/payment_requests/{made['payment_request_id']}"
    answers = [await rig.api.get(path, auth=STRANGER), await rig.api.post(f"{path}/cancel", auth=STRANGER)]
    answers += [await rig.api.get(f"/v3/payments/{made['latest_payment_id']}", auth=STRANGER)]
    answers += [await rig.api.get("/v3/payment_requests/pr-none")]
    assert {(answer.status_code, answer.json()["error_code"]) for answer in answers} == {(404, "DATA_NOT_FOUND")}


async def test_card_details_that_someone_sends_are_not_kept(rig: Rig) -> None:
    details = {"card_details": {"card_number": "4000000000001000", "cvn": "123"}}
    made = (await pay(rig, await saved(rig), channel_properties=details)).json()
    record = await rig.sandbox.store.requests.get(made["payment_request_id"])
    assert record and "4000000000001000" not in str(record.payment) and "cvn'" not in str(record.payment)


async def test_the_ids_of_a_payment_that_failed_lead_to_it(rig: Rig) -> None:
    created = await rig.create(PAY)
    answer = await rig.settle(created, "DANA")
    record = await rig.sandbox.store.get_session(created["payment_session_id"])
    assert record is not None
    path = f"/v3/payment_requests/{record.attempts[0]['payment_request_id']}"
    waits = (await rig.api.get(path)).json()
    assert (waits["status"], waits["latest_payment_id"]) == ("REQUIRES_ACTION", None)
    await rig.browser.post(answer.headers["location"], data={"decision": "decline"})
    await rig.deliver()
    failed = rig.receiver.arrived[-1][1]["data"]
    assert (await rig.api.get(f"/v3/payments/{failed['payment_id']}")).json() == failed
    assert (await rig.api.get(path)).json()["latest_payment_id"] == failed["payment_id"]
    assert (await rig.api.get(f"/v3/payment_tokens/{failed['payment_request_id']}")).status_code == 404
    refund = {"payment_request_id": failed["payment_request_id"], "reason": "OTHERS"}
    assert (await rig.api.post("/refunds", json=refund)).json()["error_code"] == "INELIGIBLE_TRANSACTION_STATUS"


async def test_a_request_names_a_payment_only_where_there_is_one(rig: Rig) -> None:
    token = await typed(rig, "CARDS.challenge")
    made = [(await pay(rig, token, reference_id=f"order-{number}")).json() for number in range(2)]
    paths = [f"/v3/payment_requests/{each['payment_request_id']}" for each in made]
    await rig.api.post(f"{paths[0]}/cancel")
    held = (await pay(rig, await saved(rig), capture_method="MANUAL", reference_id="order-3")).json()
    await rig.api.post(f"/v3/payments/{held['latest_payment_id']}/cancel")
    rig.clock.pass_by(minutes=31)
    found = [
        (await rig.api.get(path)).json() for path in (*paths, f"/v3/payment_requests/{held['payment_request_id']}")
    ]
    assert [each["status"] for each in found] == ["CANCELED", "EXPIRED", "CANCELED"]
    assert [each["latest_payment_id"] for each in found] == [None, None, held["latest_payment_id"]]


@pytest.mark.parametrize(("paid", "end"), [(True, "SUCCEEDED"), (False, "FAILED")])
async def test_a_payment_that_is_pending_is_decided_by_control(rig: Rig, paid: bool, end: str) -> None:
    made = (await pay(rig, await saved(rig, "CARDS.challenge"))).json()
    wanted, store = made["payment_request_id"], rig.sandbox.store
    await store.requests.update(wanted, lambda record, now: record.payment.update(status="PENDING"))
    await Settling(store, rig.sandbox.settings).decide(wanted, paid)
    found = (await rig.api.get(f"/v3/payment_requests/{wanted}")).json()
    assert (found["status"], found["failure_code"]) == (end, None if paid else "DECLINED_BY_ISSUER")
