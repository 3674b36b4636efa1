"""One database, by ``DATABASE_URL``: a SQLite file or Postgres, behind two context managers and numbered migrations.

``read()`` lends a connection for single reads, ``autocommit()`` for a single statement that writes, and ``write()``
lends one inside a transaction that commits on leaving.
SQL is written once for both (named statements, loaded by aiosql): TEXT, BIGINT, ``RETURNING``, guarded ``UPDATE``.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

import aiosql
import aiosqlite
import asyncpg
from aiosql.adapters.aiosqlite import AioSQLiteAdapter

MIGRATIONS = Path(__file__).parent / "migrations"
POOL_SIZE = 5  # two workers on Heroku's smallest Postgres (20 connections) leave room for a release and a console


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
        yield self._reader

    @asynccontextmanager
    async def autocommit(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._lock:
            yield self._writer

    @asynccontextmanager
    async def write(self) -> AsyncIterator[aiosqlite.Connection]:
        async with self._lock:
            try:
                await self._writer.execute_fetchall("BEGIN IMMEDIATE")  # begins, even if we are cancelled meanwhile
                yield self._writer
            except BaseException:
                await self._writer.rollback()
                raise
            await self._writer.commit()

    async def _connect(self) -> aiosqlite.Connection:
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        connection.row_factory = aiosqlite.Row
        for pragma in ("busy_timeout=10000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
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
        async with self._pool.acquire(timeout=10) as connection:
            yield connection

    autocommit = read

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with self._pool.acquire(timeout=10) as connection, connection.transaction():
            yield connection


async def _nothing_to_reset(connection: Any) -> None:
    """No statement here leaves anything behind in its session: a round trip less each time."""


async def migrate(database: Database) -> list[str]:
    """Apply the numbered files that this database has not seen, each once, under a lock. Returns their names."""
    applied: list[str] = []
    async with database.write() as connection:  # BEGIN IMMEDIATE is SQLite's lock
        if database.driver == "asyncpg":
            await connection.execute("SELECT pg_advisory_xact_lock(7335720)")
        await connection.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY)")
        rows = await _fetch(database, connection, "SELECT name FROM migrations")
        done = {row["name"] for row in rows}
        for file in sorted(MIGRATIONS.glob("*.sql")):
            if file.name in done:
                continue
            for statement in file.read_text(encoding="utf-8").split(";\n"):
                if statement.strip():
                    await connection.execute(statement)
            # names come from our own folder and match \w+.sql: nothing to escape
            await connection.execute(f"INSERT INTO migrations (name) VALUES ('{file.name}')")  # noqa: S608
            applied.append(file.name)
    return applied


async def _fetch(database: Database, connection: Any, sql: str) -> list[Any]:
    if database.driver == "asyncpg":
        return list(await connection.fetch(sql))
    async with connection.execute(sql) as cursor:
        return list(await cursor.fetchall())
