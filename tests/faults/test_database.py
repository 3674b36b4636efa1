"""The database locked, full, or gone for a while: for real. Pages stay, nothing is lost, and it recovers by itself."""

import asyncio
import contextlib
import html
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from tests.conftest import Clock, OpenShop, Shop
from tests.xendit import HTMX, KEYS, TOKEN, fake_xendit
from webapp.database import errors, postgres
from webapp.database.errors import DatabaseUnavailable

pytestmark = pytest.mark.anyio

TROUBLE = "The database of this shop does not answer just now."


# Small rows into each table, until no page has room for one more.
BALLAST = (
    "INSERT INTO orders (reference_id, checkout_id, visitor, integration, flow, currency, country, locale, lines,"
    " amount, status, created, updated, expires_at) SELECT hex(randomblob(8)), hex(randomblob(8))" + ", ''" * 12,
    "INSERT INTO webhooks SELECT hex(randomblob(4)), '', '', '', ''",
)


async def weathers(shop: Shop, trouble: Callable[[], Awaitable[None]], relief: Callable[[], Awaitable[None]]) -> None:
    """What every fault of the database must leave right."""
    await shop.add("gayo")
    assert "hx-redirect" in (await shop.checkout(**HTMX)).headers
    await shop.add("toraja")
    await trouble()
    for _ in range(2):
        answer = await shop.checkout(**HTMX)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert TROUBLE in html.unescape(answer.text)
    page = await shop.get("/")
    assert page.status_code == 200 and "Gayo Highlands" in page.text.split('id="cart"')[1]
    webhook = {"event": "payment.failure", "data": {"reference_id": "selat-0", "payment_request_id": "pr-0"}}
    assert (await shop.webhook(webhook)).status_code == 503  # so that Xendit sends it once more
    assert (await shop.get("/healthz")).status_code == 200
    await relief()
    assert "hx-redirect" in (await shop.checkout(**HTMX)).headers
    assert (await shop.get("/readyz")).status_code == 200
    assert len((await shop.get("/orders")).text.split("order-row")) - 1 == 2


async def test_a_locked_database_is_a_sentence_and_then_works_again(
    open_shop: OpenShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "PATIENCE_SECONDS", 0.2)
    async with open_shop(webhook_tokens={"": TOKEN}) as shop:
        other = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)

        async def lock() -> None:
            other.execute("BEGIN IMMEDIATE")

        async def unlock() -> None:
            other.execute("ROLLBACK")

        await weathers(shop, lock, unlock)
        other.close()


async def test_a_hundred_checkouts_at_a_locked_database_wait_no_longer_than_one(
    open_shop: OpenShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errors, "PATIENCE_SECONDS", 0.5)
    async with open_shop() as shop:
        await shop.add("gayo")
        with contextlib.closing(sqlite3.connect(tmp_path / "shop.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            async with asyncio.timeout(10):
                answers = await asyncio.gather(*(shop.checkout(**HTMX) for _ in range(100)))
        assert {answer.status_code for answer in answers} == {503}


async def until_it_fails(writer: Any, statement: str) -> None:
    while True:
        await writer.fetch(statement)


async def test_a_full_disk_is_a_sentence_and_then_works_again(open_shop: OpenShop) -> None:
    async with open_shop(webhook_tokens={"": TOKEN}) as shop:
        database = shop.app.state.shop.database
        connections = (database._single, database._transactions)

        async def limit(pages: int) -> None:
            for connection in connections:
                await connection.fetch(f"PRAGMA max_page_count = {pages}")

        async def fill() -> None:
            await limit((await database.fetch("PRAGMA page_count"))[0][0])
            for fill_up in BALLAST:
                with pytest.raises(DatabaseUnavailable) as full:
                    await until_it_fails(database, fill_up)
                assert "full" in str(full.value.__cause__)

        async def make_room() -> None:
            await limit(1_000_000)

        await weathers(shop, fill, make_room)


@contextlib.asynccontextmanager
async def door_to(url: str) -> AsyncIterator[tuple[str, Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]]:
    """A way to a Postgres that can be shut, as when the server restarts: connections break, new ones are refused."""
    socket_path = f"{parse_qs(urlsplit(url).query)['host'][0]}/.s.PGSQL.5432"
    writers: set[asyncio.StreamWriter] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(socket_path)
        writers.update((writer, back))
        await asyncio.gather(pump(reader, back), pump(there, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    async def shut() -> None:
        nonlocal server
        server.close()
        for writer in writers:
            writer.transport.abort()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def open_again() -> None:
        nonlocal server
        server = await asyncio.start_server(connect, "127.0.0.1", port)

    yield f"postgresql://postgres@127.0.0.1:{port}{urlsplit(url).path}", shut, open_again
    await shut()


async def test_a_postgres_that_is_gone_is_a_sentence_and_then_works_again(
    open_shop: OpenShop, postgres_url: str
) -> None:
    async with (
        door_to(postgres_url) as (url, shut, open_again),
        open_shop(database_url=url, webhook_tokens={"": TOKEN}) as shop,
    ):
        await weathers(shop, shut, open_again)


async def test_after_a_clock_is_set_back_xendit_can_still_be_asked(
    open_shop: OpenShop, database_url: str, clock: Clock
) -> None:
    async with open_shop(database_url=database_url) as shop:
        await shop.add("gayo")
        await shop.checkout(**HTMX)
        book, order = shop.order_book, await shop.newest_order()
        assert await book.claim_refresh(order.reference_id)
        assert not await book.claim_refresh(order.reference_id)
        clock.move(-3600)
        assert await book.claim_refresh(order.reference_id)
        assert not await book.claim_refresh(order.reference_id)


async def test_a_clock_that_is_set_forward_ends_no_order_that_xendit_keeps_open(open_shop: OpenShop) -> None:
    async with open_shop() as shop:
        await shop.add("gayo")
        await shop.checkout(**HTMX)
        book = shop.order_book
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        (order,) = await book.overdue(tomorrow)
        await shop.get(f"/orders/{order.reference_id}")
        assert await shop.status_of(order) == "waiting"


async def test_a_postgres_that_became_read_only_is_503_until_connections_are_new(
    open_shop: OpenShop, postgres_url: str
) -> None:
    async with open_shop(fake_xendit(), sandbox=False, api_keys=KEYS, database_url=postgres_url) as shop:
        await shop.add("gayo")
        assert (await shop.get("/readyz")).status_code == 200
        database = shop.app.state.shop.database
        await take_all(database, "SET default_transaction_read_only = on")  # as after a failover: all lead to a standby
        answer = await shop.checkout(**HTMX)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
        assert "hx-redirect" in (await shop.checkout(**HTMX)).headers
        assert (await shop.get("/readyz")).status_code == 200


@pytest.fixture
async def kept(postgres_url: str) -> AsyncIterator[postgres.Postgres]:
    """A database that keeps its connections, without a shop."""
    database = postgres.Postgres(postgres_url)
    await database.open()
    yield database
    await database.close()


async def take_all(database: Any, statement: str) -> None:
    """Run a statement on as many connections as there may be, at the same time."""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(postgres.POOL_SIZE):
            connection = await stack.enter_async_context(database.read())
            await connection.execute(statement)


async def test_a_postgres_connection_that_was_idle_for_long_is_not_used_again(
    kept: postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def serving() -> int:
        return int((await kept.fetchrow("SELECT pg_backend_pid() AS pid"))["pid"])

    first = await serving()
    assert await serving() == first
    monkeypatch.setattr(postgres, "KEPT_SECONDS", 0)
    assert await serving() != first


async def test_postgres_connections_that_the_server_closed_while_idle_fail_no_request(
    kept: postgres.Postgres, postgres_url: str
) -> None:
    await take_all(kept, "SELECT 1")
    other = await asyncpg.connect(postgres_url)
    await other.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await other.close()
    await asyncio.sleep(0.2)
    assert [len(await kept.fetch("SELECT 1")) for _ in range(7)] == [1] * 7


async def test_after_a_failover_no_connection_is_lost_even_if_the_request_is_cancelled(kept: postgres.Postgres) -> None:
    written = "CREATE TABLE IF NOT EXISTS written ()"
    for steps in range(8):
        await take_all(kept, "SET default_transaction_read_only = on")
        before, task = kept._expired_at, asyncio.create_task(kept.execute(written))
        while kept._expired_at == before:
            await asyncio.sleep(0)
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        with contextlib.suppress(DatabaseUnavailable):  # of those that are still open
            await kept.execute(written)
        await kept.execute(written)
    await take_all(kept, "SELECT 1")


async def test_a_statement_that_ends_after_the_shop_has_begun_to_close_does_not_hold_it_up(postgres_url: str) -> None:
    database = postgres.Postgres(postgres_url)
    await database.open()
    statement = asyncio.create_task(database.fetch("SELECT pg_sleep(0.3)"))
    await asyncio.sleep(0.1)
    async with asyncio.timeout(3):
        await database.close()
    assert statement.done()


async def test_more_tasks_than_connections_wait_their_turn_also_after_cancelled_ones(kept: postgres.Postgres) -> None:
    for _ in range(3):
        tasks = [asyncio.create_task(kept.fetch("SELECT pg_sleep(0.02)")) for _ in range(20)]
        await asyncio.sleep(0.03)
        for task in tasks[::2]:
            task.cancel()
        rows = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(row, list | asyncio.CancelledError) for row in rows)
    await take_all(kept, "SELECT 1")


async def test_a_postgres_without_tables_is_503_and_says_what_to_run(open_shop: OpenShop, postgres_url: str) -> None:
    async with open_shop(database_url=postgres_url) as shop:
        async with shop.app.state.shop.database.write() as connection:
            await connection.execute("DROP TABLE orders CASCADE")
        await shop.add("gayo")
        assert (await shop.checkout(**HTMX)).status_code == 503
        ready = await shop.get("/readyz")
        assert ready.status_code == 503 and "python -m webapp migrate" in ready.text


@pytest.mark.parametrize("how", ["deleted", "replaced"])
async def test_a_file_that_is_gone_is_said_and_not_written_on(open_shop: OpenShop, tmp_path: Path, how: str) -> None:
    async with open_shop(webhook_tokens={"": TOKEN}) as shop:
        await shop.place()
        file = tmp_path / "shop.db"
        file.rename(tmp_path / "moved.db")
        if how == "replaced":
            file.write_bytes((tmp_path / "moved.db").read_bytes())
        ready = await shop.get("/readyz")
        assert (ready.status_code, ready.headers["retry-after"]) == (503, "5")
        assert "deleted or replaced" in ready.text
        await shop.add("toraja")
        assert (await shop.checkout(**HTMX)).status_code == 503
        (tmp_path / "moved.db").rename(file)
        assert (await shop.get("/readyz")).status_code == 200
        assert "hx-redirect" in (await shop.checkout(**HTMX)).headers


async def test_a_file_that_cannot_be_looked_at_is_503(
    open_shop: OpenShop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop() as shop:
        await shop.add("gayo")

        look = os.stat

        def refuse(path: str | Path, **options: bool) -> os.stat_result:
            if path == tmp_path / "shop.db":
                raise PermissionError(13, "Permission denied")
            return look(path, **options)

        with monkeypatch.context() as patch:
            patch.setattr(os, "stat", refuse)
            assert (await shop.get("/readyz")).status_code == 503
            assert (await shop.checkout(**HTMX)).status_code == 503
        assert (await shop.get("/readyz")).status_code == 200
