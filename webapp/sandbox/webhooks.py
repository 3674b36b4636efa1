"""The webhooks in the outbox: list them, send them again, set their faults."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from .clock import to_text
from .codec import dumps
from .outbox import LONGEST_DELAY, WebhookFaults, read_webhook_faults
from .store import Store


async def list_webhooks(store: Store, object_id: str | None = None) -> list[dict[str, Any]]:
    """Return the webhooks without their bodies, newest first; of one object if it is given."""
    async with store.database.read() as connection:
        if object_id is None:
            return [dict(row) async for row in store.queries.list_webhooks(connection)]
        return [dict(row) async for row in store.queries.list_webhooks_of(connection, object_id=object_id)]


async def get_webhook(store: Store, webhook_id: str) -> dict[str, Any] | None:
    """Return a webhook with its body, or None."""
    async with store.database.read() as connection:
        row = await store.queries.get_webhook(connection, webhook_id=webhook_id)
    return dict(row) if row else None


async def resend(store: Store, webhook_id: str, object_id: str | None = None) -> bool:
    """Make a webhook due again, with the same `webhook-id`. Return False if the object has none of that id."""
    wanted = {"webhook_id": webhook_id, "object_id": object_id or "", "now": to_text(store.clock())}
    async with store.database.write() as connection:
        row = await store.queries.resend_webhook(connection, **wanted)
    store.on_commit()
    return row is not None


async def webhook_faults(store: Store) -> WebhookFaults:
    """Return the faults of all webhooks."""
    async with store.database.read() as connection:
        return await read_webhook_faults(store.queries, connection)


async def set_webhook_faults(store: Store, changes: dict[str, Any]) -> WebhookFaults:
    """Change the faults for all processes of the database.

    Raise KeyError for an unknown fault, ValueError for a wrong value.
    """
    known = asdict(WebhookFaults())
    for name, value in changes.items():
        if isinstance(value, bool) != isinstance(known[name], bool) or not isinstance(value, int | float | Decimal):
            raise ValueError(f"{name} cannot be {value!r}")
        if not 0 <= value <= LONGEST_DELAY:
            raise ValueError(f"{name} must be seconds, {LONGEST_DELAY} at most")
    async with store.database.write() as connection:
        for name, value in changes.items():
            await store.queries.set_webhook_fault(connection, name=name, value=dumps(value))
    store.on_commit()
    return await webhook_faults(store)


async def restart(store: Store) -> None:
    """Forget the faults, and make what waits due now: the clock may have gone back. For a sandbox that runs alone."""
    async with store.database.write() as connection:
        await store.queries.clear_webhook_faults(connection)
        await store.queries.hasten_webhooks(connection, now=to_text(store.clock()))
    store.on_commit()
