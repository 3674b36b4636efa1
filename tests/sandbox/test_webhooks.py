"""Webhooks: which are sent after which change, how often, and with which faults."""

import logging
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CUSTOMER, INVOICE, PAY, SAVE, SUBSCRIPTION, TOKEN, OpenRig, Rig
from webapp.sandbox import Sandbox

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (PAY, ["payment.capture", "payment_session.completed"]),
        (
            PAY | {"allow_save_payment_method": "FORCED", "customer": CUSTOMER},
            ["payment.capture", "payment_token.activation", "payment_session.completed"],
        ),
        (SAVE, ["payment_token.activation", "payment_session.completed"]),
        (
            SUBSCRIPTION,
            [
                "payment_token.activation",
                "payment_session.completed",
                "recurring.plan.activated",
                "recurring.cycle.created",
            ],
        ),
        (INVOICE, ["invoice"]),
    ],
)
async def test_what_a_payment_sends(rig: Rig, body: dict[str, Any], events: list[str]) -> None:
    await rig.settle(await rig.create(body))
    assert rig.receiver.events == []  # nothing before the outbox is worked on
    await rig.deliver()
    assert rig.receiver.events == events
    assert {headers["x-callback-token"] for headers, _ in rig.receiver.arrived} == {TOKEN}
    assert len({headers["webhook-id"] for headers, _ in rig.receiver.arrived}) == len(events)
    await rig.deliver()
    assert rig.receiver.events == events


async def test_the_session_webhook_has_the_documented_shape(rig: Rig) -> None:
    session = await rig.create(PAY)
    await rig.settle(session)
    rig.clock.pass_by(seconds=3)
    await rig.deliver()
    payment, completed = (body for _, body in rig.receiver.arrived)
    assert completed["event"] == "payment_session.completed"
    assert completed["created"] == "2026-11-22T09:00:03.000Z"
    now = await rig.session(session)
    data = completed["data"]
    assert data["payment_link_url"] == session["payment_link_url"]
    assert {name: data[name] for name in data} == {name: now[name] for name in data}
    assert data["status"] == "COMPLETED"
    assert (payment["data"]["status"], payment["data"]["request_amount"]) == ("SUCCEEDED", 240_000)
    assert payment["data"]["payment_id"] == now["payment_id"] == data["payment_id"]
    assert payment["business_id"] == session["business_id"]


async def test_the_invoice_webhook_is_flat(rig: Rig) -> None:
    invoice = await rig.create(INVOICE)
    step = (await rig.settle(invoice, "BCA_VIRTUAL_ACCOUNT")).headers["location"]
    await rig.browser.post(step, data={"decision": "approve"})
    await rig.deliver()
    body = rig.receiver.arrived[0][1]
    assert {"event", "data", "invoice_url"}.isdisjoint(body)
    assert (body["id"], body["external_id"], body["status"]) == (invoice["id"], "order-1", "PAID")
    assert (body["payment_method"], body["payment_channel"]) == ("BANK_TRANSFER", "BCA")
    assert (body["paid_amount"], body["merchant_name"], body["is_high"]) == (240_000, "Demo Merchant", False)


async def test_failures_expiry_and_cancelling(rig: Rig) -> None:
    failed, expired, cancelled = [await rig.create(PAY) for _ in range(3)]
    await rig.settle(failed, "CARDS.declined")
    await rig.deliver()
    assert rig.receiver.events == ["payment.failure"]
    await rig.api.post(f"/sessions/{cancelled['payment_session_id']}/cancel")
    await rig.settle(failed)
    rig.clock.pass_by(minutes=31)
    await rig.deliver()  # nobody looks at the sessions: the background work finds what has expired
    assert sorted(rig.receiver.events[1:]) == [
        "payment.capture",
        "payment_session.completed",
        "payment_session.expired",
    ]
    assert expired["payment_session_id"] in {body["data"].get("payment_session_id") for _, body in rig.receiver.arrived}


async def test_an_expired_invoice_tells_it_without_payment_fields(rig: Rig) -> None:
    await rig.create(INVOICE, invoice_duration=60)
    rig.clock.pass_by(seconds=61)
    await rig.deliver()
    body = rig.receiver.arrived[0][1]
    assert body["status"] == "EXPIRED"
    assert not [name for name in body if name.startswith(("paid_", "payment_"))]


async def test_anything_but_2xx_is_tried_again_on_the_schedule(open_rig: OpenRig) -> None:
    rig: Rig = await open_rig(webhook_schedule=(1, 5))
    rig.receiver.answers = [500, 0, 302]
    await rig.settle(await rig.create(INVOICE))
    for seconds in (0, 0.9, 0.2, 4.5, 1, 600):
        rig.clock.pass_by(seconds=seconds)
        await rig.deliver()
    ids = {headers["webhook-id"] for headers, _ in rig.receiver.arrived}
    assert (len(rig.receiver.arrived), len(ids)) == (3, 1)
    (row,) = await rig.sandbox.webhooks()
    assert (row["status"], row["attempts"], row["answer"]) == ("GIVEN_UP", 3, "302")
    assert await rig.sandbox.resend(row["webhook_id"])
    await rig.deliver()
    (row,) = await rig.sandbox.webhooks()
    assert (row["status"], row["attempts"], len(rig.receiver.arrived)) == ("DELIVERED", 1, 4)
    assert not await rig.sandbox.resend("unknown")


async def test_webhooks_of_one_object_are_listed_alone(rig: Rig) -> None:
    first, second = await rig.create(PAY), await rig.create(INVOICE)
    await rig.settle(first)
    await rig.settle(second)
    assert len(await rig.sandbox.webhooks()) == 3
    assert [row["event"] for row in await rig.sandbox.webhooks(second["id"])] == ["invoice"]
    rows = await rig.sandbox.webhooks(first["payment_session_id"])
    assert {row["event"] for row in rows} == {"payment.capture", "payment_session.completed"}
    assert "body" not in rows[0]


async def test_the_page_of_what_is_over_sends_its_own_webhooks_again(rig: Rig) -> None:
    first, second = await rig.create(INVOICE), await rig.create(INVOICE)
    for invoice in (first, second):
        await rig.settle(invoice)
    await rig.deliver()
    own, foreign = [(await rig.sandbox.webhooks(invoice["id"]))[0]["webhook_id"] for invoice in (first, second)]
    assert own in (await rig.browser.get(first["invoice_url"])).text
    for webhook_id in (own, foreign):
        form = {"decision": "resend", "webhook": webhook_id}
        assert (await rig.browser.post(first["invoice_url"], data=form)).status_code == 303
    await rig.deliver()
    assert [headers["webhook-id"] for headers, _ in rig.receiver.arrived].count(own) == 2
    assert len(rig.receiver.arrived) == 3


async def test_duplicates_arrive_with_the_same_id(rig: Rig) -> None:
    await rig.sandbox.set_webhook_faults(duplicate=True)
    await rig.settle(await rig.create(INVOICE))
    await rig.deliver()
    first, second = rig.receiver.arrived
    assert first[0]["webhook-id"] == second[0]["webhook-id"]
    assert first[1] == second[1]


async def test_a_delay_holds_webhooks_back(rig: Rig) -> None:
    await rig.sandbox.set_webhook_faults(delay=2.5)
    await rig.settle(await rig.create(INVOICE))
    rig.clock.pass_by(seconds=2)
    await rig.deliver()
    assert rig.receiver.events == []
    rig.clock.pass_by(seconds=1)
    await rig.deliver()
    assert rig.receiver.events == ["invoice"]


async def test_shuffled_webhooks_lose_their_order(rig: Rig) -> None:
    await rig.sandbox.set_webhook_faults(shuffle=True)
    orders = set()
    for _ in range(12):
        await rig.settle(await rig.create(PAY))
        rig.clock.pass_by(seconds=2)
        await rig.deliver()
        orders.add(tuple(rig.receiver.events))
        rig.receiver.arrived.clear()
    assert len(orders) == 2


async def test_during_an_outage_nothing_is_sent_and_nothing_is_lost(rig: Rig) -> None:
    await rig.sandbox.set_webhook_faults(outage=True)
    await rig.settle(await rig.create(INVOICE))
    await rig.deliver()
    assert rig.receiver.events == []
    await rig.sandbox.set_webhook_faults(outage=False)
    await rig.deliver()
    assert rig.receiver.events == ["invoice"]


async def test_webhook_faults_are_checked(rig: Rig) -> None:
    with pytest.raises(KeyError):
        await rig.sandbox.set_webhook_faults(thunder=True)
    with pytest.raises(ValueError):
        await rig.sandbox.set_webhook_faults(duplicate="often")
    assert not (await rig.sandbox.webhook_faults()).duplicate


async def test_without_an_address_no_webhook_is_written(open_rig: OpenRig) -> None:
    rig: Rig = await open_rig(webhook_url=None)
    await rig.settle(await rig.create(INVOICE))
    await rig.deliver()
    assert (await rig.sandbox.webhooks(), rig.receiver.events) == ([], [])


async def test_a_webhook_whose_sender_died_is_sent_by_the_next_one(rig: Rig) -> None:
    await rig.settle(await rig.create(INVOICE))
    (row,) = await rig.sandbox.webhooks()
    assert await rig.sender._claim(row)
    assert await rig.sender._claim(row) is None  # another process is too late
    await rig.deliver()
    assert rig.receiver.events == []
    rig.clock.pass_by(seconds=41)
    await rig.deliver()
    assert rig.receiver.events == ["invoice"]


async def test_logs_name_neither_token_nor_body(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    rig.receiver.answers = [500]
    await rig.settle(await rig.create(PAY))
    await rig.deliver()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("webapp")]
    assert ours
    assert not [line for line in ours if TOKEN in line or "order-1" in line or "http" in line]


async def test_the_background_task_sends_at_once(open_rig: OpenRig) -> None:
    """With the real clock: what a visitor sees is a second at most, usually a few milliseconds."""
    import asyncio

    rig: Rig = await open_rig()
    arrived = asyncio.Event()

    def receive(request: httpx.Request) -> httpx.Response:
        arrived.set()
        return httpx.Response(200)

    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        sandbox = Sandbox(rig.sandbox.settings, rig.sandbox.database, webhook_client=client)
        await sandbox.start()
        try:
            async with httpx.AsyncClient(
                transport=httpx.ASGITransport(sandbox.api), base_url="https://api.xendit.co", auth=rig.api.auth
            ) as api:
                invoice = (await api.post("/v2/invoices", json=INVOICE)).json()
                await api.post(f"/invoices/{invoice['id']}/expire!")
                await asyncio.wait_for(arrived.wait(), 1.5)
        finally:
            await sandbox.stop()
