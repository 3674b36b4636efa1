"""What one visitor does, or one record that fails, stops nothing of anybody else."""

import asyncio
import logging
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, OpenRig, Rig
from tests.sandbox.subscriptions import Plan, subscribed
from webapp.sandbox import Sandbox, store
from webapp.sandbox.errors import MAX_ATTEMPTS

pytestmark = pytest.mark.anyio


async def used_up(rig: Rig) -> Plan:
    """A plan whose month has no attempt left, before its date."""
    plan = await subscribed(rig)
    (token,) = (await plan.get())["payment_tokens"]
    await rig.api.post(f"/v3/payment_tokens/{token['payment_token_id']}/cancel")
    for _ in range(MAX_ATTEMPTS):
        assert (await plan.act("force_attempt")).json()["status"] == "SCHEDULED"
    again = await plan.act("force_attempt")
    assert (again.status_code, again.json()["error_code"]) == (429, "TOO_MANY_ATTEMPTS")
    await plan.events()
    return plan


async def test_a_month_whose_attempts_are_used_up_fails_on_its_date_and_all_else_goes_on(rig: Rig) -> None:
    plan = await used_up(rig)
    await rig.create(INVOICE, invoice_duration=60)
    rig.clock.pass_by(days=10)
    assert sorted(await plan.events()) == ["invoice", "recurring.cycle.created", "recurring.cycle.failed"]
    upcoming, failed = await plan.cycles()
    assert (failed["status"], len(failed["attempt_details"])) == ("FAILED", MAX_ATTEMPTS)
    assert (upcoming["status"], (await plan.get())["status"]) == ("SCHEDULED", "ACTIVE")


async def test_a_record_that_fails_shuts_out_itself_only(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """More records fail than are read at once, and all of them are older than the one that works."""
    monkeypatch.setattr(store, "BATCH", 2)
    poisoned = {(await rig.create(INVOICE, invoice_duration=60))["id"] for _ in range(5)}
    healthy = await rig.create(INVOICE, invoice_duration=61)
    rig.clock.pass_by(minutes=2)
    get = rig.sandbox.store.invoices.get

    async def fail(record_id: str) -> Any:
        if record_id in poisoned:
            raise RuntimeError("of order-1")
        return await get(record_id)

    monkeypatch.setattr(rig.sandbox.store.invoices, "get", fail)
    while await rig.sandbox.store.advance_all():
        pass
    assert [row["object_id"] for row in await rig.sandbox.webhooks()] == [healthy["id"]]
    assert not await rig.sandbox.store.advance_all()
    ours = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert ours == ["the clock cannot be applied to one invoice: RuntimeError"] * 5  # each is told once


async def test_webhooks_are_sent_even_if_the_clock_cannot_be_applied(
    open_rig: OpenRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig: Rig = await open_rig()
    arrived = asyncio.Event()

    def receive(request: httpx.Request) -> httpx.Response:
        arrived.set()
        return httpx.Response(200)

    async def fail() -> bool:
        raise RuntimeError

    await rig.settle(await rig.create(INVOICE))
    async with httpx.AsyncClient(transport=httpx.MockTransport(receive)) as client:
        sandbox = Sandbox(rig.sandbox.settings, rig.sandbox.database, webhook_client=client, clock=rig.clock)
        monkeypatch.setattr(sandbox.store, "advance_all", fail)
        await sandbox.start()
        try:
            await asyncio.wait_for(arrived.wait(), 1.5)
        finally:
            await sandbox.stop()
