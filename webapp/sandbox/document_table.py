"""A table of records, each one JSON document in a row. A change is one guarded UPDATE together with its webhooks."""

import asyncio
import random
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from .clock import to_text
from .database import Database
from .errors import SandboxError
from .outbox import insert_webhooks
from .records import Changes

MAX_TRIES = 100
CALLER: ContextVar[str] = ContextVar("caller", default="")
"""The name of the caller, if it sent one: see caller_faults.py."""
UNIQUE = "unique:"
"""The start of an alias that only one record may have."""

R = TypeVar("R", bound=Changes)
T = TypeVar("T")


@dataclass(frozen=True)
class RecordKind(Generic[R]):
    """One kind of record. `name` is `session`, `invoice` or `object`, as in the names of the SQL statements."""

    name: str
    read: Callable[[str], R]
    write: Callable[[R], str]
    advance: Callable[[R, datetime], bool]
    due_at: Callable[[R], str | None]
    missing: Callable[[], SandboxError]
    needs: Callable[[R], list[str]] = lambda record: []
    """The ids of other objects that a change must know: a subscription's payment methods."""


class DocumentTable(Generic[R]):
    """The table of one kind of record. `on_commit` is called when webhooks were stored; `sends=False` stores none.

    `tables` holds the table of each class of record that a change may make.
    """

    def __init__(
        self,
        kind: RecordKind[R],
        database: Database,
        queries: Any,
        clock: Callable[[], datetime],
        on_commit: Callable[[], None],
        sends: bool,
        tables: "dict[type, DocumentTable[Any]]",
    ) -> None:
        self.kind, self.database, self.queries = kind, database, queries
        self.clock, self.on_commit, self.sends, self.tables = clock, on_commit, sends, tables

    async def one(self, query: str, **parameters: Any) -> Any:
        """Return the first row of a statement, or None."""
        async with self.database.read() as connection:
            return await getattr(self.queries, query)(connection, **parameters)

    async def add(self, record: R, **columns: Any) -> None:
        """Insert a record, and remember the caller if there is one."""
        async with self.database.write() as connection:
            await self._insert(connection, record, columns)

    def _row(self, record: R) -> dict[str, Any]:
        due_at, now = self.kind.due_at(record), to_text(self.clock())
        return {"id": record.id, "due_at": due_at, "changed_at": now, "document": self.kind.write(record)}

    async def _insert(self, connection: Any, record: R, columns: dict[str, Any], parent_id: str = "") -> None:
        row = self._row(record) | {"business_id": record.business_id, "customer_id": record.customer_id}
        await getattr(self.queries, f"insert_{self.kind.name}")(connection, **row, **columns)
        if caller := CALLER.get():
            await self.queries.insert_caller(connection, object_id=record.id, caller=caller)
        elif parent_id:
            await self.queries.copy_caller(connection, object_id=record.id, parent_id=parent_id)
        await self._insert_changes(connection, record)

    async def _insert_changes(self, connection: Any, record: Changes) -> None:
        """Insert the new webhooks, ids and records. Raise 409 for a reference that must be new and is not."""
        if self.sends and record.outbox:
            await insert_webhooks(self.queries, connection, record.outbox, self.clock())
        for alias in record.aliases:
            new = await self.queries.insert_alias(connection, alias=alias, object_id=record.id)
            if not new and alias.startswith(UNIQUE):
                raise SandboxError(409, "DUPLICATE_ERROR", "The reference_id or idempotency key has been used before")
        for child in record.children:
            await self.tables[type(child)]._insert(connection, child, {}, record.id)

    async def get(self, record_id: str) -> R | None:
        """Return the record as of now. Changes by the clock are applied and saved first."""
        row = await self.one(f"get_{self.kind.name}", id=record_id)
        return await self.current(record_id, row) if row else None

    async def current(self, record_id: str, row: Any) -> R | None:
        """Return the record of a row as of now."""
        if row["due_at"] is not None and row["due_at"] <= to_text(self.clock()):
            return await self.update(record_id, lambda record, now: record)
        return self.kind.read(row["document"])

    async def find(self, query: str, **parameters: Any) -> R | None:
        """Return the record that a statement finds, or None."""
        row = await self.one(query, **parameters)
        return await self.get(row["id"]) if row else None

    async def update(self, record_id: str, change: Callable[[R, datetime], T]) -> T:
        """Apply `change` to the record as of now and save it. Start again if another process saved first.

        Raise the error of `change`, and save nothing of it. Raise 404 if there is no such record.
        """
        for tried in range(MAX_TRIES):
            row = await self.one(f"get_{self.kind.name}", id=record_id)
            if row is None:
                raise self.kind.missing()
            record, now = self.kind.read(row["document"]), self.clock()
            for other_id in self.kind.needs(record):
                if other := await self.one("get_object", id=other_id):
                    record.others[other_id] = (other["document"], other["version"])
            if self.kind.advance(record, now):
                await self._save(row, record)  # on its own, so that it stays even if `change` raises
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
        """Save the record. Return False if another process saved it, or what it relies on, since `row` was read."""
        if record.is_empty and self.kind.write(record) == row["document"]:
            return True
        fields = self._row(record) | {"version": row["version"]}
        async with self.database.write() as connection:
            for other_id, version in record.relies_on.items():
                if not await self.queries.hold_object(connection, id=other_id, version=version):
                    return False
            if not await getattr(self.queries, f"update_{self.kind.name}")(connection, **fields):
                return False
            await self._insert_changes(connection, record)
        self.on_commit()
        record.outbox, record.aliases, record.children = [], [], []
        return True
