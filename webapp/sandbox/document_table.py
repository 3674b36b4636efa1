"""One kind of document in its table: read as of now, changed by one guarded UPDATE together with its webhooks."""

import asyncio
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from .clock import to_text
from .database import Database
from .errors import SandboxError
from .events import Event
from .outbox import put

TRIES = 100
CALLER: ContextVar[str] = ContextVar("caller", default="")
"""Who is calling, if they said so: see caller_faults.py."""


class Record(Protocol):
    outbox: list[Event]

    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=Record)
T = TypeVar("T")


@dataclass(frozen=True)
class RecordKind(Generic[R]):
    """`name` is `session` or `invoice`, as in the names of the queries."""

    name: str
    read: Callable[[str], R]
    write: Callable[[R], str]
    advance: Callable[[R, datetime], bool]
    due_at: Callable[[R], str | None]
    missing: Callable[[], SandboxError]


class DocumentTable(Generic[R]):
    """`on_commit` is called after a transaction that put webhooks into the outbox; `sends` is False to put none."""

    def __init__(
        self,
        kind: RecordKind[R],
        database: Database,
        queries: Any,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
        sends: bool,
    ) -> None:
        self.kind, self.database, self.queries = kind, database, queries
        self.clock, self.on_commit, self.sends = clock, on_commit, sends

    async def one(self, query: str, **parameters: Any) -> Any:
        async with self.database.read() as connection:
            return await getattr(self.queries, query)(connection, **parameters)

    async def add(self, record: R, **columns: Any) -> None:
        row = {
            "id": record.id,
            "due_at": self.kind.due_at(record),
            "document": self.kind.write(record),
            **columns,
        }
        async with self.database.write() as connection:
            await getattr(self.queries, f"insert_{self.kind.name}")(connection, **row)
            if caller := CALLER.get():
                await self.queries.insert_caller(connection, object_id=record.id, caller=caller)

    async def get(self, document_id: str) -> R | None:
        """The document as of now. What the clock made due is done and saved first."""
        row = await self.one(f"get_{self.kind.name}", id=document_id)
        if row is None:
            return None
        if row["due_at"] is not None and row["due_at"] <= to_text(self.clock()):
            return await self.update(document_id, lambda record, now: record)
        return self.kind.read(row["document"])

    async def find(self, query: str, **parameters: Any) -> R | None:
        row = await self.one(query, **parameters)
        return await self.get(row["id"]) if row else None

    async def update(self, document_id: str, change: Callable[[R, datetime], T]) -> T:
        """Saves what `change` does to the document as of now; does it again, afresh, if somebody else saved first.

        An error raised by `change` is raised here and nothing of it is saved. 404 if there is no such document.
        """
        for tried in range(TRIES):
            row = await self.one(f"get_{self.kind.name}", id=document_id)
            if row is None:
                raise self.kind.missing()
            record, now = self.kind.read(row["document"]), self.clock()
            if self.kind.advance(record, now):
                await self._save(row, record)  # the clock's part by itself: it stays, even if `change` is refused
                continue
            result = change(record, now)
            if await self._save(row, record):
                return result
            await asyncio.sleep(random.uniform(0, 0.002 * (tried + 1)))
        raise SandboxError(
            500,
            "SERVER_ERROR",
            "Too many changes at the same time. Please try again later.",
        )

    async def _save(self, row: Any, record: R) -> bool:
        """False if somebody else saved since `row` was read."""
        text = self.kind.write(record)
        if text == row["document"] and not record.outbox:
            return True
        events = record.outbox if self.sends else []
        fields = {
            "id": record.id,
            "version": row["version"],
            "due_at": self.kind.due_at(record),
            "document": text,
        }
        async with self.database.write() as connection:
            if not await getattr(self.queries, f"update_{self.kind.name}")(connection, **fields):
                return False
            if events:
                await put(self.queries, connection, events, self.clock())
        if events:
            self.on_commit()
        record.outbox = []
        return True
