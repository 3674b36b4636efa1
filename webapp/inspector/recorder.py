"""The inspector's memory: what went to Xendit and came back, by order, masked before it is kept.

Recording waits for nothing: a step is masked as soon as the event loop has a moment, put into a bounded queue, and
written by a background task, many at a time. When the queue is full, steps are dropped and requests go on.
"""

import asyncio
import contextlib
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping
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

# Returns what happened, as JSON without secrets, and what identifies a repetition of it ("" for none).
Tell = Callable[[], tuple[Mapping[str, Any], str]]


@dataclass(frozen=True)
class Step:
    """One thing that happened: a ``call`` to Xendit, a ``webhook``, or our ``answer`` to the browser."""

    step_id: str
    at: datetime
    last_at: datetime
    times: int
    """How often it happened just so; only a repeated question with the same answer counts above 1."""
    kind: str
    document: Mapping[str, Any]


class Recorder:
    """Takes steps at any rate, keeps a bounded number of them. Several processes share what is kept."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.mask = Mask(shop_secrets(settings))
        self._database = database
        self._sql: Any = aiosql.from_path(Path(__file__).with_name("recorder.sql"), database.driver)
        self._queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue(QUEUE_SIZE)
        self._task: asyncio.Task[None] | None = None

    def record(self, reference_id: str, kind: str, tell: Tell, *, took_ms: float = 0) -> None:
        """Note a step of an order, ``took_ms`` after it began; ``tell`` is called once the event loop is free."""
        if reference_id:
            began = datetime.now(UTC) - timedelta(milliseconds=took_ms)
            asyncio.get_running_loop().call_soon(self._put, reference_id, kind, began, tell)

    def _put(self, reference_id: str, kind: str, began: datetime, tell: Tell) -> None:
        if not self._queue.full():
            self._queue.put_nowait(_row(reference_id, kind, began, tell))

    async def steps(self, reference_id: str) -> list[Step]:
        """What is known of an order, newest first."""
        async with self._database.read() as connection:
            rows = [row async for row in self._sql.steps_of(connection, reference_id=reference_id)]
        return [_step(row) for row in rows]

    def start(self) -> None:
        """Begin to write. The database must be open."""
        self._task = asyncio.create_task(self._write_for_ever())

    async def flush(self) -> None:
        """Wait until all that was recorded so far is written."""
        await asyncio.sleep(0)  # for what is not in the queue yet
        await self._queue.join()

    async def stop(self) -> None:
        """Write what is waiting, for at most three seconds, and end."""
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
            except Exception as error:  # the database is away or busy: the shop goes on, this part of its story is lost
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


def _row(reference_id: str, kind: str, began: datetime, tell: Tell) -> dict[str, Any]:
    document, same = tell()
    stamp = began.isoformat(timespec="milliseconds")
    step_id = hashlib.sha256(f"{reference_id}:{same}".encode()).hexdigest() if same else secrets.token_hex(12)
    row = {"step_id": step_id, "reference_id": reference_id, "first_at": stamp, "last_at": stamp, "times": 1}
    text = json.dumps(document, ensure_ascii=False).encode(errors="replace").decode()  # half a surrogate pair becomes ?
    return row | {
        "kind": kind,
        "document": text.replace("\\u0000", ""),
        "most": MAX_STEPS_OF_AN_ORDER,
    }  # Postgres: no NUL


def _step(row: Any) -> Step:
    at, last_at = datetime.fromisoformat(row["first_at"]), datetime.fromisoformat(row["last_at"])
    return Step(row["step_id"], at, last_at, row["times"], row["kind"], json.loads(row["document"]))
