"""One database, by ``DATABASE_URL``: a SQLite file or Postgres, behind three context managers.

``read()`` lends a connection for single reads, ``autocommit()`` for a single statement that writes, and ``write()``
lends one inside a transaction that commits on leaving.
SQL is written once for both (named statements, loaded by aiosql): TEXT, BIGINT, ``RETURNING``, guarded ``UPDATE``.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import aiosql
import aiosqlite
import asyncpg
from aiosql.adapters.aiosqlite import AioSQLiteAdapter

PATIENCE_SECONDS = 5  # of a request, for its turn to write, for a lock or for a connection
POOL_SIZE = 5  # two workers on Heroku's smallest Postgres (20 connections) leave room for a release and a console


AWAY = (
    sqlite3.OperationalError,  # locked, disk full, file gone
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    OSError,
    TimeoutError,
)


class DatabaseDown(Exception):
    """The database is locked, full or not there, for now. Nothing of the statement or transaction was kept."""


class Database(Protocol):
    """What the order book and the sandbox need of a database."""

    driver: str

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    def read(self) -> Any: ...
    def autocommit(self) -> Any: ...
    def write(self) -> Any: ...


def database_from_url(url: str) -> Database:
    """``sqlite:///relative/path.db``, ``sqlite:////absolute/path.db``, ``postgres://…`` or ``postgresql://…``."""
    if url.startswith("sqlite:///"):
        return SQLite(Path(url.removeprefix("sqlite:///")))
    return Postgres(url)


class InOneHop(AioSQLiteAdapter):
    """Runs a statement and fetches its rows in one visit to the connection's thread.

    aiosql's own adapter takes three, and between them leaves the statement open: as long as one is, every other read of
    the connection sees the database as it was when that one began.
    """

    async def select(
        self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Any, record_class: None = None
    ) -> AsyncIterator[Any]:
        for row in await conn.execute_fetchall(sql, parameters):
            yield row

    async def select_one(
        self, conn: aiosqlite.Connection, _name: str, sql: str, parameters: Any, record_class: None = None
    ) -> Any:
        rows: Sequence[Any] = list(await conn.execute_fetchall(sql, parameters))
        return rows[0] if rows else None


aiosql.register_adapter("sqlite", InOneHop)  # type: ignore[arg-type]  # its base is untyped


class SQLite:
    """A file in WAL mode: one connection reads, another writes behind a lock, so that tasks never mix transactions."""

    driver = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = asyncio.Lock()

    async def open(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._reader = await self._connect()
        self._writer = await self._connect()

    async def close(self) -> None:
        await self._reader.close()
        await self._writer.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[aiosqlite.Connection]:
        with _named():
            yield self._reader

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[aiosqlite.Connection]:
        with _named():
            async with self._turn():
                yield self._writer

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        with _named():
            async with self._turn():
                try:
                    await self._writer.execute_fetchall("BEGIN IMMEDIATE")  # begins, even if we are cancelled meanwhile
                    yield self._writer
                    await self._writer.commit()
                except BaseException:
                    await self._writer.rollback()
                    raise

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._lock.acquire()
        try:
            yield
        finally:
            self._lock.release()

    async def _connect(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        connection.row_factory = aiosqlite.Row
        wait = f"busy_timeout={PATIENCE_SECONDS * 1000:.0f}"
        for pragma in (wait, "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            await connection.execute(f"PRAGMA {pragma}")
        return connection


class Postgres:
    """A pool of at most five connections a process."""

    driver = "asyncpg"

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgres://", "postgresql://", 1)

    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            self._url, min_size=1, max_size=POOL_SIZE, command_timeout=10, reset=_nothing_to_reset
        )

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        with _named():
            async with self._pool.acquire(timeout=PATIENCE_SECONDS) as connection:
                yield connection

    autocommit = read

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with self.read() as connection, connection.transaction():
            yield connection


@contextmanager
def _named() -> Iterator[None]:
    """Every driver's word for a database that can't be used at the moment becomes DatabaseDown."""
    try:
        yield
    except AWAY as failure:
        raise DatabaseDown(type(failure).__name__) from failure


async def _nothing_to_reset(connection: Any) -> None:
    """No statement here leaves anything behind in its session: a round trip less each time."""
