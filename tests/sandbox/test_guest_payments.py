"""Payment requests without a saved method: the customer approves on the wallet's page."""

from typing import Any

import pytest

from tests.sandbox.conftest import CUSTOMER, Rig

pytestmark = pytest.mark.anyio
GCASH: dict[str, Any] = {
    "reference_id": "order-7",
    "type": "PAY",
    "country": "PH",
    "currency": "PHP",
    "request_amount": 10_000.01,
    "capture_method": "AUTOMATIC",
    "channel_code": "GCASH",
    "channel_properties": {
        "success_return_url": "http://shop.test/success",
        "failure_return_url": "http://shop.test/failure",
    },
    "description": "Two bags",
    "metadata": {"table": "7"},
}


async def test_a_wallet_asks_and_pays(rig: Rig) -> None:
    answer = await rig.api.post("/v3/payment_requests", json=GCASH | {"customer": CUSTOMER})
    assert answer.status_code == 201, answer.text
    request = answer.json()
    assert {name: request[name] for name in GCASH} == GCASH
    assert (request["status"], request["payment_token_id"]) == ("REQUIRES_ACTION", None)
    assert (await rig.api.get(f"/customers/{request['customer_id']}")).json()["email"] == CUSTOMER["email"]
    (action,) = request["actions"]
    assert (action["type"], action["descriptor"]) == ("REDIRECT_CUSTOMER", "WEB_URL")
    assert (await rig.browser.get(action["value"])).status_code == 200
    back = await rig.browser.post(action["value"], data={"decision": "approve"})
    assert back.headers["location"] == "http://shop.test/success"
    await rig.deliver()
    assert rig.receiver.events == ["payment.capture"]
    data = rig.receiver.arrived[0][1]["data"]
    assert (data["description"], data["metadata"], data["request_amount"]) == ("Two bags", {"table": "7"}, 10_000.01)
    found = (await rig.api.get(f"/v3/payment_requests/{request['payment_request_id']}")).json()
    assert (found["status"], found["actions"]) == ("SUCCEEDED", [])
    refund = {"payment_request_id": request["payment_request_id"], "reason": "OTHERS", "amount": 5}
    assert (await rig.api.post("/refunds", json=refund)).json()["status"] == "PENDING"


async def test_a_channel_that_needs_no_customer_once_it_is_saved_asks_too(rig: Rig) -> None:
    dana = GCASH | {"country": "ID", "currency": "IDR", "request_amount": 20_000, "channel_code": "DANA"}
    assert (await rig.api.post("/v3/payment_requests", json=dana)).json()["status"] == "REQUIRES_ACTION"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"channel_code": None}, 400, "API_VALIDATION_ERROR"),
        ({"channel_code": "DANA"}, 400, "INVALID_VALUE_ERROR"),
        ({"currency": "XXX"}, 400, "INVALID_VALUE_ERROR"),
        ({"country": "ID"}, 400, "INVALID_VALUE_ERROR"),
        ({"request_amount": 0}, 400, "INVALID_VALUE_ERROR"),
        ({"request_amount": 100_001}, 400, "INVALID_VALUE_ERROR"),
        ({"capture_method": "MANUAL"}, 400, "INVALID_VALUE_ERROR"),
        ({"channel_properties": {"skip_three_ds": True}}, 403, "SKIP_3DS_FORBIDDEN"),
        ({"customer": {"reference_id": "x"}}, 400, "API_VALIDATION_ERROR"),
        ({"customer_id": "cust-unknown"}, 404, "DATA_NOT_FOUND"),
        ({"metadata": {"k" * 41: "v"}}, 400, "API_VALIDATION_ERROR"),
        ({"channel_code": "CARDS"}, 501, "NOT_IMITATED"),
        ({"channel_code": "QR_PH"}, 501, "NOT_IMITATED"),
    ],
)
async def test_refusals(rig: Rig, changes: dict[str, Any], status: int, code: str) -> None:
    answer = await rig.api.post("/v3/payment_requests", json=GCASH | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
