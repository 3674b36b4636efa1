"""The 72 requests of Xendit's official demo store: four flows in two modes and an invoice, in eight currencies."""

import itertools
import uuid
from typing import Any

import pytest

from tests.sandbox.conftest import SCHEDULE, Rig

pytestmark = pytest.mark.anyio
COUNTRIES = {"IDR": "ID", "PHP": "PH", "THB": "TH", "VND": "VN", "SGD": "SG", "MYR": "MY", "HKD": "HK", "MXN": "MX"}
UNIT = {"IDR": 150_000, "VND": 150_000}
FLOWS = ("pay", "pay_save", "save", "subscription")
MODES = ("PAYMENT_LINK", "COMPONENTS")
NO_INVOICES = ("SGD", "HKD", "MXN")  # the currencies of invoices in the official SDKs are six others


def amount_of(currency: str) -> int:
    return 2 * UNIT.get(currency, 15)


def session(currency: str, flow: str, mode: str) -> dict[str, Any]:
    """What the store sends: items always, a new customer each time, and no return address on localhost."""
    item = {"reference_id": "shirt", "type": "PHYSICAL_PRODUCT", "name": "Shirt", "category": "clothes"}
    item |= {"net_unit_amount": UNIT.get(currency, 15), "quantity": 2}
    body: dict[str, Any] = {
        "reference_id": str(uuid.uuid4()),
        "session_type": {"save": "SAVE", "subscription": "SUBSCRIPTION"}.get(flow, "PAY"),
        "mode": mode,
        "currency": currency,
        "country": COUNTRIES[currency],
        "amount": 0 if flow == "save" else amount_of(currency),
        "items": [] if flow == "save" else [item],
        "expires_at": "2026-11-22T10:00:00.000Z",
        "description": "An order of the demo store",
        "allow_save_payment_method": "OPTIONAL" if flow == "pay_save" else "DISABLED",
        "customer": {
            "reference_id": str(uuid.uuid4()),
            "type": "INDIVIDUAL",
            "email": "ada@example.com",
            "mobile_number": "+6281234567890",
            "individual_detail": {"given_names": "Ada", "surname": "Lovelace"},
        },
    }
    if mode == "COMPONENTS":
        body["components_configuration"] = {"origins": ["http://localhost:5173"]}
    if flow == "subscription":
        body["subscription"] = {"schedule": SCHEDULE | {"total_recurrence": 12}, "failed_cycle_action": "RESUME"}
    return body


@pytest.mark.parametrize(("currency", "flow", "mode"), list(itertools.product(COUNTRIES, FLOWS, MODES)))
async def test_a_session_of_the_store_is_accepted(rig: Rig, currency: str, flow: str, mode: str) -> None:
    body = session(currency, flow, mode)
    answer = await rig.api.post("/sessions", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert {name: made[name] for name in body if name != "customer"} == {
        name: body[name] for name in body if name != "customer"
    }
    assert made["customer_id"].startswith("cust-")
    assert ("payment_link_url" if mode == "PAYMENT_LINK" else "components_sdk_key") in made


@pytest.mark.parametrize("currency", COUNTRIES)
async def test_an_invoice_of_the_store_is_accepted_in_the_currencies_of_invoices(rig: Rig, currency: str) -> None:
    body = {
        "external_id": str(uuid.uuid4()),
        "amount": amount_of(currency) + 1,
        "currency": currency,
        "payer_email": "ada@example.com",
        "items": [{"name": "Shirt", "quantity": 2, "price": UNIT.get(currency, 15), "category": "clothes"}],
        "fees": [{"type": "Shipping", "value": 1}],
        "success_redirect_url": "http://localhost:5173/success",
    }
    answer = await rig.api.post("/v2/invoices", json=body)
    if currency in NO_INVOICES:
        assert (answer.status_code, answer.json()["error_code"]) == (400, "UNSUPPORTED_CURRENCY")
        return
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()[name] for name in body} == body


def test_that_makes_72() -> None:
    assert len(COUNTRIES) * (len(FLOWS) * len(MODES) + 1) == 72
