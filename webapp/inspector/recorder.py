"""Store the masked steps of each order: calls to Xendit, webhooks and answers.

Recording never waits for the database. A masked step goes into a bounded queue, which a background task writes in
batches. A full queue drops steps.
"""

import asyncio
import contextlib
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiosql
import structlog

from webapp.config import Settings
from webapp.database.connection import Database
from webapp.inspector.masking import Mask
from webapp.inspector.secret_names import shop_secrets

log = structlog.get_logger()
QUEUE_SIZE = 2000
MAX_STEPS_OF_AN_ORDER = 120
MAX_STEPS_OF_A_VISITOR = 600
KEPT_FOR = timedelta(days=7)
GATHER_SECONDS = 0.15
CLEAN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True)
class Step:
    """A recorded ``call`` to Xendit, ``webhook``, or ``answer`` to the browser."""

    step_id: str
    at: datetime
    last_at: datetime
    times: int
    """The number of repetitions. Only a repeated GET with the same answer counts above 1."""
    kind: str
    document: Mapping[str, Any]


class Recorder:
    """A recorder that stores a bounded number of steps in the database."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.mask = Mask(shop_secrets(settings))
        self._database = database
        self._sql: Any = aiosql.from_path(Path(__file__).with_name("recorder.sql"), database.driver)
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(QUEUE_SIZE)
        self._task: asyncio.Task[None] | None = None

    def record(
        self, reference_id: str, kind: str, document: Mapping[str, Any], same: str = "", *, took_ms: float = 0
    ) -> None:
        """Record a masked step of an order that began ``took_ms`` ago. ``same`` is the key of its repetitions."""
        if reference_id and not self._queue.full():
            began = datetime.now(UTC) - timedelta(milliseconds=took_ms)
            self._queue.put_nowait(_row(reference_id, kind, began, document, same))

    async def steps(self, reference_id: str) -> list[Step]:
        """Return an order's steps, newest first."""
        async with self._database.read() as connection:
            rows = [row async for row in self._sql.steps_of(connection, reference_id=reference_id)]
        return [_step(row) for row in rows]

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
        cleaned = datetime.min.replace(tzinfo=UTC)
        while True:
            batch = [await self._queue.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while len(batch) < QUEUE_SIZE and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._write(batch)
                if datetime.now(UTC) - cleaned > CLEAN_EVERY:
                    cleaned = datetime.now(UTC)
                    await self._clean({row["reference_id"] for row in batch})
            except Exception as error:  # the shop works without the inspector
                log.error("inspector_lost_steps", steps=len(batch), error=type(error).__name__)
            for _ in batch:
                self._queue.task_done()

    async def _write(self, batch: list[dict[str, Any]]) -> None:
        async with self._database.write() as connection:
            await self._sql.add_step(connection, batch)

    async def _clean(self, reference_ids: set[str]) -> None:
        before = (datetime.now(UTC) - KEPT_FOR).isoformat(timespec="milliseconds")
        async with self._database.write() as connection:
            await self._sql.forget_older(connection, before=before)
            for reference_id in reference_ids:
                await self._sql.forget_beyond(connection, reference_id=reference_id, most=MAX_STEPS_OF_A_VISITOR)


def _row(reference_id: str, kind: str, began: datetime, document: Mapping[str, Any], same: str) -> dict[str, Any]:
    stamp = began.isoformat(timespec="milliseconds")
    step_id = hashlib.sha256(f"{reference_id}:{same}".encode()).hexdigest() if same else secrets.token_hex(12)
    row = {"step_id": step_id, "reference_id": reference_id, "first_at": stamp, "last_at": stamp, "times": 1}
    text = json.dumps(document, ensure_ascii=False).encode(errors="replace").decode()  # half a surrogate pair becomes ?
    text = text.replace("\\u0000", "")  # Postgres stores no NUL
    return row | {"kind": kind, "document": text, "most": MAX_STEPS_OF_AN_ORDER}


def _step(row: Any) -> Step:
    at, last_at = datetime.fromisoformat(row["first_at"]), datetime.fromisoformat(row["last_at"])
    return Step(row["step_id"], at, last_at, row["times"], row["kind"], json.loads(row["document"]))
