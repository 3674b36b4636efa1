"""The webhooks that were sent or wait to be: listed, sent again, disturbed on purpose, and forgotten after a while."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from .clock import to_text
from .codec import dumps
from .outbox import WebhookFaults, read_webhook_faults
from .store import Store

KEPT = timedelta(days=60)


async def listed(store: Store, object_id: str | None = None) -> list[dict[str, Any]]:
    """Newest first, without the bodies; of one session or invoice if it is named."""
    async with store.database.read() as connection:
        if object_id is None:
            return [dict(row) async for row in store.queries.list_webhooks(connection)]
        return [dict(row) async for row in store.queries.list_webhooks_of(connection, object_id=object_id)]


async def resend(store: Store, webhook_id: str, object_id: str | None = None) -> bool:
    """Makes one due again, with the same `webhook-id`. False if there is none of that id (about that object)."""
    wanted = {"webhook_id": webhook_id, "object_id": object_id or "", "now": to_text(store.clock())}
    async with store.database.write() as connection:
        row = await store.queries.resend_webhook(connection, **wanted)
    store.on_commit()
    return row is not None


async def webhook_faults(store: Store) -> WebhookFaults:
    async with store.database.read() as connection:
        return await read_webhook_faults(store.queries, connection)


async def set_webhook_faults(store: Store, changes: dict[str, Any]) -> WebhookFaults:
    """For all processes that share the database. KeyError or ValueError for what is no fault or no value of it."""
    known = asdict(WebhookFaults())
    for name, value in changes.items():
        if type(known[name])(value) != value:
            raise ValueError(f"{name} cannot be {value!r}")
    async with store.database.write() as connection:
        for name, value in changes.items():
            await store.queries.set_webhook_fault(connection, name=name, value=dumps(value))
    store.on_commit()
    return await webhook_faults(store)


async def forget(store: Store) -> None:
    """Removes what is over and older than KEPT: a public demo runs for years."""
    before = to_text(store.clock() - KEPT)
    async with store.database.write() as connection:
        for name in ("forget_webhooks", "forget_sessions", "forget_invoices"):
            await getattr(store.queries, name)(connection, before=before)
        await store.queries.forget_callers(connection)
