"""The months of a subscription: charged by the clock, by a simulation or by force, once, and never after its end."""

import asyncio
from typing import Any

import pytest

from tests.conftest import database_from_url
from tests.sandbox.conftest import SAVE, SCHEDULE, Clock, OpenRig, Rig
from tests.sandbox.subscriptions import RETRIES, Plan, made, subscribed
from tests.sandbox.test_tokens_api import saved
from webapp.sandbox import tokens
from webapp.sandbox.plans import MAX_CYCLES

pytestmark = pytest.mark.anyio

ATTEMPT = {
    *("attempt_number", "action_number", "type", "created", "payment_id", "payment_token_id", "status"),
    *("failure_code", "next_retry_timestamp", "payment_session"),
}


@pytest.mark.parametrize("choice", ["CARDS.visa", "CARDS.challenge", "DANA", "BRI_DIRECT_DEBIT"])
async def test_a_month_later_the_plan_charges_and_the_payment_can_be_refunded(rig: Rig, choice: str) -> None:
    plan = await subscribed(rig, choice)
    rig.clock.pass_by(days=10)
    await rig.deliver()
    assert rig.receiver.events == ["payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"]
    captured, succeeded, created = [body["data"] for _, body in rig.receiver.arrived]
    upcoming, paid = await plan.cycles()
    assert (succeeded, created) == (paid, upcoming)
    assert (paid["status"], paid["attempt_count"], paid["forced_attempt_count"]) == ("SUCCEEDED", 1, 0)
    (attempt,) = paid["attempt_details"]
    assert set(attempt) == ATTEMPT
    assert (attempt["attempt_number"], attempt["action_number"], attempt["type"]) == (1, 1, "INITIAL")
    assert (attempt["status"], attempt["failure_code"], attempt["next_retry_timestamp"]) == ("SUCCEEDED", None, None)
    assert (upcoming["scheduled_timestamp"], upcoming["status"]) == ("2027-01-01T00:00:00.000Z", "SCHEDULED")
    payment = (await rig.api.get(f"/v3/payments/{attempt['payment_id']}")).json()
    assert payment == captured and payment["request_amount"] == 240_000
    assert payment["payment_token_id"] == attempt["payment_token_id"]
    refund = {"payment_request_id": payment["payment_request_id"], "reason": "OTHERS"}
    assert (await rig.api.post("/refunds", json=refund)).json()["amount"] == 240_000


async def test_a_month_is_simulated(rig: Rig) -> None:
    plan = await subscribed(rig)
    (first,) = await plan.cycles()
    answer = await plan.act("simulate", first, amount=240_000)
    assert (answer.status_code, answer.json()["status"]) == (200, "SUCCEEDED")
    assert await plan.events() == ["payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"]
    again = await plan.act("simulate", first, amount=240_000)
    assert (again.status_code, again.json()["error_code"]) == (403, "INELIGIBLE_CYCLE_REQUEST")
    second = (await plan.cycles())[0]
    assert (second["cycle_number"], second["scheduled_timestamp"]) == (2, "2027-01-01T00:00:00.000Z")
    assert (await plan.act("simulate", second, amount=240_000)).json()["status"] == "SUCCEEDED"
    assert (await plan.cycles())[0]["scheduled_timestamp"] == "2027-02-01T00:00:00.000Z"


async def test_a_month_fails_and_a_forced_attempt_works(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=RETRIES)
    failed = (await plan.act("simulate", amount=10_054)).json()
    assert (failed["status"], failed["scheduled_timestamp"]) == ("RETRYING", "2026-12-02T00:00:00.000Z")
    (attempt,) = failed["attempt_details"]
    assert (attempt["status"], attempt["failure_code"]) == ("FAILED", "INSUFFICIENT_BALANCE")
    assert attempt["next_retry_timestamp"] == failed["scheduled_timestamp"]
    await rig.deliver()
    assert rig.receiver.events == ["payment.failure", "recurring.cycle.retrying"]
    assert rig.receiver.arrived[1][1]["data"] == failed
    assert rig.receiver.arrived[0][1]["data"]["payment_id"] == attempt["payment_id"]
    rig.receiver.arrived.clear()
    forced = (await plan.act("force_attempt")).json()
    assert (forced["status"], forced["attempt_count"], forced["forced_attempt_count"]) == ("SUCCEEDED", 1, 1)
    assert [each["type"] for each in forced["attempt_details"]] == ["INITIAL", "FORCED"]
    assert await plan.events() == ["payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"]
    assert (await plan.cycles())[0]["scheduled_timestamp"] == "2027-01-01T00:00:00.000Z"
    over = await plan.act("force_attempt", forced)
    assert (over.status_code, over.json()["error_code"]) == (403, "INELIGIBLE_CYCLE_REQUEST")


async def test_a_retry_by_the_clock_works_once(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=RETRIES)
    await plan.act("simulate", amount=10_054)
    await plan.events()
    rig.clock.pass_by(days=9)
    assert await plan.events() == []
    rig.clock.pass_by(days=1)
    assert await plan.events() == ["payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"]
    assert await plan.events() == []
    assert [each["type"] for each in (await plan.cycles())[1]["attempt_details"]] == ["INITIAL", "RETRY"]


async def test_a_month_that_never_works_fails_after_its_retries(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=RETRIES)
    cycle = (await plan.cycles())[0]
    changed = await rig.api.patch(f"{plan.path}/cycles/{cycle['id']}", json={"amount": 10_054})
    assert changed.json()["amount"] == 10_054
    rig.clock.pass_by(days=9)
    assert await plan.events() == ["payment.failure", "recurring.cycle.retrying"]
    forced = (await plan.act("force_attempt")).json()
    assert (forced["status"], forced["forced_attempt_count"]) == ("RETRYING", 1)
    assert forced["attempt_details"][-1]["next_retry_timestamp"] == forced["scheduled_timestamp"]
    assert await plan.events() == ["payment.failure", "recurring.cycle.force_attempt_failed"]
    rig.clock.pass_by(days=1)
    assert await plan.events() == ["payment.failure", "recurring.cycle.retrying"]
    rig.clock.pass_by(days=1)
    assert await plan.events() == ["payment.failure", "recurring.cycle.failed", "recurring.cycle.created"]
    upcoming, failed = await plan.cycles()
    assert (failed["status"], failed["attempt_count"], failed["forced_attempt_count"]) == ("FAILED", 3, 1)
    assert (upcoming["amount"], (await plan.get())["status"]) == (240_000, "ACTIVE")


async def test_without_retries_a_month_fails_at_once_and_stop_ends_the_plan(rig: Rig) -> None:
    plan = await subscribed(rig, "DANA", failed_cycle_action="STOP")
    failed = (await plan.act("simulate", amount=10_051)).json()
    assert (failed["status"], failed["attempt_details"][0]["failure_code"]) == ("FAILED", "INSUFFICIENT_BALANCE")
    assert await plan.events() == ["payment.failure", "recurring.cycle.failed", "recurring.plan.inactivated"]
    assert (await plan.get())["status"] == "INACTIVE" and len(await plan.cycles()) == 1


async def test_a_stopped_plan_never_charges(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=RETRIES)
    await plan.act("simulate", amount=10_054)
    await plan.events()
    stopped = await plan.stop()
    assert (stopped.status_code, stopped.json()["status"]) == (200, "INACTIVE")
    await rig.deliver()
    assert [body["data"] for _, body in rig.receiver.arrived] == [stopped.json()]
    assert await plan.events() == ["recurring.plan.inactivated"]
    again = await plan.stop()
    assert (again.status_code, again.json()["error_code"]) == (403, "REQUEST_FORBIDDEN_ERROR")
    (cycle,) = await plan.cycles()
    assert cycle["status"] == "CANCELLED"
    for action in ("simulate", "force_attempt", "cancel"):
        answer = await plan.act(action, cycle, amount=240_000)
        assert (answer.status_code, answer.json()["error_code"]) == (403, "INELIGIBLE_CYCLE_REQUEST")
    late = await rig.api.patch(plan.path, json={"amount": 1})
    assert (late.status_code, late.json()["error_code"]) == (422, "UNPROCESSABLE_ENTITY_ERROR")
    rig.clock.pass_by(days=60)
    assert await plan.events() == []


async def test_a_cancelled_payment_method_never_pays(rig: Rig) -> None:
    plan = await subscribed(rig)
    (token,) = (await plan.get())["payment_tokens"]
    await rig.api.post(f"/v3/payment_tokens/{token['payment_token_id']}/cancel")
    rig.clock.pass_by(days=10)
    assert await plan.events() == ["recurring.cycle.failed", "recurring.cycle.created"]
    (attempt,) = (await plan.cycles())[1]["attempt_details"]
    assert (attempt["failure_code"], attempt["payment_id"]) == ("INVALID_TOKEN", None)


async def test_a_plan_ends_after_its_last_cycle(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=SCHEDULE | {"total_recurrence": 2})
    await plan.act("simulate", amount=1000)
    await plan.events()
    rig.clock.pass_by(days=60)
    assert await plan.events() == ["payment.capture", "recurring.cycle.succeeded", "recurring.plan.inactivated"]
    assert (await plan.get())["recurring_cycle_count"] == 2


async def test_a_plan_that_was_left_alone_has_an_end(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=SCHEDULE | {"interval": "DAY"})
    for _ in range(MAX_CYCLES):
        assert (await plan.act("simulate", amount=1000)).json()["status"] == "SUCCEEDED"
    assert (await plan.get())["status"] == "INACTIVE"


async def test_a_plan_ends_before_the_calendar_does(rig: Rig) -> None:
    yearly = SCHEDULE | {"interval": "YEAR", "interval_count": 365}
    plan = Plan(rig, (await made(rig, await saved(rig), schedule=yearly))["id"])
    answers = []
    while (await plan.get())["status"] == "ACTIVE":
        answers.append((await plan.act("force_attempt")).json()["status"])
    assert set(answers) == {"SUCCEEDED"} and len(answers) == 20
    assert (await plan.cycles())[0]["scheduled_timestamp"] == "8961-12-01T00:00:00.000Z"


async def test_a_month_that_begins_at_midnight_of_its_own_offset_is_charged_all_year(rig: Rig) -> None:
    plan = await subscribed(rig, schedule=SCHEDULE | {"anchor_date": "2026-12-01T00:00:00+07:00"})
    for _ in range(4):
        assert (await plan.act("force_attempt")).json()["status"] == "SUCCEEDED"
    dates = [cycle["scheduled_timestamp"][:13] for cycle in reversed(await plan.cycles())]
    assert dates == ["2026-11-30T17", "2026-12-31T17", "2027-01-31T17", "2027-02-28T17", "2027-03-31T17"]


async def test_a_sleeping_server_makes_up_for_one_month_only(rig: Rig) -> None:
    plan = await subscribed(rig)
    rig.clock.pass_by(days=100)
    assert await plan.events() == ["payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"]
    assert (await plan.cycles())[0]["scheduled_timestamp"] == "2027-04-01T00:00:00.000Z"


@pytest.mark.parametrize("works", [True, False])
async def test_an_immediate_payment_is_made_at_once_and_ends_the_plan_if_it_fails(rig: Rig, works: bool) -> None:
    token = await saved(rig)
    await rig.deliver()
    rig.receiver.arrived.clear()
    found = await made(rig, token, amount=50_000 if works else 10_054, schedule=RETRIES, immediate_payment=True)
    plan = Plan(rig, found["id"])
    started = ["recurring.plan.activated", "recurring.cycle.created"]
    first = (await plan.cycles())[-1]
    assert first["type"] == "IMMEDIATE"
    if works:
        ended = ["payment.capture", "recurring.cycle.succeeded", "recurring.cycle.created"]
        assert (await plan.cycles())[0]["scheduled_timestamp"] == "2026-12-01T00:00:00.000Z"
    else:
        ended = ["payment.failure", "recurring.cycle.failed", "recurring.plan.inactivated"]
    assert sorted(await plan.events()) == sorted(started + ended)  # all in one instant of the test's clock


async def test_what_is_saved_survives_a_restart(open_rig: OpenRig, database_url: str, clock: Clock) -> None:
    first: Rig = await open_rig(database_from_url(database_url))
    plan = await subscribed(first, schedule=RETRIES)
    failed = (await plan.act("simulate", amount=10_054)).json()
    again = Plan(await open_rig(database_from_url(database_url)), plan.path.rpartition("/")[2])
    assert (await again.cycles())[0] == failed
    clock.pass_by(days=10)
    await again.rig.deliver()
    assert (await plan.cycles())[1]["status"] == "SUCCEEDED"


async def test_many_processes_charge_a_cycle_once(open_rig: OpenRig, database_url: str, clock: Clock) -> None:
    first: Rig = await open_rig(database_from_url(database_url))
    second: Rig = await open_rig(database_from_url(database_url))
    plan = await subscribed(first)
    clock.pass_by(days=10)
    await asyncio.gather(*(rig.sandbox.store.advance_all() for rig in (first, second) for _ in range(4)))
    upcoming, paid = await plan.cycles()
    assert (upcoming["status"], paid["status"], len(paid["attempt_details"])) == ("SCHEDULED", "SUCCEEDED", 1)
    await plan.events()
    token_id = paid["attempt_details"][0]["payment_token_id"]
    cancels = first.api.post(f"/v3/payment_tokens/{token_id}/cancel")
    cancelled, *answers = await asyncio.gather(
        cancels, *(plan.act("simulate", upcoming, amount=1000) for _ in range(4))
    )
    assert cancelled.status_code == 200
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert len((await plan.cycles())[1]["attempt_details"]) == 1


async def test_a_method_that_is_cancelled_during_a_charge_does_not_pay(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, store = await subscribed(rig), rig.sandbox.store
    (used,) = (await plan.get())["payment_tokens"]
    read = store.plans.one

    async def read_and_cancel(query: str, **parameters: Any) -> Any:
        row = await read(query, **parameters)
        if parameters["id"] == used["payment_token_id"]:
            monkeypatch.setattr(store.plans, "one", read)
            await store.tokens.update(used["payment_token_id"], tokens.cancel)
        return row

    monkeypatch.setattr(store.plans, "one", read_and_cancel)
    (attempt,) = (await plan.act("simulate", amount=1000)).json()["attempt_details"]
    assert (attempt["failure_code"], attempt["payment_id"]) == ("INVALID_TOKEN", None)


async def test_a_month_asks_nobody_not_even_where_a_payment_would(rig: Rig) -> None:
    php = {"currency": "PHP", "country": "PH"}
    bank = await saved(rig, "BPI_DIRECT_DEBIT", SAVE | php)
    plan = Plan(rig, (await made(rig, bank, currency="PHP", amount=250))["id"])
    assert (await plan.act("simulate", amount=250)).json()["status"] == "SUCCEEDED"


async def test_a_card_that_has_expired_pays_no_month(rig: Rig) -> None:
    card = await saved(rig)  # good until the end of 2030
    schedule = SCHEDULE | {"anchor_date": "2030-12-28T00:00:00Z", "interval": "DAY", "interval_count": 5}
    plan = Plan(rig, (await made(rig, card, schedule=schedule))["id"])
    rig.clock.now = rig.clock.now.replace(year=2030, month=12, day=29)
    assert (await plan.cycles())[1]["status"] == "SUCCEEDED"
    rig.clock.now = rig.clock.now.replace(year=2031, month=1, day=3)
    (attempt,) = (await plan.cycles())[1]["attempt_details"]
    assert (attempt["failure_code"], attempt["payment_id"]) == ("INVALID_TOKEN", None)
