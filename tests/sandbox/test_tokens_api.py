"""Saved payment methods in the sandbox, held against the documented object, webhooks and errors."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.sandbox.conftest import CUSTOMER, PAY, SAVE, Rig
from webapp.sandbox import retention

pytestmark = pytest.mark.anyio

STRANGER = ("xnd_development_sandbox_php", "")
# https://docs.xendit.co/apidocs, Payment Token
TOKEN = {
    *("payment_token_id", "business_id", "reference_id", "customer_id", "country", "currency", "channel_code"),
    *("channel_properties", "actions", "status", "token_details", "failure_code", "description", "metadata"),
    *("created", "updated"),
}
CARD = {
    "masked_card_number": "400000XXXXXX1000",
    "expiry_month": "12",
    "expiry_year": "2030",
    "type": "CREDIT",
    "network": "VISA",
    "issuer": "SANDBOX BANK",
    "country": "ID",
    "cardholder_first_name": "Ada",
    "cardholder_last_name": "Lovelace",
    "cardholder_email": "ada@example.com",
    "cardholder_phone_number": None,
}


async def saved(rig: Rig, choice: str = "CARDS.visa", body: dict[str, Any] = SAVE) -> dict[str, Any]:
    """A payment method that a customer saved on the hosted page."""
    created = await rig.create(body)
    answer = await rig.settle(created, choice)
    if choice not in ("CARDS.visa", "CARDS.mastercard"):
        await rig.browser.post(answer.headers["location"], data={"decision": "approve"})
    token_id = (await rig.session(created))["payment_token_id"]
    found: dict[str, Any] = (await rig.api.get(f"/v3/payment_tokens/{token_id}")).json()
    return found


async def test_a_saved_card_is_described_without_its_number(rig: Rig) -> None:
    token = await saved(rig)
    assert set(token) == TOKEN
    assert (token["status"], token["channel_code"], token["actions"]) == ("ACTIVE", "CARDS", [])
    card = token["channel_properties"]["card_details"]
    assert card == CARD | {"fingerprint": card["fingerprint"]} and len(card["fingerprint"]) == 24
    assert set(token["token_details"]) == {"authorization_data", "authentication_data"}
    await rig.deliver()
    assert rig.receiver.events == ["payment_token.activation", "payment_session.completed"]
    assert rig.receiver.arrived[0][1]["data"] == token
    assert "4000000000001000" not in json.dumps(token)


async def test_a_saved_wallet_names_its_account(rig: Rig) -> None:
    token = await saved(rig, "DANA")
    assert set(token) == TOKEN and token["customer_id"].startswith("cust-")
    details = token["token_details"]
    assert set(details) == {"account_name", "account_number", "account_balance", "account_point_balance"}
    assert details["account_name"] == "Ada Lovelace" and details["account_number"].startswith("****")


async def test_pay_and_save_saves_only_what_the_customer_ticked(rig: Rig) -> None:
    body = PAY | {"customer": CUSTOMER, "allow_save_payment_method": "OPTIONAL"}
    ticked, unticked = await rig.create(body), await rig.create(body)
    await rig.settle(ticked, save="yes")
    await rig.settle(unticked)
    token_id = (await rig.session(ticked))["payment_token_id"]
    assert (await rig.api.get(f"/v3/payment_tokens/{token_id}")).json()["status"] == "ACTIVE"
    record = await rig.sandbox.store.get_session(unticked["payment_session_id"])
    assert record and record.attempts[0]["card"] is None and "payment_token_id" not in record.session


async def test_a_token_is_cancelled_once(rig: Rig) -> None:
    token = await saved(rig)
    path = f"/v3/payment_tokens/{token['payment_token_id']}"
    await rig.deliver()
    cancelled = await rig.api.post(f"{path}/cancel")
    assert (cancelled.status_code, cancelled.json()) == (200, token | {"status": "CANCELED"})
    again = await rig.api.post(f"{path}/cancel")
    assert (again.status_code, again.json()["error_code"]) == (400, "INELIGIBLE_TRANSACTION_STATUS")
    await rig.deliver()
    assert len(rig.receiver.arrived) == 2  # no webhook is documented for a cancel


async def test_a_method_that_could_not_be_saved_is_shown(rig: Rig) -> None:
    created = await rig.create(SAVE)
    answer = await rig.settle(created, "DANA")
    record = await rig.sandbox.store.get_session(created["payment_session_id"])
    assert record is not None
    path = f"/v3/payment_tokens/{record.attempts[0]['payment_token_id']}"
    assert (await rig.api.get(path)).json()["status"] == "REQUIRES_ACTION"
    await rig.browser.post(answer.headers["location"], data={"decision": "decline"})
    await rig.deliver()
    failed = (await rig.api.get(path)).json()
    assert (rig.receiver.events, rig.receiver.arrived[0][1]["data"]) == (["payment_token.failure"], failed)
    assert set(failed) == TOKEN and failed["status"] == "FAILED"
    assert (await rig.api.post(f"{path}/cancel")).json()["error_code"] == "INELIGIBLE_TRANSACTION_STATUS"
    assert (await rig.api.get(path, auth=STRANGER)).status_code == 404


async def test_a_token_of_another_business_is_unknown(rig: Rig) -> None:
    path = f"/v3/payment_tokens/{(await saved(rig))['payment_token_id']}"
    answers = [await rig.api.get(path, auth=STRANGER), await rig.api.post(f"{path}/cancel", auth=STRANGER)]
    answers += [await rig.api.get("/v3/payment_tokens/pt-none"), await rig.api.get("/v3/payment_tokens/ps-none")]
    assert {(answer.status_code, answer.json()["error_code"]) for answer in answers} == {(404, "DATA_NOT_FOUND")}


async def test_a_saved_card_ends_with_the_card(rig: Rig) -> None:
    token = await saved(rig)
    rig.clock.pass_by(days=4 * 365)  # still November 2030
    path = f"/v3/payment_tokens/{token['payment_token_id']}"
    assert (await rig.api.get(path)).json()["status"] == "ACTIVE"
    await rig.deliver()
    rig.clock.pass_by(days=41)
    await rig.deliver()
    assert rig.receiver.events[-1] == "payment_token.expiry"
    assert rig.receiver.arrived[-1][1]["data"] == (await rig.api.get(path)).json()
    assert (await rig.api.post(f"{path}/cancel")).json()["error_code"] == "INELIGIBLE_TRANSACTION_STATUS"


async def test_a_token_and_its_customer_outlive_their_session_until_the_token_ends(rig: Rig) -> None:
    token = await saved(rig)
    await rig.deliver()
    path = f"/v3/payment_tokens/{token['payment_token_id']}"
    rig.clock.pass_by(days=8)
    await retention.delete_old(rig.sandbox.store, rig.sandbox.settings)
    assert (await rig.api.get("/customers", params={"reference_id": "customer-1"})).json()["data"]
    assert (await rig.api.post(f"{path}/cancel")).status_code == 200
    rig.clock.pass_by(days=8)
    await retention.delete_old(rig.sandbox.store, rig.sandbox.settings)
    assert (await rig.api.get(path)).status_code == 404
    assert (await rig.api.get(f"/customers/{token['customer_id']}")).status_code == 404


async def test_of_saved_methods_the_newest_are_kept(rig: Rig) -> None:
    found = []
    for _ in range(4):
        found.append(f"/v3/payment_tokens/{(await saved(rig))['payment_token_id']}")
        await rig.deliver()
        rig.clock.pass_by(minutes=1)
    rig.clock.pass_by(hours=2)
    await retention.delete_old(rig.sandbox.store, replace(rig.sandbox.settings, keep_objects=2))
    assert [(await rig.api.get(path)).status_code for path in found] == [404, 404, 200, 200]
