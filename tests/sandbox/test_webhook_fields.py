"""The fields of webhooks that only some payments have, and the payment of a subscription that begins at once."""

import re
from typing import Any

import pytest

from tests.sandbox.conftest import CUSTOMER, INVOICE, PAY, SAVE, SCHEDULE, SUBSCRIPTION, Rig

pytestmark = pytest.mark.anyio
NUMBER = r"[0-9]{12}"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
OF_ONE_KIND = [
    *("ewallet_type", "bank_code", "payment_destination", "payment_details", "payment_method_id"),
    "credit_card_charge_id",
]


@pytest.mark.parametrize(
    ("choice", "currency", "fields"),
    [
        ("DANA", "IDR", {"ewallet_type": "DANA", "payment_method_id": f"pm-{UUID}"}),
        ("BCA_VIRTUAL_ACCOUNT", "IDR", {"bank_code": "BCA", "payment_destination": NUMBER}),
        ("ALFAMART", "IDR", {"payment_destination": NUMBER}),
        ("CARDS.visa", "IDR", {"credit_card_charge_id": "[0-9a-f]{24}"}),
        ("MAYB2U_FPX", "MYR", {"payment_method_id": f"pm-{UUID}"}),
        ("QR_PH", "PHP", {"payment_details": {"receipt_id": NUMBER, "source": ".+"}}),
    ],
)
async def test_an_invoices_webhook_tells_how_it_was_paid(
    rig: Rig, choice: str, currency: str, fields: dict[str, Any]
) -> None:
    invoice = await rig.create(INVOICE, currency=currency, amount=20_000, should_authenticate_credit_card=True)
    step = await rig.settle(invoice, choice)
    if "." not in choice:
        await rig.browser.post(step.headers["location"], data={"decision": "approve"})
    await rig.deliver()
    ((_, body),) = rig.receiver.arrived
    assert body["should_authenticate_credit_card"] is True
    assert [name for name in OF_ONE_KIND if name in body] == [name for name in OF_ONE_KIND if name in fields]
    for name, wanted in fields.items():
        pairs = (
            [(body[name][key], wanted[key]) for key in wanted] if isinstance(wanted, dict) else [(body[name], wanted)]
        )
        assert all(re.fullmatch(pattern, value) for value, pattern in pairs), body[name]


async def test_the_account_on_the_page_is_the_payments_destination(rig: Rig) -> None:
    invoice = await rig.create(INVOICE)
    step = (await rig.settle(invoice, "BCA_VIRTUAL_ACCOUNT")).headers["location"]
    page = (await rig.browser.get(step)).text
    await rig.browser.post(step, data={"decision": "approve"})
    number = (await rig.api.get(f"/v2/invoices/{invoice['id']}")).json()["payment_destination"]
    assert " ".join((number[:4], number[4:8], number[8:])) in page


@pytest.mark.parametrize("choice", ["CARDS.visa", "CARDS.declined"])
async def test_a_payments_webhook_has_the_description_and_the_metadata(rig: Rig, choice: str) -> None:
    await rig.settle(await rig.create(PAY, description="Two bags", metadata={"table": "7"}), choice)
    await rig.deliver()
    data = rig.receiver.arrived[0][1]["data"]
    assert (data["description"], data["metadata"]) == ("Two bags", {"table": "7"})


async def test_a_saved_wallets_webhook_has_its_details_as_text(rig: Rig) -> None:
    session = await rig.create(SAVE | {"metadata": {"table": "7"}, "description": "For later"})
    step = await rig.settle(session, "DANA")
    await rig.browser.post(step.headers["location"], data={"decision": "approve"})
    await rig.deliver()
    data = next(body["data"] for _, body in rig.receiver.arrived if body["event"] == "payment_token.activation")
    assert (data["metadata"], data["description"], data["actions"]) == ({"table": "7"}, "For later", [])
    assert data["token_details"]["account_name"] == "Ada Lovelace"
    assert {type(value) for value in data["token_details"].values()} == {str}


async def test_an_immediate_payment_comes_with_the_sessions_end(rig: Rig) -> None:
    session = await rig.create(SUBSCRIPTION | {"subscription": {"schedule": SCHEDULE, "immediate_payment": True}})
    await rig.settle(session)
    await rig.deliver()
    assert rig.receiver.events == [
        *("payment_token.activation", "payment_session.completed", "recurring.plan.activated"),
        *("recurring.cycle.created", "payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"),
    ]
    bodies = {body["event"]: body["data"] for _, body in rig.receiver.arrived}
    completed, payment = bodies["payment_session.completed"], bodies["payment.capture"]
    assert completed["payment_id"] == payment["payment_id"]
    assert completed["payment_request_id"] == payment["payment_request_id"]
    assert (await rig.session(session))["payment_id"] == payment["payment_id"]
    assert bodies["recurring.cycle.succeeded"]["attempt_details"][0]["payment_id"] == payment["payment_id"]
    found = await rig.api.get(f"/v3/payments/{payment['payment_id']}")
    assert (found.json()["status"], found.json()["request_amount"]) == ("SUCCEEDED", PAY["amount"])
    cycles = (await rig.api.get(f"/recurring/plans/{session['recurring_plan_id']}/cycles")).json()["data"]
    assert [(cycle["type"], cycle["status"]) for cycle in cycles] == [
        ("SCHEDULED", "SCHEDULED"),
        ("IMMEDIATE", "SUCCEEDED"),
    ]


async def test_an_immediate_payment_that_fails_ends_the_plan(rig: Rig) -> None:
    terms = {"amount": 10_054, "subscription": {"schedule": SCHEDULE, "immediate_payment": True}}
    session = await rig.create(SUBSCRIPTION | terms | {"customer": CUSTOMER})
    step = await rig.settle(session, "DANA")
    await rig.browser.post(step.headers["location"], data={"decision": "approve"})
    await rig.deliver()
    assert rig.receiver.events[-3:] == ["payment.failure", "recurring.cycle.failed", "recurring.plan.inactivated"]
    completed = next(body["data"] for _, body in rig.receiver.arrived if body["event"] == "payment_session.completed")
    assert {"payment_id", "payment_request_id"}.isdisjoint(completed)
