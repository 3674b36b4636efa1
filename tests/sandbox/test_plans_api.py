"""Subscription plans in the sandbox: documented bodies, webhooks and errors."""

import re
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import CUSTOMER, SCHEDULE, SUBSCRIPTION, Rig
from tests.sandbox.subscriptions import RETRIES, Plan, made, make, subscribed
from tests.sandbox.test_tokens_api import STRANGER, saved

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
    assert found == activated["data"] and found["recurring_cycle_count"] == 0
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


async def test_a_plan_without_a_method_charges_nobody(rig: Rig) -> None:
    card = await saved(rig)
    for schedule, status in ((SCHEDULE, "FAILED"), (RETRIES, "RETRYING")):
        found = await made(rig, card, payment_tokens=[], schedule=schedule)
        assert (found["payment_tokens"], found["recurring_cycle_count"]) == ([], 0)
        plan = Plan(rig, found["id"])
        tried = (await plan.act("simulate", amount=50_000)).json()
        assert (tried["status"], tried["attempt_details"]) == (status, [])
        assert (await plan.get())["recurring_cycle_count"] == (1 if status == "FAILED" else 0)


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


async def test_a_plan_may_be_yearly_and_a_session_may_not(rig: Rig) -> None:
    yearly = SCHEDULE | {"interval": "YEAR"}
    refused = await rig.api.post("/sessions", json=SUBSCRIPTION | {"subscription": {"schedule": yearly}})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "API_VALIDATION_ERROR")
    plan = Plan(rig, (await made(rig, await saved(rig), schedule=yearly))["id"])
    changed = await rig.api.patch(plan.path, json={"schedule": {"interval": "YEAR", "interval_count": 2}})
    assert changed.json()["schedule"]["interval_count"] == 2


async def test_a_simulated_charge_is_an_amount_of_the_currency(rig: Rig) -> None:
    refused = await (await subscribed(rig)).act("simulate", amount=10.123)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "API_VALIDATION_ERROR")


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
