"""Store the masked steps of each order: calls to Xendit, webhooks and answers, within limits of bytes.

Recording never waits for the database. A masked step goes into a bounded queue, which a background task writes in
batches. A full queue drops steps.
"""

import asyncio
import contextlib
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosql
import structlog

from webapp.background import in_batches
from webapp.config import Settings
from webapp.database.connection import Database
from webapp.inspector.masking import Mask
from webapp.inspector.secret_names import shop_secrets
from webapp.inspector.steps import Step, row_of_step, step_from_row
from webapp.orders.rows import timestamp

log = structlog.get_logger()
QUEUE_SIZE = 2000
MAX_STEPS_OF_A_VISITOR = 600
KEPT_FOR = timedelta(days=7)
GATHER_SECONDS = 0.15
WEIGHED_AT_ONCE = 500


class Recorder:
    """A recorder that stores a bounded number of steps in the database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.mask = Mask(shop_secrets(settings))
        self._database = database
        self._sql: Any = aiosql.from_path(Path(__file__).with_name("recorder.sql"), database.driver)
        self._max_bytes = settings.keep.inspector_bytes
        self._written: set[str] = set()  # orders with new steps, since old ones were deleted
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(QUEUE_SIZE)
        self._task: asyncio.Task[None] | None = None

    def record(
        self, reference_id: str, kind: str, document: Mapping[str, Any], same: str = "", *, started: float = 0
    ) -> None:
        """Record a masked step of an order. ``same`` is the key of its repetitions.

        ``started``: when it began, by ``time.perf_counter()``, if it did not begin just now.
        """
        if reference_id and not self._queue.full():
            ago = time.perf_counter() - started if started else 0  # with the time of masking
            began = datetime.now(UTC) - timedelta(seconds=ago)
            self._queue.put_nowait(row_of_step(reference_id, kind, began, document, same))

    async def steps(self, reference_id: str) -> list[Step]:
        """Return an order's steps, newest first."""
        rows = [row async for row in self._sql.steps_of(self._database, reference_id=reference_id)]
        return [step_from_row(row) for row in rows]

    def start(self) -> None:
        """Start the background task. The database must be open."""
        self._task = asyncio.create_task(self._write_for_ever())

    async def flush(self) -> None:
        """Wait until all recorded steps are written."""
        await self._queue.join()

    async def stop(self) -> None:
        """Write the queued steps for at most three seconds, and stop the background task."""
        if self._task:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.flush(), 3)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _write_for_ever(self) -> None:
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while len(batch) < QUEUE_SIZE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._write(batch)
            except Exception as error:  # the shop works without the inspector
                log.error("inspector_lost_steps", steps=len(batch), error=type(error).__name__)
            for _ in batch:
                self._queue.task_done()

    async def _write(self, batch: list[dict[str, Any]]) -> None:
        self._written |= {row["reference_id"] for row in batch}
        async with self._database.write() as connection:
            await self._sql.add_step(connection, batch)

    async def delete_old(self) -> None:
        """Delete what is too old, what a visitor has too much of, and the oldest steps beyond the bytes of all."""
        for reference_id in self._take_written():
            most = MAX_STEPS_OF_A_VISITOR
            await self._sql.delete_beyond(self._database, reference_id=reference_id, most=most)
            await asyncio.sleep(0)
        before = max(timestamp(datetime.now(UTC) - KEPT_FOR), await self._full_at())

        async def delete(most: int) -> int:
            return len([row async for row in self._sql.delete_older(self._database, before=before, most=most)])

        await in_batches(delete)

    def _take_written(self) -> set[str]:
        taken, self._written = self._written, set()
        return taken

    async def _full_at(self) -> str:
        """Return the time before which steps are beyond the bytes of all; empty if there are none."""
        total, before = 0, timestamp(datetime.now(UTC) + timedelta(days=1))
        while before and total <= self._max_bytes:
            row = await self._sql.weigh_older(self._database, before=before, most=WEIGHED_AT_ONCE)
            total, before = total + int(row["bytes"] or 0), row["oldest"] or ""
            await asyncio.sleep(0)
        return before
