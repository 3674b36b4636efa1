"""A statement does the same work however many rows there are."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.conftest import OpenShop
from tests.growing import fill, parameters, run, statements
from webapp.database.connection import Database

pytestmark = pytest.mark.anyio


class Explained:
    """A connection to Postgres that explains what it runs, and counts the pages that it looked at."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.work = connection, 0

    async def fetch(self, sql: str, *values: Any) -> list[Any]:
        plan = "\n".join(row[0] for row in await self.connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {sql}", *values))
        found = re.search(r"Buffers: shared(?: hit=(\d+))?(?: read=(\d+))?", plan)
        self.work += sum(int(pages or 0) for pages in found.groups()) if found else 0
        return []

    fetchrow = execute = fetch

    async def executemany(self, sql: str, rows: list[Any]) -> None:
        for values in rows:
            await self.fetch(sql, *values)


class Stepped:
    """A connection to SQLite that counts the steps of its virtual machine."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.work = connection, 0
        connection._connection.set_progress_handler(self.step, 1)

    def step(self) -> None:
        self.work += 1

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)


@asynccontextmanager
async def counted(database: Database) -> AsyncIterator[Explained | Stepped]:
    async with database.write() as connection:
        if database.driver == "sqlite":
            yield Stepped(connection)
            connection._connection.set_progress_handler(None, 0)
        else:
            yield Explained(connection)


async def test_no_statement_looks_at_more_rows_because_there_are_more(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url) as shop:
        database, asked = shop.app.state.shop.database, dict[str, list[int]]()
        for numbers in (range(200), range(200, 20_000)):
            await fill(database, numbers)
            for name, statement in statements(database, shop.settings).items():
                async with counted(database) as connection:
                    values = parameters(name, numbers.stop - 1, f"new {numbers.stop}", beyond=50)
                    await run(connection, statement, values)
                asked.setdefault(name, []).append(connection.work)
        assert len(asked) > 90
        assert all(few for few, _ in asked.values())
        grown = {name: work for name, work in asked.items() if work[1] > 2 * work[0] + 60}
        assert not grown


async def test_living_plans_and_saved_cards_cost_the_retention_nothing(open_shop: OpenShop, database_url: str) -> None:
    plan, card = "status = 'subscribed', flow = 'subscription'", "status = 'saved', flow = 'save'"
    async with open_shop(database_url=database_url) as shop:
        database, asked = shop.app.state.shop.database, list[int]()
        for numbers in (range(200), range(200, 20_000)):
            await fill(database, numbers)
            statement = statements(database, shop.settings)["delete_closed"]
            async with database.write() as connection:
                await connection.execute(f"UPDATE orders SET sandbox = 0, {plan} WHERE visitor LIKE '%1'")
                await connection.execute(f"UPDATE orders SET sandbox = 0, {card} WHERE visitor NOT LIKE '%1'")
            async with counted(database) as connection:
                values = parameters("delete_closed", 0, "", beyond=50) | {"sandbox": 0}
                await run(connection, statement, values)
            asked.append(connection.work)
        assert asked[1] <= 2 * asked[0] + 60
