"""The stored data: the same in SQLite and Postgres, safe among several processes, and without a secret."""

import asyncio
import re
from typing import Any

import pytest

from tests.leaks import assert_no_secret, stored_text
from tests.sandbox.conftest import CUSTOMER, INVOICE, PAY, SAVE, SUBSCRIPTION, TOKEN, Clock, OpenRig, Rig
from webapp.database.connection import database_from_url
from webapp.sandbox import SandboxSettings, keys, retention, sdk_keys, sessions
from webapp.sandbox.records import SessionRecord, attempt_id
from webapp.sandbox.store import Store

pytestmark = pytest.mark.anyio

COMPONENTS = PAY | {"mode": "COMPONENTS", "components_configuration": {"origins": ["http://shop.test"]}}


async def test_a_worker_that_starts_waits_for_nobody_who_writes(open_rig: OpenRig, postgres_url: str) -> None:
    rig: Rig = await open_rig(database_from_url(postgres_url))
    await rig.create(PAY)
    async with rig.sandbox.database.write() as connection:
        await connection.execute("UPDATE sandbox_sessions SET version = version + 1")
        await asyncio.wait_for(rig.sandbox.store.create_tables(), 5)


async def test_a_whole_life_in_either_database(open_rig: OpenRig, database_url: str, clock: Clock) -> None:
    rig: Rig = await open_rig(database_from_url(database_url))
    await rig.sandbox.store.create_tables()  # again: the next start finds them
    await rig.sandbox.set_webhook_faults(duplicate=True)
    await rig.sandbox.set_webhook_faults(duplicate=False)
    made = [await rig.create(body) for body in (PAY, SAVE, SUBSCRIPTION, INVOICE)]
    component = await rig.create(COMPONENTS, customer=CUSTOMER)
    for created in made:
        assert (await rig.settle(created)).headers["location"] == "http://shop.test/orders/order-1"
    assert len((await rig.api.get("/v2/invoices", params={"external_id": "order-1"})).json()) == 1
    rig.receiver.answers = [500]
    await rig.deliver()
    clock.pass_by(minutes=40)
    await rig.deliver()
    assert sorted(set(rig.receiver.events)) == [
        "invoice",
        "payment.capture",
        "payment_session.completed",
        "payment_session.expired",
        "payment_token.activation",
        "recurring.cycle.created",
        "recurring.plan.activated",
    ]
    rows = await rig.sandbox.webhooks()
    assert {row["status"] for row in rows} == {"DELIVERED"}
    assert await rig.sandbox.resend(rows[0]["webhook_id"])
    await rig.deliver()
    secrets = [
        component["components_sdk_key"],
        component["components_sdk_key"][:40],
        made[0]["payment_link_url"],
        made[0]["payment_link_url"][-8:],
        made[3]["invoice_url"],
        made[3]["invoice_url"][-24:],
        rig.sandbox.settings.secret,
        TOKEN,
        "xnd_development",
    ]
    text = await stored_text(database_url)
    assert made[0]["payment_session_id"] in text
    assert_no_secret(secrets, database=text)
    assert not re.search(r"\b4000[ 0-9]{12,}", text)  # no card number either
    clock.pass_by(days=rig.sandbox.settings.keep_days + 1)
    await rig.sandbox.store.advance_all()
    await rig.deliver()
    await retention.delete_old(rig.sandbox.store, rig.sandbox.settings)
    assert made[0]["payment_session_id"] not in await stored_text(database_url)


async def test_two_processes_race_for_one_session(open_rig: OpenRig, database_url: str, clock: Clock) -> None:
    """Two stores, each with its own connection, as two workers have; many attempts, one winner."""
    first: Rig = await open_rig(database_from_url(database_url))
    other_database = database_from_url(database_url)
    await other_database.open()
    try:
        stores = [first.sandbox.store, Store(other_database, first.sandbox.settings.secret, clock)]
        session_id = (await first.create(PAY))["payment_session_id"]

        def pay(record: SessionRecord, now: Any) -> str:
            attempt = sessions.begin_attempt(
                record, now, channel_code="CARDS", save=False, kind="payment_request", status="SUCCEEDED"
            )
            return attempt_id(attempt)

        async def try_to_pay(store: Store) -> str | None:
            from webapp.sandbox.errors import SandboxError

            try:
                return await store.update_session(session_id, pay)
            except SandboxError as error:
                assert error.error_code == "INVALID_SESSION_STATUS"
                return None

        winners = [won for won in await asyncio.gather(*(try_to_pay(stores[n % 2]) for n in range(12))) if won]
        record = await stores[1].get_session(session_id)
        assert record is not None
        assert [attempt_id(attempt) for attempt in record.attempts] == winners
        assert len(winners) == 1
        assert len(await first.sandbox.webhooks()) == 2
    finally:
        await other_database.close()


async def test_no_change_is_lost_when_processes_interleave(open_rig: OpenRig, database_url: str, clock: Clock) -> None:
    first: Rig = await open_rig(database_from_url(database_url))
    other_database = database_from_url(database_url)
    await other_database.open()
    try:
        stores = [first.sandbox.store, Store(other_database, first.sandbox.settings.secret, clock)]
        session_id = (await first.create(PAY))["payment_session_id"]

        def fail(record: SessionRecord, now: Any) -> None:
            sessions.begin_attempt(
                record, now, channel_code="CARDS", save=False, kind="payment_request", status="FAILED"
            )

        await asyncio.gather(*(stores[n % 2].update_session(session_id, fail) for n in range(20)))
        record = await stores[0].get_session(session_id)
        assert record is not None
        assert len(record.attempts) == 20
    finally:
        await other_database.close()


async def test_two_senders_do_not_send_one_webhook_twice(open_rig: OpenRig, database_url: str) -> None:
    first: Rig = await open_rig(database_from_url(database_url))
    second: Rig = await open_rig(database_from_url(database_url))
    for _ in range(10):
        await first.settle(await first.create(PAY))
    await asyncio.gather(first.sender.deliver(), second.sender.deliver())
    assert len(first.receiver.arrived) + len(second.receiver.arrived) == 20


async def test_a_refused_change_saves_nothing_but_what_the_clock_did(rig: Rig) -> None:
    session_id = (await rig.create(PAY))["payment_session_id"]
    rig.clock.pass_by(minutes=31)

    def refuse(record: SessionRecord, now: Any) -> None:
        record.session["amount"] = 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await rig.sandbox.store.update_session(session_id, refuse)
    record = await rig.sandbox.store.get_session(session_id)
    assert record is not None
    assert (record.status, record.session["amount"]) == ("EXPIRED", 240_000)
    assert [row["event"] for row in await rig.sandbox.webhooks()] == ["payment_session.expired"]


async def test_an_unknown_session_cannot_be_updated(rig: Rig) -> None:
    from webapp.sandbox.errors import SandboxError

    with pytest.raises(SandboxError, match="Session not found"):
        await rig.sandbox.store.update_session("ps-unknown", lambda record, now: None)
    assert await rig.sandbox.store.find_session_by_auth("session-unknown") is None


async def test_keys_are_the_same_each_time_and_differ_by_session_and_secret(rig: Rig) -> None:
    made = {sdk_keys.sdk_key(secret, session_id) for secret in ("a", "b") for session_id in ("ps-1", "ps-2")}
    assert len(made) == 4
    sdk_keys.sdk_key.cache_clear()
    assert sdk_keys.sdk_key("a", "ps-1") in made
    codes = {keys.link_code("a", f"ps-{number}") for number in range(200)}
    assert len(codes) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9_]{8}", code) for code in codes)


def test_settings_are_what_the_shop_passes() -> None:
    usual = SandboxSettings("http://localhost:8000", "secret")
    assert (usual.webhook_url, usual.webhook_schedule) == (None, (1, 3, 8, 20, 60, 120))
    assert "secret" not in repr(usual)
