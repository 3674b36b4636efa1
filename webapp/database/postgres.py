"""Postgres, by asyncpg: a small pool, and one round trip for a single statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from webapp.database import errors
from webapp.database.errors import translate_errors

POOL_SIZE = 5  # two workers on Heroku's smallest Postgres (20 connections) leave room for a release and a console
UNAVAILABLE_ERRORS = (
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.ReadOnlySQLTransactionError,  # after a failover the old primary, until the connection is a new one
    asyncpg.PostgresSystemError,
    asyncpg.UndefinedTableError,  # not migrated yet, or not as far as this version needs
    asyncpg.UndefinedColumnError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.ObjectNotInPrerequisiteStateError,
    asyncpg.TransactionRollbackError,
    OSError,
    TimeoutError,
)


class Postgres:
    """A pool of at most five connections a process."""

    driver = "asyncpg"

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgres://", "postgresql://", 1)

    async def open(self) -> None:
        with translate_errors(*UNAVAILABLE_ERRORS, asyncpg.PostgresError):
            self._pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=POOL_SIZE, command_timeout=10, reset=_nothing_to_reset
            )

    async def close(self) -> None:
        await self._pool.close()

    async def fetch(self, sql: str, *parameters: Any) -> list[Any]:
        """Run a statement by itself."""
        async with self.read() as connection:
            rows: list[Any] = await connection.fetch(sql, *parameters)
        return rows

    async def fetchrow(self, sql: str, *parameters: Any) -> Any:
        """Run a statement that returns at most one row."""
        async with self.read() as connection:
            return await connection.fetchrow(sql, *parameters)

    async def execute(self, sql: str, *parameters: Any) -> None:
        async with self.read() as connection:
            await connection.execute(sql, *parameters)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        with translate_errors(*UNAVAILABLE_ERRORS):
            try:
                async with self._pool.acquire(timeout=errors.PATIENCE_SECONDS) as connection:
                    yield connection
            except asyncpg.ReadOnlySQLTransactionError:
                await self._pool.expire_connections()
                raise

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with self.read() as connection, connection.transaction():
            yield connection


async def _nothing_to_reset(connection: Any) -> None:
    """Reset nothing: no statement here leaves anything behind in its session.

    Saves a round trip each time, and over a tenth of the processor time of an order
    (tests/benchmarks/bench_shortcuts.py).
    """
