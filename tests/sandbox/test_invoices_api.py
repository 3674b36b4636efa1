"""The legacy Invoice API: create, get, find, expire, and what it refuses."""

import re
from typing import Any

import pytest

from tests.sandbox.conftest import INVOICE, Rig

pytestmark = pytest.mark.anyio


async def test_an_invoice_is_answered_as_xendit_does(rig: Rig) -> None:
    items = [{"name": "Gayo Highlands", "price": 240_000, "quantity": 1}]
    invoice = await rig.create(INVOICE, items=items, customer={"given_names": "Ada"})
    assert re.fullmatch(r"[0-9a-f]{24}", invoice["id"])
    assert re.fullmatch(r"http://shop\.test/sandbox/invoice/[0-9a-f]{24}", invoice["invoice_url"])
    assert invoice["id"] not in invoice["invoice_url"]
    assert (invoice["status"], invoice["expiry_date"]) == ("PENDING", "2026-11-23T09:00:00.000Z")
    assert invoice["items"] == items
    assert {"ewallet_type": "DANA"} in invoice["available_ewallets"]
    assert {"qr_code_type": "QRIS"} in invoice["available_qr_codes"]
    assert {"retail_outlet_name": "ALFAMART"} in invoice["available_retail_outlets"]
    assert invoice["available_banks"][0]["bank_code"] == "BCA"
    assert (await rig.api.get(f"/v2/invoices/{invoice['id']}")).json() == invoice


async def test_the_address_of_the_official_sdk_works_too(rig: Rig) -> None:
    assert (await rig.api.post("/v2/invoices/", json=INVOICE)).status_code == 200


async def test_invoices_are_found_by_external_id(rig: Rig) -> None:
    first = await rig.create(INVOICE)
    rig.clock.pass_by(seconds=1)
    second = await rig.create(INVOICE)
    await rig.create(INVOICE, external_id="another")
    found = (await rig.api.get("/v2/invoices", params={"external_id": "order-1"})).json()
    assert [invoice["id"] for invoice in found] == [second["id"], first["id"]]
    assert (await rig.api.get("/v2/invoices", params={"external_id": "nobody's"})).json() == []
    assert len((await rig.api.get("/v2/invoices")).json()) == 3
    stranger = ("xnd_development_sandbox_php", "")
    assert (await rig.api.get("/v2/invoices", params={"external_id": "order-1"}, auth=stranger)).json() == []


async def test_idr_decimals_are_cut_off(rig: Rig) -> None:
    assert (await rig.create(INVOICE, amount=240_000.99))["amount"] == 240_000
    assert (await rig.create(INVOICE, amount=99.95, currency="PHP"))["amount"] == 99.95


async def test_amount_wins_over_items_and_fees(rig: Rig) -> None:
    items = [{"name": "Gayo Highlands", "price": 1, "quantity": 1}]
    assert (await rig.create(INVOICE, items=items, fees=[{"type": "Shipping", "value": 5}]))["amount"] == 240_000


async def test_an_invoice_is_expired_by_its_merchant_or_by_the_clock(rig: Rig) -> None:
    by_hand, by_clock = await rig.create(INVOICE), await rig.create(INVOICE, invoice_duration=60)
    answer = await rig.api.post(f"/invoices/{by_hand['id']}/expire!")
    assert (answer.status_code, answer.json()["status"]) == (200, "EXPIRED")
    assert (await rig.api.post(f"/invoices/{by_hand['id']}/expire!")).json()["status"] == "EXPIRED"
    rig.clock.pass_by(seconds=60)
    assert (await rig.api.get(f"/v2/invoices/{by_clock['id']}")).json()["status"] == "EXPIRED"


async def test_a_paid_invoice_stays_paid_when_expired(rig: Rig) -> None:
    invoice = await rig.create(INVOICE)
    await rig.settle(invoice)
    assert (await rig.api.post(f"/invoices/{invoice['id']}/expire!")).json()["status"] == "PAID"


async def test_another_business_finds_no_invoice(rig: Rig) -> None:
    invoice = await rig.create(INVOICE)
    for method, path in (("GET", f"/v2/invoices/{invoice['id']}"), ("POST", f"/invoices/{invoice['id']}/expire!")):
        answer = await rig.api.request(method, path, auth=("xnd_development_sandbox_php", ""))
        assert (answer.status_code, answer.json()["error_code"]) == (404, "INVOICE_NOT_FOUND_ERROR")


@pytest.mark.parametrize(
    ("changes", "error_code"),
    [
        ({"external_id": ""}, "API_VALIDATION_ERROR"),
        ({"external_id": "x" * 256}, "API_VALIDATION_ERROR"),
        ({"amount": "240000"}, "API_VALIDATION_ERROR"),
        ({"description": ""}, "API_VALIDATION_ERROR"),
        ({"invoice_duration": 0}, "API_VALIDATION_ERROR"),
        ({"invoice_duration": 31_536_001}, "API_VALIDATION_ERROR"),
        ({"items": [{"name": "x", "price": 1, "quantity": 1}] * 76}, "API_VALIDATION_ERROR"),
        ({"items": [{"name": "x"}]}, "API_VALIDATION_ERROR"),
        ({"fees": [{"type": "x", "value": 1}] * 11}, "API_VALIDATION_ERROR"),
        ({"success_redirect_url": "http://shop.test/" + "x" * 255}, "API_VALIDATION_ERROR"),
        ({"success_redirect_url": "javascript:alert(1)"}, "API_VALIDATION_ERROR"),
        ({"metadata": {"k" * 41: "v"}}, "API_VALIDATION_ERROR"),
        ({"customer_notification_preference": {"invoice_paid": ["pigeon"]}}, "API_VALIDATION_ERROR"),
        ({"customer_notification_preference": ["email"]}, "API_VALIDATION_ERROR"),
        ({"currency": "SGD"}, "UNSUPPORTED_CURRENCY"),
        ({"currency": "HKD"}, "UNSUPPORTED_CURRENCY"),
        ({"currency": "MXN"}, "UNSUPPORTED_CURRENCY"),
        ({"amount": 0}, "MINIMAL_TRANSFER_AMOUNT_ERROR"),
        ({"amount": 1_000_000_001}, "MAXIMUM_TRANSFER_AMOUNT_ERROR"),
        ({"payer_email": "nobody"}, "EMAIL_FORMAT_ERROR"),
        ({"customer": {"email": "nobody"}}, "EMAIL_FORMAT_ERROR"),
        ({"payment_methods": ["GCASH"]}, "UNAVAILABLE_PAYMENT_METHOD_ERROR"),
        ({"reminder_time": 2, "reminder_time_unit": "days"}, "INVALID_REMINDER_TIME"),
    ],
)
async def test_refusals(rig: Rig, changes: dict[str, Any], error_code: str) -> None:
    answer = await rig.api.post("/v2/invoices", json=INVOICE | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, error_code)


@pytest.mark.parametrize("currency", ["IDR", "USD", "THB", "VND", "PHP", "MYR"])
async def test_its_six_currencies(rig: Rig, currency: str) -> None:
    assert (await rig.create(INVOICE, currency=currency))["currency"] == currency
