"""Delete what is old, in small steps, so that a public demo runs for years. Nothing that may still be paid."""

import asyncio
import re
from datetime import timedelta
from typing import Any

from .clock import to_text
from .settings import SandboxSettings
from .store import Store

# As in the names of the SQL statements. Of open objects, such as saved payment methods, only the number has a limit.
KINDS = ("sessions", "invoices", "objects", "open_objects", "customers", "faults")
DELETE_EVERY = 60  # seconds
BATCH = 100
PAUSE_SECONDS = 0.05  # between two batches, for those who wait for the database
SETTLED_AFTER = timedelta(hours=1)  # for a merchant who missed all webhooks and asks


async def delete_old(store: Store, settings: SandboxSettings) -> None:
    """Delete what is older than `keep_days`, and all but the newest `keep_objects` of each kind."""
    now = store.clock()
    for kind in KINDS:
        settled = {"before": to_text(now - SETTLED_AFTER), "most": settings.keep_objects}
        async with store.database.read() as connection:
            beyond = await getattr(store.queries, f"{kind}_beyond")(connection, **settled)
        before = "" if kind == "open_objects" else to_text(now - timedelta(days=settings.keep_days))
        await _delete(store, kind, max(before, beyond["time"]) if beyond else before)


async def _delete(store: Store, kind: str, before: str) -> None:
    found = BATCH
    while found == BATCH:
        async with store.database.write() as connection:
            renewed = await _renew(store, connection, before) if kind == "customers" else 0
            rows = getattr(store.queries, f"delete_{kind}")(connection, before=before, most=BATCH - renewed)
            deleted = [{"id": row["id"]} async for row in rows]
            if deleted and kind == "customers":
                await store.queries.delete_customer_details(connection, deleted)
            if deleted and kind != "faults":
                await store.queries.delete_webhooks_of(connection, deleted)
                await store.queries.delete_callers_of(connection, deleted)
                await store.queries.delete_aliases_of(connection, deleted)
        found = renewed + len(deleted)
        await asyncio.sleep(PAUSE_SECONDS)


async def _renew(store: Store, connection: Any, before: str) -> int:
    """Keep the customers of the next batch who are still needed. Return how many they are."""
    now = to_text(store.clock())
    return len([row async for row in store.queries.renew_customers(connection, now=now, before=before, most=BATCH)])


def _tables(store: Store) -> list[str]:
    statements = [getattr(store.queries, name).sql for name in store.queries.available_queries]
    return sorted({table for text in statements for table in re.findall(r"CREATE TABLE IF NOT EXISTS (\w+)", text)})


async def delete_all(store: Store) -> None:
    """Delete every row of every table, in a sandbox that runs alone."""
    async with store.database.write() as connection:
        for table in _tables(store):
            await connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the names are our own


async def is_empty(store: Store) -> bool:
    """Return whether nothing was created yet, in a sandbox that runs alone."""
    async with store.database.read() as connection:
        for table in _tables(store):
            found = await connection.execute_fetchall(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - as above
            if found:
                return False
    return True
