"""SQLite without threads. A statement takes some 30 µs, and handing it to a thread and back several times that.

Saves over 60 % of the processor time of an order in the book, against aiosqlite (tests/benchmarks/bench_shortcuts.py).
What can take long is another process's lock; asyncio waits for it (docs/decisions/0010-sqlite-without-threads.md).
"""

import asyncio
import os
import random
import sqlite3
import time
from collections.abc import AsyncIterator
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
    """A connection with the methods of asyncpg's that are needed here. Each may raise DatabaseUnavailable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = sqlite3.connect(path, timeout=0, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._file = self._look()

    def _look(self) -> tuple[int, ...]:
        """Return what tells this file from another at the same path; zeros where it can't be looked at."""
        with suppress(OSError):
            return os.stat(self._path)[1:3]  # inode and device
        return 0, 0

    async def fetch(self, sql: str, parameters: Any = ()) -> list[Any]:
        """Run a statement to its end and return its rows: no other read ever sees it half done."""
        begins = not self._connection.in_transaction
        if begins and self._look() != self._file:  # deleted or replaced: what is written now would be lost
            raise DatabaseUnavailable("FileGone")
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
    """A file in WAL mode: a connection for single statements, and one for transactions, which a lock keeps apart."""

    driver = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        with translate_errors(OSError, sqlite3.Error):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._single, self._transactions = Connection(self._path), Connection(self._path)
            for connection in (self._single, self._transactions):
                for pragma in PRAGMAS:
                    await connection.execute(f"PRAGMA {pragma}")
        self.fetch, self.execute = self._single.fetch, self._single.execute

    async def close(self) -> None:
        self._single.close()
        self._transactions.close()

    def read(self) -> AbstractAsyncContextManager[Connection]:
        return nullcontext(self._single)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        connection = self._transactions
        with translate_errors(TimeoutError):
            async with asyncio.timeout(errors.PATIENCE_SECONDS):
                await self._lock.acquire()
        try:
            await connection.execute("BEGIN IMMEDIATE")
            yield connection
            await connection.execute("COMMIT")
        except BaseException:
            connection.rollback()
            raise
        finally:
            self._lock.release()
