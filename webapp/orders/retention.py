"""Delete old orders, in small steps. Never an open one: only Xendit or its time closes an order."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import aiosql

from webapp.background import in_batches
from webapp.database.connection import Database
from webapp.keep import Keep
from webapp.orders.rows import timestamp

SETTLED_AFTER = timedelta(minutes=15)  # a sandbox repeats its webhooks for four minutes
KEEP_STRAY_WEBHOOKS = timedelta(days=7)  # Xendit repeats a webhook for a day


@dataclass(frozen=True)
class Retention:
    """The rules by which old orders are deleted."""

    database: Database
    keep: Keep

    async def delete_old(self) -> None:
        """Delete what is too old, and the oldest orders of the sandbox that are too many."""
        now = datetime.now(UTC)
        await self._delete_closed(1, timestamp(now - timedelta(days=self.keep.sandbox_days)))
        if self.keep.orders_days:
            await self._delete_closed(0, timestamp(now - timedelta(days=self.keep.orders_days)))
        settled = {"before": timestamp(now - SETTLED_AFTER), "most": self.keep.sandbox_orders}
        beyond = await self._sql.closed_beyond(self.database, sandbox=1, **settled)
        if beyond:
            await self._delete_closed(1, beyond["updated"])
        await self._delete_stray_webhooks(timestamp(now - KEEP_STRAY_WEBHOOKS))

    async def _delete_closed(self, sandbox: int, before: str) -> None:
        async def delete(most: int) -> int:
            async with self.database.write() as connection:
                rows = self._sql.delete_closed(connection, sandbox=sandbox, before=before, most=most)
                deleted = [{"reference_id": row["reference_id"]} async for row in rows]
                if deleted:
                    await self._sql.delete_changes(connection, deleted)
                    await self._sql.delete_modifications(connection, deleted)
                    await self._sql.delete_webhooks(connection, deleted)
            return len(deleted)

        await in_batches(delete)

    async def _delete_stray_webhooks(self, before: str) -> None:
        async def delete(most: int) -> int:
            return len([row async for row in self._sql.delete_stray_webhooks(self.database, before=before, most=most)])

        await in_batches(delete)

    @cached_property
    def _sql(self) -> Any:
        return aiosql.from_path(Path(__file__).with_name("retention.sql"), self.database.driver)
