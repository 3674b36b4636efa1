"""The sandbox as one object: the merchant's API, the routes for browsers, and the background work."""

import asyncio
import contextlib
import gettext
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from . import gateway, hosted, invoices, retention, sessions, webhooks
from .addresses import WebhookAddresses
from .api import create_api
from .api.transport import TransportMiddleware
from .background import tried
from .caller_faults import CallerFaults, FaultMiddleware, get_caller_faults, set_caller_faults
from .clock import utcnow
from .codec import loads
from .database import Database
from .outbox import WebhookFaults
from .settings import SandboxSettings
from .store import Store
from .tries import TryLog
from .webhook_post import webhook_client
from .webhook_sender import WebhookSender

SWEEP_EVERY = 1.0
logger = logging.getLogger(__name__)


class Sandbox:
    """The imitation of Xendit.

    `api` is the ASGI app in the place of https://api.xendit.co. `routes` belong in the shop's own table.
    """

    def __init__(
        self,
        settings: SandboxSettings,
        database: Database,
        *,
        webhook_client: httpx.AsyncClient | None = None,
        clock: Callable[[], datetime] = utcnow,
        translations: Mapping[str, gettext.NullTranslations] | None = None,
    ) -> None:
        self.settings, self.database, self.clock = settings, database, clock
        sends = bool(settings.webhook_url) or settings.standalone
        self.store = Store(database, settings.secret, clock, self._kick, sends)
        self.addresses = WebhookAddresses(settings)
        self.tries = TryLog() if settings.standalone else None
        self.bare_api: ASGIApp = FaultMiddleware(create_api(self.store, settings), self.store)
        self.api: ASGIApp = TransportMiddleware(self.bare_api, clock)
        self.routes: list[BaseRoute] = [
            *gateway.routes(self.store, settings),
            *hosted.routes(self.store, settings, translations or {}),
            Mount("/sandbox/static", StaticFiles(directory=Path(__file__).with_name("static"))),
        ]
        self.sdk_url: str | None = gateway.sdk_url(settings)
        self._client = webhook_client
        self._kicked = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Create the tables and start the background work. The database must be open."""
        await self.store.create_tables()
        self._tasks = [asyncio.create_task(self._run()), asyncio.create_task(self._delete_old())]

    async def stop(self) -> None:
        """Stop the background work. Unsent webhooks stay in the outbox for the next start, or for another process."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def _kick(self) -> None:
        self._kicked.set()

    async def _run(self) -> None:
        client = self._client or webhook_client()
        sender = WebhookSender(self.store, self.settings, client, self.clock, self.addresses, self.tries)
        try:
            while True:
                advanced = await tried(self.store.advance_all)
                self._kicked.clear()
                if not await tried(sender.begin) or not advanced:
                    await asyncio.sleep(SWEEP_EVERY)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._kicked.wait(), SWEEP_EVERY)
        finally:
            await sender.stop()
            if client is not self._client:
                await client.aclose()

    async def _delete_old(self) -> None:
        while True:
            await asyncio.sleep(retention.DELETE_EVERY)
            try:
                await retention.delete_old(self.store, self.settings)
            except Exception:
                logger.exception("the sandbox could not delete what is old")

    async def webhooks(self, object_id: str | None = None) -> list[dict[str, Any]]:
        """Return the newest webhooks without their bodies, of all objects or of one."""
        return await webhooks.list_webhooks(self.store, object_id)

    async def webhook_body(self, webhook: dict[str, Any]) -> Any:
        """Return the body of one of `webhooks()`, without the addresses that a sent one has in addition."""
        found = await webhooks.get_webhook(self.store, webhook["webhook_id"])
        data = loads(found["body"]) if found else {}
        return data if webhook["event"] == "invoice" else {"event": webhook["event"], "data": data}

    async def resend(self, webhook_id: str) -> bool:
        """Send a webhook again with the same id. Return False if there is none of that id."""
        return await webhooks.resend(self.store, webhook_id)

    async def expire(self, object_id: str) -> None:
        """End a session or an invoice now, as its clock would. The webhook is sent too."""
        if object_id.startswith("ps-"):
            await self.store.update_session(object_id, sessions.expire)
        else:
            await self.store.update_invoice(object_id, invoices.expire)

    async def webhook_faults(self) -> WebhookFaults:
        """Return the faults that all webhooks have now."""
        return await webhooks.webhook_faults(self.store)

    async def set_webhook_faults(self, **changes: Any) -> WebhookFaults:
        """Change the faults of all webhooks: `set_webhook_faults(duplicate=True, delay=2.5, outage=True)`."""
        return await webhooks.set_webhook_faults(self.store, changes)

    async def caller_faults(self, caller: str) -> CallerFaults:
        """Return the faults of one caller."""
        return await get_caller_faults(self.store, caller)

    async def set_caller_faults(self, caller: str, **changes: Any) -> CallerFaults:
        """Change the faults of one caller: `set_caller_faults(visitor, fail="500", delay=5, duplicate=True)`."""
        return await set_caller_faults(self.store, caller, changes)
