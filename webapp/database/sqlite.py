"""SQLite without threads. A statement takes some 30 µs, and handing it to a thread and back several times that.

Saves over 60 % of the processor time of an order in the book, against aiosqlite (tests/benchmarks/bench_shortcuts.py).
What can take long is another process's lock; asyncio waits for it (docs/decisions/0010-sqlite-without-threads.md).
"""

import asyncio
import random
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import aiosql
from aiosql.adapters.aiosqlite import AioSQLiteAdapter

from webapp.database import errors
from webapp.database.errors import DatabaseUnavailable, translate_errors

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON")
LOCKED = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Connection:
    """A connection with the methods of asyncpg's that are needed here."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        self._connection.row_factory = sqlite3.Row

    async def fetch(self, sql: str, parameters: Any = ()) -> list[Any]:
        """Run a statement to its end and return its rows: no other read ever sees it half done."""
        until = time.monotonic() + errors.PATIENCE_SECONDS
        while True:
            try:
                return self._connection.execute(sql, parameters).fetchall()
            except sqlite3.OperationalError as failure:
                if failure.sqlite_errorcode & 0xFF not in LOCKED or time.monotonic() > until:
                    raise DatabaseUnavailable(type(failure).__name__) from failure
            await asyncio.sleep(random.uniform(0, 0.002))

    execute = fetch

    async def executemany(self, sql: str, parameters: list[Any]) -> None:
        """Run a statement once for each; within a transaction, so that no lock has to be waited for."""
        with translate_errors(sqlite3.OperationalError):
            self._connection.executemany(sql, parameters)

    def rollback(self) -> None:
        """End the transaction, if there is one, as if it had not been."""
        self._connection.rollback()

    def close(self) -> None:
        self._connection.close()


class Adapter(AioSQLiteAdapter):
    """How aiosql runs the four kinds of statements that this project has."""

    async def select(
        self, conn: Connection, _name: str, sql: str, parameters: Any, record_class: None = None
    ) -> AsyncIterator[Any]:
        for row in await conn.fetch(sql, parameters):
            yield row

    async def select_one(
        self, conn: Connection, _name: str, sql: str, parameters: Any, record_class: None = None
    ) -> Any:
        rows = await conn.fetch(sql, parameters)
        return rows[0] if rows else None

    async def insert_update_delete(self, conn: Connection, _name: str, sql: str, parameters: Any) -> None:
        await conn.execute(sql, parameters)

    async def insert_update_delete_many(self, conn: Connection, _name: str, sql: str, parameters: Any) -> None:
        await conn.executemany(sql, parameters)


aiosql.register_adapter("sqlite", Adapter)  # type: ignore[arg-type]  # its base is untyped


class SQLite:
    """A file in WAL mode: one connection reads, another writes behind a lock, so that tasks never mix transactions."""

    driver = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        with translate_errors(OSError, sqlite3.Error):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self.reader, self._writer = Connection(self._path), Connection(self._path)
            for connection in (self.reader, self._writer):
                for pragma in PRAGMAS:
                    await connection.execute(f"PRAGMA {pragma}")
        self.writer = Writer(self._turn)
        self._identity = self._file_identity()

    def _file_identity(self) -> tuple[int, ...]:
        """Return what tells this file from another at the same path; zeros where it can't be looked at."""
        with suppress(OSError):
            return self._path.stat()[1:3]  # inode and device
        return 0, 0

    async def close(self) -> None:
        self.reader.close()
        self._writer.close()

    def read(self) -> AbstractAsyncContextManager[Connection]:
        return nullcontext(self.reader)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        async with self._turn() as connection:
            try:
                await connection.execute("BEGIN IMMEDIATE")
                yield connection
                await connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Connection]:
        """Wait for the lock. Raise DatabaseUnavailable if it takes long, or if what is written now would be lost."""
        with translate_errors(TimeoutError):
            async with asyncio.timeout(errors.PATIENCE_SECONDS):
                await self._lock.acquire()
        try:
            if self._file_identity() != self._identity:  # deleted or replaced
                raise DatabaseUnavailable("FileGone")
            yield self._writer
        finally:
            self._lock.release()


class Writer:
    """The connection that writes, for one statement at a time: it waits for its turn."""

    def __init__(self, turn: Callable[[], AbstractAsyncContextManager[Connection]]) -> None:
        self._turn = turn

    async def fetch(self, sql: str, parameters: Any = ()) -> list[Any]:
        async with self._turn() as connection:
            return await connection.fetch(sql, parameters)

    execute = fetch
