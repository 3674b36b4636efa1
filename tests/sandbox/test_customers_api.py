"""Customers in the sandbox, held against the documented answers and errors."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CUSTOMER, PAY, SAVE, Rig

pytestmark = pytest.mark.anyio

STRANGER = ("xnd_development_sandbox_php", "")
# https://docs.xendit.co/apidocs/create-customer-request
ANSWER = [
    *("id", "type", "reference_id", "individual_detail", "business_detail", "email", "mobile_number", "phone_number"),
    *("hashed_phone_number", "addresses", "identity_accounts", "kyc_documents", "description", "date_of_registration"),
    *("domicile_of_registration", "metadata", "created", "updated"),
]


async def test_a_customer_is_created_and_found_by_id_and_by_reference(rig: Rig) -> None:
    made = await rig.api.post("/customers", json=CUSTOMER | {"mobile_number": "+6281234567"})
    assert made.status_code == 200
    customer = made.json()
    assert list(customer) == ANSWER and re.fullmatch(r"cust-[0-9a-f-]{36}", customer["id"])
    assert {name: customer[name] for name in CUSTOMER} == CUSTOMER
    assert (customer["phone_number"], customer["addresses"]) == (None, [])
    assert (await rig.api.get(f"/customers/{customer['id']}")).json() == customer
    listed = (await rig.api.get("/customers", params={"reference_id": "customer-1"})).json()
    assert listed == {"data": [customer], "has_more": False}
    nobody = (await rig.api.get("/customers", params={"reference_id": "nobody"})).json()
    assert nobody == {"data": [], "has_more": False}


async def test_a_session_takes_the_customers_id_and_knows_the_name(rig: Rig) -> None:
    customer = (await rig.api.post("/customers", json=CUSTOMER)).json()
    session = await rig.create(PAY | {"customer_id": customer["id"]})
    assert session["customer_id"] == customer["id"]
    inline = await rig.create(SAVE)
    assert inline["customer_id"] == customer["id"]
    await rig.settle(session)
    await rig.deliver()
    assert {body["data"]["customer_id"] for _, body in rig.receiver.arrived} == {customer["id"]}


async def test_a_customer_of_a_session_is_a_customer_too(rig: Rig) -> None:
    session = await rig.create(SAVE)
    found = (await rig.api.get(f"/customers/{session['customer_id']}")).json()
    assert (found["email"], found["reference_id"]) == (CUSTOMER["email"], CUSTOMER["reference_id"])
    again = await rig.api.post("/customers", json=CUSTOMER)
    assert (again.status_code, again.json()["error_code"]) == (409, "DUPLICATE_ERROR")


async def test_the_same_key_creates_one_customer(rig: Rig) -> None:
    headers = {"idempotency-key": "key-1"}
    first, again = [await rig.api.post("/customers", json=CUSTOMER, headers=headers) for _ in range(2)]
    assert first.json() == again.json()
    other = await rig.api.post("/customers", json=CUSTOMER | {"reference_id": "customer-2"}, headers=headers)
    assert (other.status_code, other.json()["error_code"]) == (409, "IDEMPOTENCY_ERROR")
    assert (await rig.api.post("/customers", json=CUSTOMER, headers=headers, auth=STRANGER)).status_code == 200


async def test_a_key_is_kept_for_a_day_and_has_at_most_100_characters(rig: Rig) -> None:
    async def create(key: str, reference_id: str) -> httpx.Response:
        body = CUSTOMER | {"reference_id": reference_id}
        return await rig.api.post("/customers", json=body, headers={"idempotency-key": key})

    assert (await create("k" * 100, "customer-1")).status_code == 200
    for too_long_or_short in ("k" * 101, ""):
        refused = await create(too_long_or_short, "customer-2")
        assert (refused.status_code, refused.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    rig.clock.pass_by(hours=23)
    assert (await create("k" * 100, "customer-2")).status_code == 409
    rig.clock.pass_by(hours=2)
    later = [await create("k" * 100, "customer-2") for _ in range(2)]
    assert [answer.status_code for answer in later] == [200, 200] and later[0].json() == later[1].json()


async def test_another_business_finds_no_customer(rig: Rig) -> None:
    customer = (await rig.api.post("/customers", json=CUSTOMER)).json()
    unknown = await rig.api.get(f"/customers/{customer['id']}", auth=STRANGER)
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, "DATA_NOT_FOUND")
    listed = await rig.api.get("/customers", params={"reference_id": "customer-1"}, auth=STRANGER)
    assert listed.json()["data"] == []
    session = await rig.api.post("/sessions", json=PAY | {"customer_id": customer["id"]}, auth=STRANGER)
    assert (session.status_code, session.json()["error_code"]) == (404, "DATA_NOT_FOUND")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"reference_id": ""}, "/body/reference_id"),
        ({"reference_id": "r" * 256}, "/body/reference_id"),
        ({"type": "ROBOT"}, "/body/type"),
        ({"type": "BUSINESS"}, "/body/business_detail"),
        ({"individual_detail": {}}, "/body/individual_detail/given_names"),
        ({"individual_detail": None}, "/body/individual_detail"),
        ({"email": "nobody"}, "/body/email"),
        ({"mobile_number": "12"}, "/body/mobile_number"),
        ({"description": "x"}, "/body/description"),
        ({"addresses": [{}]}, "/body/addresses/0/country"),
    ],
)
async def test_a_customer_that_breaks_a_rule_is_refused(rig: Rig, change: dict[str, Any], path: str) -> None:
    answer = await rig.api.post("/customers", json=CUSTOMER | change)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    assert path in [error["path"] for error in answer.json()["errors"]]


async def test_a_customer_id_has_41_characters(rig: Rig) -> None:
    answer = await rig.api.post("/sessions", json=PAY | {"customer_id": "cust-short"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    missing = await rig.api.get("/customers")
    assert (missing.status_code, missing.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
