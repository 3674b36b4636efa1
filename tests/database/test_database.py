"""What the order book may rely on in either database."""

import asyncio
import contextlib
import re

import pytest

from tests.conftest import OpenShop
from tests.growing import statements
from tests.xendit import fake_xendit
from webapp.orders.rows import IDS
from webapp.orders.status import OrderStatus

pytestmark = pytest.mark.anyio


async def test_a_read_sees_what_was_written_before_it_whatever_else_is_being_read(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        book = shop.order_book

        async def noted() -> int:
            async with shop.app.state.shop.database.read() as connection:
                return len(await connection.fetch("SELECT 1 FROM webhooks WHERE reference_id = 'reference'"))

        async def read_for_ever() -> None:
            while True:
                await noted()

        readers = [asyncio.create_task(read_for_ever()) for _ in range(3)]
        for number in range(200):
            await book.record_webhook(f"key {number}", "event", "reference", "verdict")
            assert await noted() == number + 1
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def test_a_task_that_is_cancelled_while_it_writes_leaves_the_database_usable(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        database, book = shop.app.state.shop.database, shop.order_book

        async def write() -> None:
            async with database.write():
                await asyncio.sleep(0.001)

        for steps in range(12):  # cancelled at its beginning, in its middle, at its end
            task = asyncio.create_task(write())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            assert await book.record_webhook(f"after {steps}", "event", "reference", "verdict")


async def test_a_webhook_about_an_order_whose_row_is_gone_changes_nothing(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        order, book, database = await shop.place(), shop.order_book, shop.app.state.shop.database
        async with database.write() as connection:
            await connection.execute("DELETE FROM orders")
        assert await book.change_status(order, OrderStatus.PAID, cause="a late webhook") == order
        assert await book.changes(order.reference_id) == []


async def test_a_payment_a_token_and_a_plan_once_known_are_replaced_only_with_the_status(
    open_shop: OpenShop, database_url: str
) -> None:
    """And a session and an invoice never by that."""
    async with open_shop(fake_xendit(), database_url=database_url) as shop:
        order, book = await shop.place(), shop.order_book

        async def known() -> str:
            stored = await book.get(order.reference_id)
            return " ".join(str(getattr(stored, name))[-1] for name in IDS)

        for number in (1, 2):
            await book.set_ids(order.reference_id, dict.fromkeys(IDS, f"id-{number}"))
        assert await known() == "2 2 2 1 1 1"
        ids = dict.fromkeys(IDS, "id-3")
        await book.change_status(order, OrderStatus.PAID, cause="the one that paid", ids=ids)
        assert await known() == "2 2 3 3 3 3"
        await book.set_ids(order.reference_id, {})
        assert await known() == "2 2 3 3 3 3"


# A table of four rows; what a subquery with LIMIT has found; an index of what is open, or in the order of an answer.
FEW_ROWS = (
    "sandbox_switches|CONSTANT ROW|rooms|weighed|made|last|modifications USING INDEX one_modification_at_a_time"
    "|sandbox_webhooks USING INDEX sandbox_webhooks_recent"
    "|sandbox_sessions USING INDEX sandbox_sessions_newest|sandbox_invoices USING INDEX sandbox_invoices_newest"
)


async def test_every_statement_finds_its_rows_by_an_index(open_shop: OpenShop, database_url: str) -> None:
    """So that a book of a million orders costs what one of a hundred does."""
    async with open_shop(database_url=database_url) as shop:
        database, plans = shop.app.state.shop.database, {}
        for name, statement in statements(database, shop.settings).items():
            sql = statement.sql
            if not re.search(r"(?m)^\s*(SELECT|UPDATE|DELETE|WHERE)", sql):
                continue
            async with database.read() as connection:
                if database.driver == "sqlite":
                    nothing = dict.fromkeys(re.findall(r"(?<!:):(\w+)", sql), "0")
                    rows = await connection.fetch(f"EXPLAIN QUERY PLAN {sql}", nothing)
                    plans[name] = "\n".join(row["detail"] for row in rows)
                else:
                    await connection.execute("SET enable_seqscan = off")
                    await connection.execute("SET enable_sort = off")
                    asked = re.sub(r"(?<!:):(\w+)|\$\d+", "'0'", sql)
                    plans[name] = "\n".join(row[0] for row in await connection.fetch(f"EXPLAIN {asked}"))
    scans = re.compile(rf"(?m)^\s*SCAN (?!{FEW_ROWS})|Seq Scan on (?!{FEW_ROWS})")
    slow = {name: plan for name, plan in plans.items() if scans.search(plan)}
    slow |= {
        name: plan for name, plan in plans.items() if "delete" in name and re.search("TEMP B-TREE FOR O|Sort", plan)
    }
    assert not slow, slow
