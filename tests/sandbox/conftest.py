"""A sandbox without a shop: its API, its pages, a receiver for its webhooks, and a clock that the test turns."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from webapp.sandbox import Sandbox, SandboxSettings, SQLiteDatabase
from webapp.sandbox.webhook_sender import WebhookSender

KEY = "xnd_development_sandbox_idr"
TOKEN = "the-callback-token"
PAY: dict[str, Any] = {
    "reference_id": "order-1",
    "session_type": "PAY",
    "mode": "PAYMENT_LINK",
    "currency": "IDR",
    "country": "ID",
    "amount": 240_000,
    "success_return_url": "http://shop.test/orders/order-1",
    "cancel_return_url": "http://shop.test/orders/order-1?left",
}
CUSTOMER: dict[str, Any] = {
    "reference_id": "customer-1",
    "type": "INDIVIDUAL",
    "email": "ada@example.com",
    "individual_detail": {"given_names": "Ada", "surname": "Lovelace"},
}
SAVE = PAY | {"session_type": "SAVE", "amount": 0, "customer": CUSTOMER}
SCHEDULE = {"anchor_date": "2026-12-01T00:00:00Z", "interval": "MONTH", "interval_count": 1}
SUBSCRIPTION = PAY | {
    "session_type": "SUBSCRIPTION",
    "customer": CUSTOMER,
    "subscription": {"schedule": SCHEDULE},
}
INVOICE: dict[str, Any] = {
    "external_id": "order-1",
    "amount": 240_000,
    "description": "Selat order 1",
    "currency": "IDR",
    "success_redirect_url": "http://shop.test/orders/order-1",
}


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **units: float) -> None:
        self.now += timedelta(**units)


@dataclass
class Receiver:
    """The shop's end of webhooks: keeps what arrives and answers with `answers`, then with 200."""

    arrived: list[tuple[httpx.Headers, dict[str, Any]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.arrived.append((request.headers, json.loads(request.content)))
        status = self.answers.pop(0) if self.answers else 200
        if status == 0:
            raise httpx.ConnectError("nobody there", request=request)
        return httpx.Response(status)

    @property
    def events(self) -> list[str]:
        return [body.get("event", "invoice") for _, body in self.arrived]


@dataclass
class Rig:
    """Everything about one sandbox. `deliver()` does what its background task would: webhooks, and what is due."""

    sandbox: Sandbox
    api: httpx.AsyncClient
    browser: httpx.AsyncClient
    receiver: Receiver
    clock: Clock
    sender: WebhookSender

    async def deliver(self) -> None:
        await self.sandbox.store.advance_all()
        await self.sender.deliver()

    async def create(self, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
        path = "/v2/invoices" if "external_id" in body else "/sessions"
        answer = await self.api.post(path, json=body | changes)
        assert answer.is_success, answer.text
        created: dict[str, Any] = answer.json()
        return created

    async def session(self, created: dict[str, Any]) -> dict[str, Any]:
        answer = await self.api.get(f"/sessions/{created['payment_session_id']}")
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    async def settle(self, created: dict[str, Any], choice: str = "CARDS.visa", **form: str) -> httpx.Response:
        url = created.get("payment_link_url") or created["invoice_url"]
        return await self.browser.post(url, data={"decision": "pay", "choice": choice} | form)


OpenRig = Callable[..., Any]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_rig(tmp_path: Path, clock: Clock) -> AsyncIterator[OpenRig]:
    """`await open_rig(database=…)`: a sandbox whose background task is not running, so that tests decide when."""
    async with AsyncExitStack() as stack:

        async def opened(database: Any = None, **changes: Any) -> Rig:
            database = database or SQLiteDatabase(tmp_path / "sandbox.db")
            await database.open()
            stack.push_async_callback(database.close)
            usual = {"webhook_url": "http://shop.test/webhooks/xendit", "webhook_token": TOKEN}
            settings = SandboxSettings("http://shop.test", "s" * 40, **usual | changes)
            sandbox = Sandbox(settings, database, clock=clock)
            await sandbox.store.create_tables()
            receiver = Receiver()
            to_shop = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
            api = httpx.AsyncClient(
                transport=httpx.ASGITransport(sandbox.api), base_url="https://api.xendit.co", auth=(KEY, "")
            )
            pages = httpx.ASGITransport(Starlette(routes=sandbox.routes))
            browser = httpx.AsyncClient(transport=pages, base_url="http://shop.test")
            for client in (to_shop, api, browser):
                await stack.enter_async_context(client)
            return Rig(sandbox, api, browser, receiver, clock, WebhookSender(sandbox.store, settings, to_shop, clock))

        yield opened


@pytest.fixture
async def rig(open_rig: OpenRig) -> Rig:
    opened: Rig = await open_rig()
    return opened
