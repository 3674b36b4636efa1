"""Sends webhooks as Xendit does: HTTP POST with `x-callback-token` and `webhook-id`, repeated until a 2xx answer.

Several processes may share one outbox. A guarded UPDATE claims a row for one of them. If that one dies, the row is due
again after the lease, so each webhook arrives at least once. No log line holds a body or a token.
https://docs.xendit.co/docs/handling-webhooks
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from weakref import WeakValueDictionary

import httpx

from .addresses import Address, WebhookAddresses
from .clock import to_text
from .codec import loads
from .invoices import CALLBACK_URL
from .outbox import read_webhook_faults
from .settings import SandboxSettings
from .store import Store
from .tries import Try, TryLog
from .webhook_body import body_of, owner
from .webhook_post import NOT_ANSWERED, post

LEASE = timedelta(seconds=40)
MAX_PARALLEL = 8  # of one business
logger = logging.getLogger(__name__)


class WebhookSender:
    """The sender of one process. `tries` keeps what was sent and answered, for a console."""

    def __init__(
        self,
        store: Store,
        settings: SandboxSettings,
        client: httpx.AsyncClient,
        clock: Callable[[], datetime],
        addresses: WebhookAddresses | None = None,
        tries: TryLog | None = None,
    ) -> None:
        self.store, self.settings, self.client, self.clock = store, settings, client, clock
        self.addresses, self.tries = addresses or WebhookAddresses(settings), tries
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    async def deliver(self) -> None:
        """Send the due webhooks, and wait until each was answered or given up."""
        await asyncio.gather(*await self.begin())

    async def begin(self) -> list[asyncio.Task[None]]:
        """Begin to send the due webhooks, those of one object in their order, and let no business wait for another."""
        async with self.store.database.read() as connection:
            if (await read_webhook_faults(self.store.queries, connection)).outage:
                return []
            rows = self.store.queries.due_webhooks(connection, now=to_text(self.clock()))
            due = [dict(row) async for row in rows]
        due.sort(key=lambda row: str(row["object_id"]))  # stable: within an object they stay in the order they are due
        groups = {object_id: list(group) for object_id, group in groupby(due, key=lambda row: row["object_id"])}
        self._again |= set(groups) & set(self._sending)
        new = [name for name in groups if name not in self._sending]
        begun = {name: asyncio.create_task(self._deliver_in_turn(name, groups[name])) for name in new}
        self._sending |= begun
        return [*begun.values()]

    async def stop(self) -> None:
        """Break off what is being sent. It stays in the outbox, and is due again after the lease."""
        for task in (sending := [*self._sending.values()]):
            task.cancel()
        await asyncio.gather(*sending, return_exceptions=True)

    async def _deliver_in_turn(self, object_id: str, rows: list[dict[str, Any]]) -> None:
        try:
            business_id = owner(rows[0]["event"], loads(rows[0]["body"]))
            async with self._slots.setdefault(business_id, asyncio.Semaphore(MAX_PARALLEL)):
                for row in rows:
                    claimed = await self._claim(row)
                    if claimed is not None:
                        await self._deliver_one(claimed)
        except Exception as error:  # for example a database failure
            logger.error("webhooks of one object could not be sent: %s", type(error).__name__)
        finally:
            del self._sending[object_id]
            if object_id in self._again:  # more of this object fell due meanwhile
                self._again.remove(object_id)
                self.store.on_commit()

    async def _claim(self, row: dict[str, Any]) -> Any:
        """Claim a row for the time of the lease. Return None if another process was faster."""
        lease = to_text(self.clock() + LEASE)
        fields = {"webhook_id": row["webhook_id"], "due_at": row["due_at"], "lease": lease}
        async with self.store.database.write() as connection:
            claimed = await self.store.queries.claim_webhook(connection, **fields)
        return dict(claimed, lease=lease) if claimed else None

    async def _deliver_one(self, row: Any) -> None:
        data = loads(row["body"])
        address = self.addresses.of(owner(row["event"], data))
        address = replace(address, url=data.pop(CALLBACK_URL, "") or address.url)
        if not address.url:
            await self._settle(row, "NOT_SENT", "", None)
            return
        body = body_of(self.settings, row["event"], data, self.clock())
        answers = [await self._post(address, row["webhook_id"], body) for _ in range(row["copies"])]
        good = [answer for answer in answers if answer.startswith("2")]
        schedule = self.settings.webhook_schedule
        status, due_at = ("DELIVERED", None) if good else ("GIVEN_UP", None)
        if not good and row["attempts"] <= len(schedule):
            wait = timedelta(seconds=schedule[row["attempts"] - 1])
            status, due_at = "QUEUED", to_text(self.clock() + wait)
        logger.info("webhook %s (%s) answered %s: %s", row["webhook_id"], row["event"], answers[-1], status)
        await self._settle(row, status, answers[-1], due_at)

    async def _settle(self, row: Any, status: str, answer: str, due_at: str | None) -> None:
        fields = {"status": status, "answer": answer, "due_at": due_at, "lease": row["lease"]}
        async with self.store.database.write() as connection:
            await self.store.queries.settle_webhook(connection, webhook_id=row["webhook_id"], **fields)

    async def _post(self, address: Address, webhook_id: str, body: bytes) -> str:
        """Send once. Return the status code as text, or the name of the error."""
        text = ""
        try:
            answer, text = await post(self.client, address, webhook_id, body)
            said = str(answer.status_code)
        except NOT_ANSWERED as error:
            said = type(error).__name__
        if self.tries:
            self.tries.add(webhook_id, Try(to_text(self.clock()), address.url, body.decode(), said, text))
        return said
