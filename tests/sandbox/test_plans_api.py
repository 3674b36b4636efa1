"""Subscription plans in the sandbox: documented bodies, webhooks and errors, and what the clock does."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.conftest import database_from_url
from tests.sandbox.conftest import CUSTOMER, SCHEDULE, SUBSCRIPTION, Clock, OpenRig, Rig
from tests.sandbox.test_tokens_api import STRANGER, saved
from webapp.sandbox import tokens
from webapp.sandbox.plans import MAX_CYCLES

pytestmark = pytest.mark.anyio

# https://docs.xendit.co/apidocs/subscription-webhook-notification
PLAN = {
    *("id", "reference_id", "customer_id", "currency", "amount", "country", "status", "failed_cycle_action"),
    *("recurring_cycle_count", "payment_session_id", "payment_tokens", "schedule", "immediate_payment"),
    *("notification_channels", "locale", "payment_link_for_failed_attempt", "metadata", "description", "items"),
    *("failure_code", "actions", "created", "updated"),
}
PLAN_SCHEDULE = {
    *("interval", "interval_count", "total_recurrence", "anchor_date", "retry_interval", "retry_interval_count"),
    *("total_retry", "failed_attempt_notifications", "created", "updated"),
}
CYCLE = {
    *("id", "type", "reference_id", "plan_id", "customer_id", "cycle_number", "status", "attempt_details"),
    *("attempt_count", "forced_attempt_count", "scheduled_timestamp", "currency", "amount", "metadata"),
    *("created", "updated"),
}
ATTEMPT = {
    *("attempt_number", "action_number", "type", "created", "payment_id", "payment_token_id", "status"),
    *("failure_code", "next_retry_timestamp", "payment_session"),
}
RETRIES = SCHEDULE | {"retry_interval": "DAY", "retry_interval_count": 1, "total_retry": 2}


class Plan:
    """A plan at the API, with what a merchant does with it."""

    def __init__(self, rig: Rig, plan_id: str) -> None:
        self.rig, self.path = rig, f"/recurring/plans/{plan_id}"

    async def get(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.rig.api.get(self.path)).json()
        return found

    async def cycles(self) -> list[dict[str, Any]]:
        answer = await self.rig.api.get(f"{self.path}/cycles", params={"limit": "100"})
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def act(self, action: str, cycle: dict[str, Any] | None = None, **body: Any) -> httpx.Response:
        cycle = cycle or (await self.cycles())[0]
        return await self.rig.api.post(f"{self.path}/cycles/{cycle['id']}/{action}", json=body)

    async def stop(self) -> httpx.Response:
        return await self.rig.api.post(f"{self.path}/deactivate")

    async def events(self) -> list[str]:
        """The names of the webhooks since the last time."""
        await self.rig.deliver()
        names = self.rig.receiver.events
        self.rig.receiver.arrived.clear()
        return names


async def subscribed(
    rig: Rig, choice: str = "CARDS.visa", schedule: dict[str, Any] = SCHEDULE, **subscription: Any
) -> Plan:
    """A plan that a customer's session made, after the webhooks about it."""
    body = SUBSCRIPTION | {"subscription": {"schedule": schedule} | subscription}
    created = await rig.create(body)
    answer = await rig.settle(created, choice)
    if choice != "CARDS.visa":
        await rig.browser.post(answer.headers["location"], data={"decision": "approve"})
    plan = Plan(rig, created["recurring_plan_id"])
    await plan.events()
    return plan


def shown(bodies: list[tuple[httpx.Headers, dict[str, Any]]], event: str) -> dict[str, Any]:
    (found,) = [body for _, body in bodies if body["event"] == event]
    return found


async def test_a_subscription_makes_a_plan_and_its_first_cycle(rig: Rig) -> None:
    created = await rig.create(SUBSCRIPTION | {"subscription": {"schedule": RETRIES, "failed_cycle_action": "STOP"}})
    await rig.settle(created)
    await rig.deliver()
    activated = shown(rig.receiver.arrived, "recurring.plan.activated")
    assert list(activated) == ["event", "business_id", "created", "api_version", "data"]
    assert activated["api_version"] == "2026-01-01" and set(activated["data"]) == PLAN
    plan = Plan(rig, created["recurring_plan_id"])
    found = await plan.get()
    assert found == activated["data"] | {"recurring_cycle_count": 1}
    assert set(found["schedule"]) == PLAN_SCHEDULE and found["schedule"]["total_retry"] == 2
    assert (found["status"], found["failed_cycle_action"], found["amount"]) == ("ACTIVE", "STOP", 240_000)
    session = await rig.session(created)
    assert found["payment_tokens"] == [{"payment_token_id": session["payment_token_id"], "rank": 1}]
    assert found["payment_session_id"] == created["payment_session_id"]
    (cycle,) = await plan.cycles()
    assert shown(rig.receiver.arrived, "recurring.cycle.created")["data"] == cycle
    assert set(cycle) == CYCLE and re.fullmatch(r"recy_[0-9a-f-]{36}", cycle["id"])
    assert (cycle["type"], cycle["status"], cycle["cycle_number"]) == ("SCHEDULED", "SCHEDULED", 1)
    assert (cycle["scheduled_timestamp"], cycle["attempt_details"]) == ("2026-12-01T00:00:00.000Z", [])
    assert (await rig.api.get(f"{plan.path}/cycles/{cycle['id']}")).json() == cycle


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
    assert (failed["status"], failed["scheduled_timestamp"]) == ("RETRYING", "2026-11-23T09:00:00.000Z")
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


WRONG_CHANGES: list[dict[str, Any]] = [
    *({"currency": "PHP"}, {"amount": 1.5}, {"amount": -1}, {"status": "SUCCEEDED"}, {"metadata": 1}),
    *({"scheduled_timestamp": "2026-11-01T00:00:00Z"}, {"scheduled_timestamp": "2126-11-01T00:00:00Z"}),
]


async def test_a_cycle_is_changed_before_its_day_and_skipped(rig: Rig) -> None:
    plan = await subscribed(rig)
    (cycle,) = await plan.cycles()
    path = f"{plan.path}/cycles/{cycle['id']}"
    wanted = {"amount": 99_000, "scheduled_timestamp": "2026-12-05T07:00:00+07:00", "metadata": {"cups": "12"}}
    changed = (await rig.api.patch(path, json=wanted)).json()
    assert changed == cycle | wanted | {
        "scheduled_timestamp": "2026-12-05T00:00:00.000Z",
        "updated": changed["updated"],
    }
    for wrong in WRONG_CHANGES:
        answer = await rig.api.patch(path, json=wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR"), wrong
    rig.clock.pass_by(days=12, hours=15)  # its own day
    late = await rig.api.patch(path, json={"amount": 1000})
    assert (late.status_code, late.json()["error_code"]) == (403, "REQUEST_FORBIDDEN_ERROR")
    await plan.events()
    other = await subscribed(rig, schedule=SCHEDULE | {"anchor_date": "2027-01-01T00:00:00Z"})
    skipped = await other.act("cancel")
    assert (skipped.status_code, skipped.json()["status"]) == (200, "CANCELLED")
    assert (await other.cycles())[0]["status"] == "SCHEDULED"


async def test_cycles_are_listed_newest_first_in_pages(rig: Rig) -> None:
    plan = await subscribed(rig)
    for _ in range(11):
        await plan.act("simulate", amount=1000)
    ids = [cycle["id"] for cycle in await plan.cycles()]

    async def page(**query: str) -> tuple[list[str], bool]:
        found = (await rig.api.get(f"{plan.path}/cycles", params=query)).json()
        assert list(found) == ["data", "has_more"]
        return [cycle["id"] for cycle in found["data"]], found["has_more"]

    assert await page() == (ids[:10], True)
    assert await page(after_id=ids[9]) == (ids[10:], False)
    assert await page(before_id=ids[3], limit="2") == (ids[1:3], True)
    for query in ({"limit": "0"}, {"limit": "101"}, {"limit": "ten"}, {"after_id": "recy_none"}):
        answer = await rig.api.get(f"{plan.path}/cycles", params=query)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


async def made(rig: Rig, *tokens: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await make(rig, *tokens, **changes)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def make(rig: Rig, *tokens: dict[str, Any], **changes: Any) -> httpx.Response:
    body = {
        "reference_id": "plan-1",
        "customer_id": tokens[0]["customer_id"],
        "currency": "IDR",
        "amount": 50_000,
        "payment_tokens": [{"payment_token_id": token["payment_token_id"]} for token in tokens],
        "schedule": SCHEDULE,
    }
    return await rig.api.post("/recurring/plans", json=body | changes)


async def test_a_plan_is_made_with_saved_methods_and_tries_them_in_order(rig: Rig) -> None:
    card, wallet = await saved(rig), await saved(rig, "DANA")
    found = await made(rig, card, wallet, items=None, metadata={"tier": "gold"})
    assert set(found) == PLAN and (found["status"], found["country"]) == ("ACTIVE", "ID")
    plan = Plan(rig, found["id"])
    await rig.api.post(f"/v3/payment_tokens/{card['payment_token_id']}/cancel")
    paid = (await plan.act("simulate", amount=50_000)).json()
    assert [(each["action_number"], each["status"]) for each in paid["attempt_details"]] == [
        (1, "FAILED"),
        (2, "SUCCEEDED"),
    ]
    assert {each["attempt_number"] for each in paid["attempt_details"]} == {1}


async def test_a_plan_is_changed(rig: Rig) -> None:
    plan, card = await subscribed(rig), await saved(rig)
    schedule = {"interval": "WEEK", "interval_count": 2}
    change = {
        "amount": 99_000,
        "description": "Coffee club",
        "payment_tokens": [{"payment_token_id": card["payment_token_id"], "rank": 2}],
        "schedule": schedule,
    }
    changed = (await rig.api.patch(plan.path, json=change)).json()
    assert changed["schedule"]["anchor_date"] == SCHEDULE["anchor_date"]
    assert (changed["amount"], changed["schedule"]["interval"]) == (99_000, "WEEK")
    await plan.act("simulate", amount=240_000)
    upcoming = (await plan.cycles())[0]
    assert (upcoming["amount"], upcoming["scheduled_timestamp"]) == (99_000, "2026-12-15T00:00:00.000Z")


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "PHP"}, {"customer_id": "cust-1"}, {"failed_cycle_action": "STOP"}, {"immediate_payment": True},
        {"amount": 1.5}, {"amount": None}, {"payment_tokens": []}, {"schedule": {"interval": "MONTH"}},
        {"metadata": {"key": 1}}, {"notification_channels": ["PIGEON"]},
    ],
)  # fmt: skip
async def test_a_change_that_breaks_a_rule_is_refused(rig: Rig, change: dict[str, Any]) -> None:
    answer = await rig.api.patch((await subscribed(rig)).path, json=change)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


async def test_a_plan_needs_active_methods_of_its_business_and_currency(rig: Rig) -> None:
    card, cancelled = await saved(rig), await saved(rig)
    await rig.api.post(f"/v3/payment_tokens/{cancelled['payment_token_id']}/cancel")
    unknown = card | {"payment_token_id": "pt-none"}
    answers = [await make(rig, cancelled), await make(rig, unknown), await make(rig, card, currency="PHP")]
    stranger = (await rig.api.post("/customers", json=CUSTOMER | {"reference_id": "c9"}, auth=STRANGER)).json()
    mine, rig.api.auth = rig.api.auth, httpx.BasicAuth(*STRANGER)
    answers.append(await make(rig, card, customer_id=stranger["id"]))
    rig.api.auth = mine
    assert {(a.status_code, a.json()["error_code"]) for a in answers} == {(400, "INVALID_PAYMENT_TOKEN_ID")}
    nobody = await make(rig, card, customer_id=stranger["id"])
    assert (nobody.status_code, nobody.json()["error_code"]) == (404, "CUSTOMER_NOT_FOUND_ERROR")


@pytest.mark.parametrize(
    "schedule",
    [
        SCHEDULE | {"interval": "HOUR"},
        SCHEDULE | {"anchor_date": "2026-12-31T00:00:00Z"},
        SCHEDULE | {"anchor_date": "2126-12-01T00:00:00Z"},
        SCHEDULE | {"interval_count": 366},
        SCHEDULE | {"retry_interval": "WEEK"},
        RETRIES | {"failed_attempt_notifications": [1, 1]},
        RETRIES | {"failed_attempt_notifications": [3]},
    ],
)
async def test_a_schedule_that_can_be_none_is_refused(rig: Rig, schedule: dict[str, Any]) -> None:
    answers = [await rig.api.post("/sessions", json=SUBSCRIPTION | {"subscription": {"schedule": schedule}})]
    answers.append(await make(rig, await saved(rig), schedule=schedule))
    for answer in answers:
        assert (answer.status_code, answer.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


async def test_another_business_finds_no_plan(rig: Rig) -> None:
    plan = await subscribed(rig)
    (cycle,) = await plan.cycles()
    path = f"{plan.path}/cycles/{cycle['id']}"
    answers = [await rig.api.get(plan.path, auth=STRANGER), await rig.api.get(path, auth=STRANGER)]
    answers += [await rig.api.post(f"{plan.path}/deactivate", auth=STRANGER)]
    answers += [await rig.api.post(f"{path}/simulate", json={"amount": 1}, auth=STRANGER)]
    answers += [await rig.api.get(f"{plan.path}/cycles/recy_none"), await rig.api.get("/recurring/plans/repl_none")]
    assert {(answer.status_code, answer.json()["error_code"]) for answer in answers} == {(404, "DATA_NOT_FOUND")}
    listed = await rig.api.get(f"{plan.path}/cycles", auth=STRANGER)
    assert (listed.status_code, listed.json()["error_code"]) == (403, "REQUEST_FORBIDDEN_ERROR")


async def test_a_subscription_can_not_be_put_into_another_business(rig: Rig) -> None:
    body = {"schedule": SCHEDULE, "business_id": "b" * 24, "id": "repl_mine", "status": "INACTIVE"}
    created = await rig.create(SUBSCRIPTION | {"subscription": body})
    await rig.settle(created)
    assert (await Plan(rig, created["recurring_plan_id"]).get())["status"] == "ACTIVE"


async def test_what_is_saved_survives_a_restart(open_rig: OpenRig, database_url: str, clock: Clock) -> None:
    first: Rig = await open_rig(database_from_url(database_url))
    plan = await subscribed(first, schedule=RETRIES)
    failed = (await plan.act("simulate", amount=10_054)).json()
    again = Plan(await open_rig(database_from_url(database_url)), plan.path.rpartition("/")[2])
    assert (await again.cycles())[0] == failed
    clock.pass_by(days=1)
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
