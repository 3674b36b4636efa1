"""Subscription plans as a merchant makes and uses them."""

from typing import Any

import httpx

from tests.sandbox.conftest import SCHEDULE, SUBSCRIPTION, Rig

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
