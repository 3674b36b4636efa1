"""What is old goes, in small steps, and the database stays within its size; what may still be paid stays."""

import itertools
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import fake_xendit, session_event
from webapp import background
from webapp.keep import Keep
from webapp.orders.order import Order
from webapp.orders.retention import Retention
from webapp.orders.status import OrderStatus
from webapp.sandbox import retention as sandbox_retention

pytestmark = pytest.mark.anyio
ROOM = Keep(sandbox_days=7, megabytes=10)  # a fiftieth of the usual
MANY = 4_000  # a fiftieth of 200,000
TABLES = {
    "orders": ("reference_id", "checkout_id", "payment_session_id", "visitor", "created", "updated"),
    "order_changes": ("change_id", "reference_id", "changed_at"),
    "webhooks": ("webhook_key", "reference_id", "received_at"),
    "inspector_steps": ("step_id", "reference_id", "visitor", "first_at", "last_at"),
    "sandbox_sessions": ("id", "auth_hash", "link_hash", "created_at"),
    "sandbox_webhooks": ("webhook_id", "object_id", "created_at"),
    "sandbox_known_customers": ("reference_id", "customer_id", "used_at"),
    "sandbox_callers": ("object_id",),
}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(sandbox_retention, "PAUSE_SECONDS", 0)


async def paid_order(shop: Shop) -> Order:
    """An order with all that its life leaves behind."""
    order = await shop.place()
    await shop.pay(order)
    body = session_event(order, payment_session_id=order.payment_session_id)
    token = next(iter(shop.settings.webhook_tokens.values()))
    for webhook_id in (f"a-{order.reference_id}", f"b-{order.reference_id}"):
        assert (await shop.webhook(body, token, webhook_id)).status_code == 200
    await shop.get(f"/orders/{order.reference_id}")
    await shop.app.state.shop.recorder.flush()
    async with shop.app.state.shop.database.write() as connection:  # all of the sandbox's webhooks have been sent
        await connection.execute("UPDATE sandbox_webhooks SET due_at = NULL, status = 'DELIVERED'")
    return order


class Rows:
    """The rows of a database, by its own driver."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def fetch(self, sql: str) -> list[tuple[Any, ...]]:
        if self.url.startswith("sqlite:///"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection:
                return connection.execute(sql).fetchall()
        postgres = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await postgres.fetch(sql)]
        finally:
            await postgres.close()

    async def insert(self, table: str, columns: Iterable[str], rows: list[tuple[Any, ...]]) -> None:
        names = list(columns)
        if self.url.startswith("sqlite:///"):
            with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as connection, connection:
                marks = ", ".join("?" * len(names))
                connection.executemany(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", rows)
            return
        postgres = await asyncpg.connect(self.url)
        try:
            await postgres.copy_records_to_table(table, records=rows, columns=names)
        finally:
            await postgres.close()

    async def count(self, table: str) -> int:
        return int((await self.fetch(f"SELECT COUNT(*) FROM {table}"))[0][0])

    async def size(self) -> int:
        """Bytes that are in use."""
        if self.url.startswith("sqlite:///"):
            pages, free, size = [(await self.fetch(f"PRAGMA {name}"))[0][0] for name in PRAGMAS]
            return int((pages - free) * size)
        for table in TABLES:
            await self.fetch(f"VACUUM FULL {table}")
        return sum([(await self.fetch(f"SELECT pg_total_relation_size('{table}')"))[0][0] for table in TABLES])


PRAGMAS = ("page_count", "freelist_count", "page_size")


async def write_many(rows: Rows, order: Order, numbers: range, **changed: object) -> None:
    """Write copies of an order, with all that belongs to it: each a second older than the one before."""
    session_id = str(order.payment_session_id)
    for table, own in TABLES.items():
        columns = await column_names(rows, table)
        templates = await rows.fetch(f"SELECT {', '.join(columns)} FROM {table}")
        templates = [row for row in templates if mentions(row, order)]
        copies = []
        for number, row in itertools.product(numbers, templates):
            fresh = {order.reference_id: f"selat-{number:032x}", session_id: f"ps-{number:024x}"}
            stamp = datetime.now(UTC) - timedelta(hours=2, seconds=number)
            values = dict(zip(columns, row, strict=True))
            for name, value in values.items():
                if isinstance(value, str):
                    for old, new in fresh.items():
                        value = value.replace(old, new)
                    if name in own and value == values[name]:
                        value = f"{value[:-9]}x{number:08x}"
                    if name in own and name.endswith(("_at", "created", "updated")):
                        value = stamp.isoformat(timespec="milliseconds")
                values[name] = value
            copies.append(tuple((values | {k: v for k, v in changed.items() if k in values}).values()))
        await rows.insert(table, columns, copies)


async def column_names(rows: Rows, table: str) -> list[str]:
    if rows.url.startswith("sqlite:///"):
        return [row[1] for row in await rows.fetch(f"PRAGMA table_info({table})")]
    sql = f"SELECT attname FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 ORDER BY attnum"
    return [str(row[0]) for row in await rows.fetch(sql)]


def mentions(row: tuple[Any, ...], order: Order) -> bool:
    text = json.dumps(row)
    return order.reference_id in text or str(order.payment_session_id) in text


async def delete_old(shop: Shop) -> None:
    """Do once what the shop and its sandbox do each minute."""
    sandbox = shop.app.state.sandbox
    await shop.app.state.shop.recorder.delete_old()
    await Retention(shop.app.state.shop.database, shop.settings.keep).delete_old()
    if sandbox:
        await sandbox_retention.delete_old(sandbox.store, sandbox.settings)


async def test_many_orders_end_within_the_stated_size_and_the_newest_stay(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url, keep=ROOM) as shop:
        order, rows = await paid_order(shop), Rows(database_url)
        await write_many(rows, order, range(1, MANY + 1))
        assert await rows.count("orders") == MANY + 1
        await delete_old(shop)
        assert ROOM.sandbox_orders <= await rows.count("orders") <= ROOM.sandbox_orders + 1
        assert ROOM.sandbox_orders <= await rows.count("sandbox_sessions") <= ROOM.sandbox_orders + 1
        assert await rows.count("sandbox_callers") <= ROOM.sandbox_orders + 1
        assert await rows.count("order_changes") < 3 * ROOM.sandbox_orders
        assert await rows.size() < ROOM.megabytes * 1_000_000
        assert (await shop.get(f"/orders/{order.reference_id}")).status_code == 200
        assert await shop.order_book.get(f"selat-{1:032x}")
        assert await shop.order_book.get(f"selat-{MANY:032x}") is None


async def test_an_open_order_stays_however_old_it_is(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url, keep=ROOM) as shop:
        order, rows, old = await paid_order(shop), Rows(database_url), 90 * 24 * 3600
        for index, status in enumerate(OrderStatus):
            await write_many(rows, order, range(old + index, old + index + 1), status=status.value)
        await delete_old(shop)
        left = {str(status) for (status,) in await rows.fetch("SELECT status FROM orders WHERE created < '2100'")}
        assert left == {"waiting", "pending_approval", "authorized", "paid"}  # the paid one is the template, of today
        assert await rows.count("orders") == 4


async def test_an_order_of_xendit_is_kept_for_ever_unless_its_shop_says_otherwise(
    open_shop: OpenShop, database_url: str
) -> None:
    old = 400 * 24 * 3600
    async with open_shop(fake_xendit(), database_url=database_url, keep=ROOM) as shop:
        rows = Rows(database_url)
        order = await shop.place()
        assert (await shop.webhook(session_event(order))).status_code == 200
        async with shop.app.state.shop.database.write() as connection:
            await connection.execute("UPDATE orders SET updated = '2020-01-01'")
        await delete_old(shop)
        assert await rows.count("orders") == 1
    async with open_shop(database_url=database_url, keep=ROOM) as shop:  # SANDBOX=1 on the same database
        await delete_old(shop)
        assert await rows.count("orders") == 1
    async with open_shop(fake_xendit(), database_url=database_url, keep=Keep(orders_days=old // 86_400)) as shop:
        await delete_old(shop)
        assert [await rows.count(table) for table in ("orders", "order_changes", "webhooks")] == [0, 0, 0]


async def test_an_order_that_xendit_still_charges_for_is_kept_until_that_ends(
    open_shop: OpenShop, database_url: str
) -> None:
    card = {"status": "saved", "flow": "save", "payment_token_id": "pt-1"}
    bought = card | {"status": "paid", "flow": "pay_save"}
    stay: list[dict[str, Any]] = [{"status": "subscribed", "flow": "subscription"}, card, bought]
    go: list[dict[str, Any]] = [{"status": "stopped", "flow": "subscription", "payment_token_id": "pt-2"}]
    go += [card | {"token_forgotten": 1}, bought | {"token_forgotten": 1}, card | {"payment_token_id": None}]
    go += [{"flow": "pay", "payment_token_id": "pt-1"}]
    async with open_shop(database_url=database_url, keep=Keep(orders_days=30)) as shop:
        order, rows = await paid_order(shop), Rows(database_url)
        for index, changed in enumerate(stay + go):
            await write_many(rows, order, range(index, index + 1), **changed, updated="2020-01-01", sandbox=0)
        await delete_old(shop)
        left = {row[0] for row in await rows.fetch("SELECT reference_id FROM orders")}
        assert left == {order.reference_id, *(f"selat-{number:032x}" for number in range(len(stay)))}
        async with shop.app.state.shop.database.write() as connection:  # as orders of the sandbox, which move no money
            await connection.execute("UPDATE orders SET sandbox = 1")
        await delete_old(shop)
        assert await rows.count("orders") == 1


async def test_a_sandbox_forgets_nothing_whose_webhook_waits(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url, keep=ROOM) as shop:
        order, rows = await paid_order(shop), Rows(database_url)
        old = 30 * 24 * 3600
        await write_many(rows, order, range(old, old + 2))
        async with shop.app.state.shop.database.write() as connection:
            await connection.execute(f"UPDATE sandbox_webhooks SET due_at = '2999' WHERE object_id = 'ps-{old:024x}'")
        await delete_old(shop)
        left = [row[0] for row in await rows.fetch("SELECT id FROM sandbox_sessions")]
        assert sorted(left) == sorted([f"ps-{old:024x}", order.payment_session_id])


async def test_a_step_that_is_too_long_is_cut_and_says_so(shop: Shop) -> None:
    order = await shop.place()
    recorder = shop.app.state.shop.recorder
    recorder.record(order.reference_id, "call", {"answer": {"long": "ü" * 50_000}, "url": "https://api.xendit.co/"})
    found = await shop.steps(order.reference_id)
    step = next(step for step in found if step.document.get("url") == "https://api.xendit.co/")
    assert step.document["answer"].startswith("‹the first 4,000 of 50,012 characters› ")
    assert len(json.dumps(step.document, ensure_ascii=False).encode()) < 16_000


async def test_an_order_keeps_no_more_than_its_share(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url) as shop:
        order = await shop.place()
        for number in range(100):
            shop.app.state.shop.recorder.record(order.reference_id, "call", {"answer": f"{number} {'x' * 15_000}"})
        steps = await shop.steps(order.reference_id)
        assert 180_000 < sum(len(json.dumps(step.document)) for step in steps) < 216_000


async def test_customers_with_a_saved_method_stay_and_no_later_step_looks_at_them(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url, keep=ROOM) as shop:
        rows, known = Rows(database_url), ("reference_id", "customer_id", "business_id", "used_at")
        names = [f"{number:03}" for number in range(300)]
        await rows.insert("sandbox_known_customers", known, [(name, name, "b", "2020") for name in names])
        columns = ("id", "business_id", "customer_id", "version", "due_at", "changed_at", "document")
        tokens = [(f"pt-{name}", "b", name, 1, "2999", "2020", "{}") for name in names[:150]]
        await rows.insert("sandbox_objects", columns, tokens)
        await delete_old(shop)
        left = await rows.fetch("SELECT reference_id, used_at FROM sandbox_known_customers")
        assert sorted(name for name, _ in left) == names[:150]
        assert all(used_at > "2020-" for _, used_at in left)
