"""What a plan's webhooks, and those of its months, do to the order: little, and never what was not so."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import OpenShop
from tests.plans import Plan, failed, subscribed
from tests.xendit import SESSION_ID, payment_event, plan_event
from webapp.orders.order import Order

pytestmark = pytest.mark.anyio


@pytest.fixture
def plan() -> Plan:
    return Plan()


Late = Callable[[Order], dict[str, Any]]
LATE: list[Late] = [
    plan_event,
    lambda order: {
        "event": "payment_session.completed",
        "data": plan_event(order)["data"] | {"payment_session_id": SESSION_ID},
    },
    lambda order: payment_event(order, "payment.capture", "SUCCEEDED"),
]


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("late", LATE)
async def test_a_plan_that_stopped_is_not_started_by_a_late_webhook(
    open_shop: OpenShop, plan: Plan, late: Late, before: bool
) -> None:
    async with open_shop(plan.router) as shop:
        order = await shop.place(flow="subscription")
        if before:
            await shop.webhook(plan_event(order))
        stopped = plan_event(order, "recurring.plan.inactivated", "INACTIVE")
        assert (await shop.webhook(stopped)).json() == {"message": "stopped"}
        assert (await shop.webhook(late(order))).status_code == 200
        assert (await shop.webhook(stopped)).json() == {"message": "duplicate"}
        assert await shop.status_of(order) == "stopped"


async def test_a_stop_is_verified_as_all_else(open_shop: OpenShop, plan: Plan) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        stopped = plan_event(order, "recurring.plan.inactivated", "INACTIVE")
        assert (await shop.webhook(stopped, token="wrong")).status_code == 401
        for change in ({"currency": "PHP"}, {"id": "repl_2"}, {"payment_session_id": "ps-2"}):
            assert (await shop.webhook(stopped | {"data": stopped["data"] | change})).status_code == 422
        plain = await shop.place()
        foreign = plan_event(plain, "recurring.plan.inactivated", "INACTIVE")
        assert (await shop.webhook(foreign, webhook_id="another")).json() == {"message": "noted"}
        assert [await shop.status_of(each) for each in (order, plain)] == ["subscribed", "waiting"]


EVENTS = ("created", "retrying", "succeeded", "failed", "force_attempt_failed")


@pytest.mark.parametrize("event", EVENTS)
async def test_a_months_webhook_is_the_orders_and_changes_nothing(open_shop: OpenShop, plan: Plan, event: str) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        about = {
            "event": f"recurring.cycle.{event}",
            "api_version": "2026-01-01",
            "data": failed() | {"amount": 10_054},
        }
        assert (await shop.webhook(about)).json() == {"message": "noted"}  # found by its plan, without our reference
        steps = await shop.steps(order.reference_id)
        assert [step.document["event"] for step in steps if step.kind == "webhook"][:1] == [f"recurring.cycle.{event}"]
        assert (await shop.webhook(about, token="wrong")).status_code == 401
        wrong = about | {"data": about["data"] | {"currency": "PHP"}}
        assert (await shop.webhook(wrong)).status_code == 422
        assert await shop.status_of(order) == "subscribed"


@pytest.mark.parametrize("event", ["payment.capture", "payment.failure", "payment.succeeded"])
async def test_a_months_payment_has_an_amount_and_a_reference_of_its_own(
    open_shop: OpenShop, plan: Plan, event: str
) -> None:
    async with subscribed(open_shop, plan) as (shop, order):
        about = payment_event(order, event, "FAILED" if event == "payment.failure" else "SUCCEEDED")
        about["data"] |= {"request_amount": 10_054, "captures": [{"capture_amount": 5}]}
        assert (await shop.webhook(about)).json() == {"message": "noted"}
        assert (await shop.webhook(about | {"data": about["data"] | {"currency": "PHP"}})).status_code == 422
        assert await shop.status_of(order) == "subscribed"
