"""The database that the sandbox is given, and the one it uses when it stands alone (a SQLite file)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiosqlite


class Database(Protocol):
    """The database that the sandbox needs: rows that answer `row["column"]`, and transactions."""

    @property
    def driver(self) -> str:
        """The aiosql adapter to use: `aiosqlite` or `asyncpg`."""

    def read(self) -> AbstractAsyncContextManager[Any]:
        """A connection for a single read."""

    def write(self) -> AbstractAsyncContextManager[Any]:
        """A connection within a transaction: commits at the end, rolls back on an error."""


class SQLiteDatabase:
    """One file, one connection, one writer at a time. Several processes may share the file."""

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
        # The lock keeps a read out of the middle of our own transaction: they share the connection.
        async with self._lock:
            yield self._opened()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._lock:
            connection = self._opened()
            await connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                await asyncio.shield(connection.execute("ROLLBACK"))
                raise
            await asyncio.shield(connection.execute("COMMIT"))

    def _opened(self) -> aiosqlite.Connection:
        if self._connection is None:
            raise RuntimeError("open() the database first")
        return self._connection
