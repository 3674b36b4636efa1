"""POST /sessions, GET, cancel: what is accepted, what is answered, and every rule with its code."""

import re
from typing import Any

import pytest

from tests.sandbox.conftest import CUSTOMER, PAY, SAVE, SUBSCRIPTION, Rig

pytestmark = pytest.mark.anyio

COMPONENTS = PAY | {"mode": "COMPONENTS", "components_configuration": {"origins": ["http://localhost:8000"]}}
ITEM = {
    "reference_id": "gayo",
    "type": "PHYSICAL_PRODUCT",
    "name": "Gayo Highlands",
    "net_unit_amount": 240_000,
    "quantity": 1,
    "category": "coffee",
}


async def test_a_payment_link_session_is_answered_as_xendit_does(rig: Rig) -> None:
    answer = await rig.api.post("/sessions", json=PAY | {"items": [ITEM], "metadata": {"shop": "selat"}})
    session = answer.json()
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert re.fullmatch(r"ps-[0-9a-f]{24}", session["payment_session_id"])
    assert re.fullmatch(r"http://shop\.test/sandbox/pay/[A-Za-z0-9_]{8}", session["payment_link_url"])
    assert session["created"] == "2026-11-22T09:00:00.000Z"
    assert session["expires_at"] == "2026-11-22T09:30:00.000Z"
    assert (session["status"], session["locale"], session["capture_method"]) == ("ACTIVE", "en", "AUTOMATIC")
    assert session["items"] == [ITEM]
    assert {"components_sdk_key", "customer_id", "customer", "allow_save_payment_method"}.isdisjoint(session)


async def test_a_components_session_has_a_key_while_it_is_active(rig: Rig) -> None:
    session = await rig.create(COMPONENTS)
    key = r"session-[0-9a-f]{32}-pd-[A-Za-z0-9+/]{160}-[A-Za-z0-9+/]{128}"
    assert re.fullmatch(key, session["components_sdk_key"])
    assert len(session["components_sdk_key"]) == 333
    assert "payment_link_url" not in session
    assert await rig.session(session) == session
    cancelled = await rig.api.post(f"/sessions/{session['payment_session_id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELED")
    assert "components_sdk_key" not in cancelled.json()


async def test_save_and_subscription_sessions(rig: Rig) -> None:
    saved = await rig.create(SAVE)
    assert re.fullmatch(r"cust-[0-9a-f-]{36}", saved["customer_id"])
    assert "capture_method" not in saved
    subscribed = await rig.create(SUBSCRIPTION)
    assert subscribed["customer_id"] == saved["customer_id"]
    assert re.fullmatch(r"repl_[0-9a-f-]{36}", subscribed["recurring_plan_id"])
    assert subscribed["subscription"]["schedule"]["interval"] == "MONTH"


@pytest.mark.parametrize("text", ["240000", "240000.0", "2.4e5"])
async def test_whole_amounts_stay_whole(rig: Rig, text: str) -> None:
    body = '{"reference_id":"r","session_type":"PAY","mode":"PAYMENT_LINK","currency":"IDR","country":"ID","amount":%s}'
    answer = await rig.api.post("/sessions", content=body % text)
    assert '"amount":240000,' in answer.text


@pytest.mark.parametrize("text", ["0.1", "21.6", "10000.01", "999999999999.99"])
async def test_decimal_amounts_carry_no_noise(rig: Rig, text: str) -> None:
    body = '{"reference_id":"r","session_type":"PAY","mode":"PAYMENT_LINK","currency":"SGD","country":"SG","amount":%s}'
    answer = await rig.api.post("/sessions", content=body % text)
    assert f'"amount":{text},' in answer.text
    again = await rig.api.get(f"/sessions/{answer.json()['payment_session_id']}")
    assert f'"amount":{text},' in again.text


@pytest.mark.parametrize(("currency", "country"), [("HKD", "HK"), ("MXN", "MX"), ("SGD", "SG"), ("USD", "PH")])
async def test_markets_that_the_official_demo_store_offers(rig: Rig, currency: str, country: str) -> None:
    await rig.create(PAY, currency=currency, country=country)


# Bodies of docs.xendit.co's reference, word for word.
DOCUMENTED: list[tuple[dict[str, Any], dict[str, Any], int, dict[str, Any]]] = [
    (
        {key: value for key, value in PAY.items() if key != "session_type"},
        {},
        400,
        {
            "error_code": "API_VALIDATION_ERROR",
            "message": "request/body must have required property 'session_type'",
            "errors": [{"message": "must have required property 'session_type'", "path": "/body/session_type"}],
        },
    ),
    (PAY, {"amount": 0}, 400, {"error_code": "INVALID_AMOUNT", "message": "Amount must be greater than zero"}),
    (
        PAY,
        {"allowed_payment_channels": ["QRIS", "INVALID_CHANNEL"]},
        400,
        {
            "error_code": "INVALID_PAYMENT_CHANNEL",
            "message": "Channel(s) INVALID_CHANNEL are not available. Please ensure that you have activated the "
            "necessary channels",
        },
    ),
    (
        PAY,
        {
            "allowed_payment_channels": ["QRIS"],
            "payment_link_configuration": {"primary_payment_channels": ["BPI_DIRECT_DEBIT"]},
        },
        400,
        {
            "error_code": "INVALID_PRIMARY_PAYMENT_CHANNEL",
            "message": "Primary channel BPI_DIRECT_DEBIT is not included in the requested channels",
        },
    ),
    (
        PAY,
        {"metadata": {"note": "x" * 81}},
        400,
        {"error_code": "INVALID_METADATA", "message": "Metadata value must have at most 80 characters"},
    ),
    (
        PAY,
        {"items": [ITEM | {"metadata": {"note": "x" * 81}}]},
        400,
        {"error_code": "INVALID_ITEM_METADATA", "message": "Metadata value must have at most 80 characters"},
    ),
    (
        PAY,
        {"customer_id": "someone"},
        400,
        {"error_code": "INVALID_CUSTOMER_ID", "message": 'Customer ID must start with "cust-"'},
    ),
    (
        PAY,
        {"success_return_url": "shop.test/thanks"},
        400,
        {"error_code": "INVALID_URL", "message": "Please provide a valid HTTPS URL"},
    ),
    (
        {key: value for key, value in SAVE.items() if key != "customer"},
        {},
        400,
        {"error_code": "MISSING_CUSTOMER", "message": "Customer object or customer_id is required"},
    ),
    (
        SAVE,
        {"capture_method": "AUTOMATIC"},
        400,
        {
            "error_code": "DISALLOWED_CAPTURE_METHOD",
            "message": "Capture method is not supported for session type SAVE",
        },
    ),
    (
        PAY,
        {"expires_at": "2026-11-22T09:09:59Z"},
        400,
        {"error_code": "INVALID_EXPIRY_DATE", "message": "expires_at must be at least 10 minutes in the future"},
    ),
    (
        SAVE,
        {"items": [ITEM]},
        400,
        {"error_code": "ITEMS_NOT_SUPPORTED", "message": "Items are allowed for session type PAY only"},
    ),
    (
        PAY,
        {"session_type": "AUTHORIZATION"},
        400,
        {
            "error_code": "SESSION_TYPE_NOT_SUPPORTED",
            "message": "session_type AUTHORIZATION is not supported for now",
        },
    ),
    (
        PAY,
        {"mode": "INVALID_MODE"},
        400,
        {"error_code": "MODE_NOT_SUPPORTED", "message": "mode INVALID_MODE is not supported for now"},
    ),
    (
        PAY,
        {"customer_id": "cust-e2878b4c-d57e-4a2c-922d-c0313c2800a3"},
        404,
        {"error_code": "DATA_NOT_FOUND", "message": "The customer ID provided in the request does not exist"},
    ),
]


@pytest.mark.parametrize(("body", "changes", "status", "expected"), DOCUMENTED)
async def test_documented_refusals(
    rig: Rig, body: dict[str, Any], changes: dict[str, Any], status: int, expected: dict[str, Any]
) -> None:
    answer = await rig.api.post("/sessions", json=body | changes)
    assert (answer.status_code, answer.json()) == (status, expected)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"reference_id": ""}, "/body/reference_id"),
        ({"reference_id": "x" * 65}, "/body/reference_id"),
        ({"reference_id": 7}, "/body/reference_id"),
        ({"session_type": "GIFT"}, "/body/session_type"),
        ({"amount": "240000"}, "/body/amount"),
        ({"amount": True}, "/body/amount"),
        ({"amount": -1}, "/body/amount"),
        ({"capture_method": "LATER"}, "/body/capture_method"),
        ({"allow_save_payment_method": "optional"}, "/body/allow_save_payment_method"),
        ({"locale": "english"}, "/body/locale"),
        ({"description": ""}, "/body/description"),
        ({"description": "x" * 1001}, "/body/description"),
        ({"expires_at": "tomorrow"}, "/body/expires_at"),
        ({"expires_at": "2026-11-23"}, "/body/expires_at"),
        ({"metadata": []}, "/body/metadata"),
        ({"items": {}}, "/body/items"),
        ({"items": [ITEM | {"quantity": 0}]}, "/body/items/0/quantity"),
        ({"items": [ITEM | {"quantity": 1.5}]}, "/body/items/0/quantity"),
        ({"items": [ITEM, ITEM | {"type": "COFFEE"}]}, "/body/items/1/type"),
        ({"items": [{"name": "Gayo"}]}, "/body/items/0/net_unit_amount"),
        ({"items": [ITEM | {"image_url": "javascript:alert(1)"}]}, "/body/items/0/image_url"),
        ({"customer": {"reference_id": "c"}}, "/body/customer/type"),
        ({"customer": CUSTOMER | {"type": "BUSINESS"}}, "/body/customer/type"),
        ({"customer": CUSTOMER | {"email": "nobody"}}, "/body/customer/email"),
        ({"customer": CUSTOMER | {"mobile_number": "0812345"}}, "/body/customer/mobile_number"),
        ({"customer": CUSTOMER | {"individual_detail": {}}}, "/body/customer/individual_detail/given_names"),
        ({"notification_channels": ["SMS"]}, "/body/notification_channels/0"),
        ({"internal_metadata": {}}, "/body/internal_metadata"),
        ({"mode": "COMPONENTS"}, "/body/components_configuration"),
        ({"mode": "COMPONENTS", "components_configuration": {}}, "/body/components_configuration/origins"),
        (
            {"mode": "COMPONENTS", "components_configuration": {"origins": ["http://localhost:8000/shop"]}},
            "/body/components_configuration/origins/0",
        ),
        ({"session_type": "SUBSCRIPTION"}, "/body/subscription"),
        (
            {"session_type": "SUBSCRIPTION", "subscription": {"schedule": {"interval": "MONTH"}}},
            "/body/subscription/schedule/anchor_date",
        ),
        (
            {
                "session_type": "SUBSCRIPTION",
                "subscription": {
                    "schedule": {"anchor_date": "2026-12-29T00:00:00Z", "interval": "MONTH", "interval_count": 1}
                },
            },
            "/body/subscription/schedule/anchor_date",
        ),
        (
            {"channel_properties": {"cards": {"card_on_file_type": "RECURRING"}}},
            "/body/channel_properties/cards/recurring_configuration",
        ),
        ({"channel_properties": {"cards": {"card_details": {}}}}, "/body/channel_properties/cards/card_details"),
    ],
)
async def test_what_breaks_the_schema_is_refused_by_its_path(rig: Rig, changes: dict[str, Any], path: str) -> None:
    answer = await rig.api.post("/sessions", json=PAY | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    assert path in [error["path"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("changes", "error_code"),
    [
        ({"currency": "EUR"}, "INVALID_CURRENCY"),
        ({"country": "DE"}, "INVALID_COUNTRY"),
        ({"amount": 240_000.5}, "INVALID_AMOUNT"),
        ({"amount": 10**15}, "INVALID_AMOUNT"),
        ({"currency": "SGD", "country": "SG", "amount": 1.005}, "INVALID_AMOUNT"),
        ({"mode": "CARDS_SESSION_JS"}, "MODE_NOT_SUPPORTED"),
        ({"metadata": {"k" * 41: "v"}}, "INVALID_METADATA"),
        ({"metadata": {str(n): "v" for n in range(21)}}, "INVALID_METADATA"),
        ({"metadata": {"note": 7}}, "INVALID_METADATA"),
        ({"allowed_payment_channels": ["GCASH"]}, "INVALID_PAYMENT_CHANNEL"),
        (
            {
                "allow_save_payment_method": "FORCED",
                "customer": CUSTOMER,
                "allowed_payment_channels": ["QRIS"],
            },
            "INVALID_PAYMENT_CHANNEL",
        ),
        ({"capture_method": "MANUAL", "allowed_payment_channels": ["QRIS"]}, "INVALID_PAYMENT_CHANNEL"),
        ({"allow_save_payment_method": "OPTIONAL"}, "MISSING_CUSTOMER"),
        ({"cancel_return_url": "ftp://shop.test/"}, "INVALID_URL"),
        ({"success_return_url": "http://"}, "INVALID_URL"),
        ({"success_return_url": "http://shop.test/\r\nx: y"}, "INVALID_URL"),
        ({"success_return_url": "http://shop.test:port/"}, "INVALID_URL"),
        ({"expires_at": "2028-01-01T00:00:00Z"}, "INVALID_EXPIRY_DATE"),
        (SAVE | {"amount": 1}, "INVALID_AMOUNT"),
        (SUBSCRIPTION | {"amount": 0}, "INVALID_AMOUNT"),
        (SUBSCRIPTION | {"capture_method": "MANUAL"}, "DISALLOWED_CAPTURE_METHOD"),
    ],
)
async def test_rules_beyond_the_schema(rig: Rig, changes: dict[str, Any], error_code: str) -> None:
    answer = await rig.api.post("/sessions", json=PAY | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, error_code)


async def test_the_schema_is_checked_before_the_rules_and_the_key_before_both(rig: Rig) -> None:
    both_wrong = PAY | {"amount": 0, "locale": "english"}
    assert (await rig.api.post("/sessions", json=both_wrong)).json()["error_code"] == "API_VALIDATION_ERROR"
    answer = await rig.api.post("/sessions", content="{", auth=("wrong", ""))
    assert answer.json() == {"error_code": "INVALID_API_KEY", "message": "API key is not authorized for this API"}


NO_JSON = ["", "{", "[1", "NaN", '{"amount": NaN}', '{"a": "\\u0000"}', '{"a": "\\ud800"}']
TOO_COSTLY = {"deep": "[" * 100_000, "huge": '{"amount": 1e400000000}', "long": '{"amount": ' + "9" * 5000 + "}"}


@pytest.mark.parametrize("content", [*NO_JSON, *(pytest.param(text, id=name) for name, text in TOO_COSTLY.items())])
async def test_what_is_not_json_or_would_cost_too_much_is_refused(rig: Rig, content: str) -> None:
    answer = await rig.api.post("/sessions", content=content)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_JSON_FORMAT")


@pytest.mark.parametrize("content", ["[]", "7", '"text"', "null"])
async def test_json_that_is_no_object_is_refused(rig: Rig, content: str) -> None:
    answer = await rig.api.post("/sessions", content=content)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer xnd_development_sandbox"},
        {"Authorization": "Basic ???"},
        {"Authorization": "Basic eG5k"},
        {b"Authorization": b"Basic \xc3\xa9"},
    ],
)
async def test_a_call_without_a_secret_key_is_refused(rig: Rig, headers: dict[Any, Any]) -> None:
    rig.api.auth = None
    for method, path in (("POST", "/sessions"), ("GET", "/sessions/ps-1"), ("POST", "/v2/invoices")):
        answer = await rig.api.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error_code"]) == (401, "INVALID_API_KEY")


@pytest.mark.parametrize("key", ["xnd_public_development_abc", "xnd_production_abc", "xnd_development_", ""])
async def test_only_test_mode_secret_keys_are_taken(rig: Rig, key: str) -> None:
    assert (await rig.api.post("/sessions", json=PAY, auth=(key, ""))).status_code == 401


async def test_another_business_sees_nothing(rig: Rig) -> None:
    session = await rig.create(PAY)
    stranger = ("xnd_development_sandbox_php", "")
    for method, path in (("GET", ""), ("POST", "/cancel")):
        answer = await rig.api.request(method, f"/sessions/{session['payment_session_id']}{path}", auth=stranger)
        assert (answer.status_code, answer.json()) == (404, {"error_code": "NOT_FOUND", "message": "Session not found"})
    assert (await rig.session(session))["status"] == "ACTIVE"


async def test_two_businesses_use_the_same_customer_reference(rig: Rig) -> None:
    first = await rig.create(PAY, customer=CUSTOMER)
    other = await rig.api.post("/sessions", json=PAY | {"customer": CUSTOMER}, auth=("xnd_development_other", ""))
    assert other.status_code == 201
    assert other.json()["customer_id"] != first["customer_id"]


async def test_a_known_customer_is_found_by_id(rig: Rig) -> None:
    customer_id = (await rig.create(PAY, customer=CUSTOMER))["customer_id"]
    body = {key: value for key, value in SAVE.items() if key != "customer"}
    assert (await rig.create(body, customer_id=customer_id))["customer_id"] == customer_id


async def test_cancelling_twice_is_refused(rig: Rig) -> None:
    session = await rig.create(PAY)
    path = f"/sessions/{session['payment_session_id']}/cancel"
    assert (await rig.api.post(path)).json()["status"] == "CANCELED"
    answer = await rig.api.post(path)
    assert (answer.status_code, answer.json()) == (
        422,
        {"error_code": "INVALID_SESSION_STATUS", "message": "Session status is CANCELED, expecting ACTIVE"},
    )


async def test_a_session_expires_by_the_clock(rig: Rig) -> None:
    session = await rig.create(PAY, expires_at="2026-11-22T16:15:00+07:00")
    assert session["expires_at"] == "2026-11-22T09:15:00.000Z"
    rig.clock.pass_by(minutes=14, seconds=59)
    assert (await rig.session(session))["status"] == "ACTIVE"
    rig.clock.pass_by(seconds=1)
    assert (await rig.session(session))["status"] == "EXPIRED"
    answer = await rig.api.post(f"/sessions/{session['payment_session_id']}/cancel")
    assert answer.json()["message"] == "Session status is EXPIRED, expecting ACTIVE"
