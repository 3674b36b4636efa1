"""A plan at the fake Xendit: tests change what it answers, and see what was asked of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.conftest import OpenShop, Shop
from tests.xendit import fake_xendit, plan_event
from webapp.orders.order import Order

PLAN_ID = "repl_1"


def cycle(number: int = 1, status: str = "SCHEDULED", **changes: Any) -> dict[str, Any]:
    """A month as Xendit answers it."""
    due = f"2026-{number:02}-05T00:00:00Z"
    usual = {"id": f"recy_{number}", "plan_id": PLAN_ID, "cycle_number": number, "status": status, "currency": "IDR"}
    return usual | {"amount": 480_000, "scheduled_timestamp": due, "attempt_details": []} | changes


def failed(number: int = 1, status: str = "RETRYING", code: str = "INSUFFICIENT_BALANCE") -> dict[str, Any]:
    """A month whose charge failed."""
    attempt = {"status": "FAILED", "failure_code": code, "next_retry_timestamp": f"2026-{number:02}-06T00:00:00Z"}
    return cycle(number, status, attempt_details=[attempt])


class Plan:
    """The plan of one subscription, with its cycles."""

    def __init__(self) -> None:
        self.status = "ACTIVE"
        self.cycles: list[Any] = [cycle()]
        self.router = fake_xendit(plan=self.as_it_is, cycles=self._cycles, change=self.changed)

    def as_it_is(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": PLAN_ID, "status": self.status, "amount": 480_000, "currency": "IDR"})

    def _cycles(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"data": self.cycles, "has_more": False})

    def changed(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/deactivate"):
            self.status = "INACTIVE"
            return self.as_it_is(request)
        return httpx.Response(200, json=cycle())

    def answers(self, name: str, answer: Any) -> None:
        """`plan`, `cycles` or `change` is answered like this from now on."""
        self.router[name].mock(**{"return_value" if isinstance(answer, httpx.Response) else "side_effect": answer})

    def sent(self) -> list[tuple[str, Any]]:
        """What was changed at Xendit, in order."""
        requests = [call.request for call in self.router["change"].calls]
        paths = [request.url.path.removeprefix(f"/recurring/plans/{PLAN_ID}/") for request in requests]
        return [(path, json.loads(each.content or b"null")) for path, each in zip(paths, requests, strict=True)]


@asynccontextmanager
async def subscribed(open_shop: OpenShop, plan: Plan, **settings: Any) -> AsyncIterator[tuple[Shop, Order]]:
    """A shop with an order whose plan is active."""
    async with open_shop(plan.router, **settings) as shop:
        order = await shop.place(flow="subscription")
        assert (await shop.webhook(plan_event(order))).status_code == 200
        stored = await shop.order_book.get(order.reference_id)
        assert stored and stored.recurring_plan_id == PLAN_ID
        yield shop, stored
