"""Postgres, by asyncpg: a small pool, and one round trip for a single statement."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from webapp.database import errors
from webapp.database.errors import translate_errors

POOL_SIZE = 5  # two workers on Heroku's smallest Postgres (20 connections) leave room for a release and a console
KEPT_SECONDS = 300  # a network may have forgotten a connection that is idle for longer
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
    """At most five connections a process. asyncpg's pool opens and closes them; between statements they are kept here.

    Giving one back to the pool each time starts a task. Without that a status poll takes 0.77 of its processor time,
    a checkout 0.86 (docs/decisions/0018-postgres-connections-are-kept.md).
    """

    driver = "asyncpg"

    def __init__(self, url: str) -> None:
        self._url = url.replace("postgres://", "postgresql://", 1)
        self._turns = asyncio.Semaphore(POOL_SIZE)
        self._kept: list[tuple[Any, float]] = []
        """Connections with the time of their last statement, the latest at the end."""
        self._expired_at = -math.inf

    async def open(self) -> None:
        with translate_errors(*UNAVAILABLE_ERRORS, asyncpg.PostgresError):
            self._pool = await asyncpg.create_pool(
                self._url, min_size=1, max_size=POOL_SIZE, command_timeout=10, reset=_nothing_to_reset
            )

    async def close(self) -> None:
        self._expired_at = math.inf
        while self._kept:
            await self._pool.release(self._kept.pop()[0])
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
            connection, taken_at = await self._take(), time.monotonic()
            try:
                yield connection
            except BaseException as failure:
                if isinstance(failure, asyncpg.ReadOnlySQLTransactionError):  # use none again that is open now
                    self._expired_at = time.monotonic()
                    await self._pool.expire_connections()
                await self._pool.release(connection)
                raise
            else:
                if taken_at > self._expired_at:
                    self._kept.append((connection, time.monotonic()))
                else:
                    await self._pool.release(connection)
            finally:
                self._turns.release()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        async with self.read() as connection, connection.transaction():
            yield connection

    async def _take(self) -> Any:
        """Wait for a turn. Return the connection that was used last, if it is open still, else another."""
        async with asyncio.timeout(errors.PATIENCE_SECONDS):
            await self._turns.acquire()
            try:
                while self._kept:
                    connection, used_at = self._kept.pop()
                    fresh = used_at > max(self._expired_at, time.monotonic() - KEPT_SECONDS)
                    with suppress(asyncpg.InterfaceError):  # the server closed it: the pool has taken it back
                        if fresh and not connection.is_closed():
                            return connection
                        connection.terminate()
                return await self._pool.acquire()
            except BaseException:
                self._turns.release()
                raise


async def _nothing_to_reset(connection: Any) -> None:
    """Reset nothing: no statement here leaves anything behind, and a connection that has failed may take no other."""
