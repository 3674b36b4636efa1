"""The database that the sandbox is given, and the one that it uses alone: a SQLite file."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Protocol

import aiosqlite


class Database(Protocol):
    """An open database: connections whose rows answer `row["column"]`, and transactions."""

    @property
    def driver(self) -> str:
        """Return the name of the aiosql adapter: `aiosqlite` or `asyncpg`."""

    def read(self) -> AbstractAsyncContextManager[Any]:
        """Open a connection for a single read."""

    def write(self) -> AbstractAsyncContextManager[Any]:
        """Open a transaction: it commits at the end and rolls back on an error."""


class SQLiteDatabase:
    """One SQLite file, with one connection and one writer at a time. Several processes may share the file."""

    driver = "aiosqlite"

    def __init__(self, path: Path | str) -> None:
        self.path = path
        self._connection: aiosqlite.Connection | None = None
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        connection = await aiosqlite.connect(self.path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        await connection.execute("PRAGMA busy_timeout = 10000")
        await connection.execute("PRAGMA journal_mode = WAL")
        await connection.execute("PRAGMA synchronous = NORMAL")
        self._connection = connection

    async def close(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        # Reads and transactions share the connection: the lock keeps a read out of an open transaction.
        async with self._lock:
            yield self._opened()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._lock:
            connection = self._opened()
            try:
                await connection.execute("BEGIN IMMEDIATE")
                yield connection
                await asyncio.shield(connection.execute("COMMIT"))
            except BaseException:
                # The connection's thread goes on with what was cancelled, BEGIN too, and then comes to this.
                with suppress(sqlite3.OperationalError):  # no transaction was begun, or it is committed
                    await asyncio.shield(connection.execute("ROLLBACK"))
                raise

    def _opened(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise RuntimeError("the database is not open: call open() first")
        return self._connection
