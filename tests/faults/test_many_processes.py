"""Two processes of two workers each on one Postgres: 500 checkouts with everything that can go wrong on the way."""

import asyncio
import itertools
import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.faults.processes import free_port, wait_until_ready
from webapp.config import Settings
from webapp.database.connection import database_from_url
from webapp.database.migrate import migrate
from webapp.sandbox import Sandbox, SandboxSettings

CHECKOUTS, AT_A_TIME = 500, 24
SECRET = "m" * 64
FLOWS = {"pay": "paid", "pay_save": "paid", "save": "saved", "subscription": "subscribed"}


def expected(number: int) -> str:
    return "waiting" if number % 10 == 9 else FLOWS[list(FLOWS)[number % 4]]


class Market:
    """The shop's two addresses, in turn; the second shopper's request may meet another worker than the first."""

    def __init__(self, urls: list[str]) -> None:
        self.urls = itertools.cycle(urls)
        self.network = httpx.AsyncHTTPTransport(verify=False)  # one for all: a TLS context costs 20 ms to make
        self.problems: list[str] = []

    async def walk(self, number: int) -> None:
        """Fill a cart, click twice at once, pay (some decline first, some leave), watch the order's page."""
        flow = list(FLOWS)[number % 4]
        integration = "invoice" if flow == "pay" and number % 8 == 0 else "payment_link"
        client = httpx.AsyncClient(timeout=60, transport=self.network)
        answer = await client.get(f"{next(self.urls)}/?currency=IDR&cart=gayo:1", follow_redirects=False)
        client.cookies.update(answer.cookies)
        form = {"integration": integration, "flow": flow, "checkout_id": f"crowd-{number:04}-checkout-id"}
        clicks = await asyncio.gather(*(client.post(f"{next(self.urls)}/checkout", data=form) for _ in range(2)))
        links = {click.headers.get("location", "") for click in clicks}
        if {click.status_code for click in clicks} != {303} or len(links) != 1:
            self.problems.append(f"{number}: {[(click.status_code, click.text[:200]) for click in clicks]}")
            return
        link = links.pop()
        if number % 5 == 0:
            await client.post(link, data={"choice": "CARDS.visa", "decision": "decline"})
        if number % 10 != 9:  # one in ten leaves without paying
            await client.post(link, data={"choice": "CARDS.visa", "decision": "pay", "save": "yes"})
        orders = await client.get(f"{next(self.urls)}/orders")
        if orders.status_code != 200:
            self.problems.append(f"{number}: /orders {orders.status_code}")


async def crowd(urls: list[str]) -> Market:
    market, gate = Market(urls), asyncio.Semaphore(AT_A_TIME)

    async def one(number: int) -> None:
        async with gate:
            await market.walk(number)

    await asyncio.gather(*(one(number) for number in range(CHECKOUTS)))
    await market.network.aclose()
    return market


async def run(postgres_url: str, urls: list[str]) -> dict[str, int]:
    settings = Settings(app_url=urls[0], secret_key=SECRET, database_url=postgres_url)
    database = database_from_url(postgres_url)
    await database.open()
    sandbox = Sandbox(SandboxSettings(public_url=urls[0], secret=settings.derived_secret("sandbox")), database)
    await sandbox.set_webhook_faults(duplicate=True, shuffle=True, delay=0.5)
    market = await crowd(urls)
    assert not market.problems, market.problems[:5]

    wrong: dict[int, str] = {}
    for _ in range(120):  # webhooks are still under way: late, twice and in any order
        async with database.read() as connection:
            rows = await connection.fetch("SELECT checkout_id, status FROM orders")
        status = {row["checkout_id"]: row["status"] for row in rows}
        wrong = {
            number: status.get(f"crowd-{number:04}-checkout-id", "nowhere")
            for number in range(CHECKOUTS)
            if status.get(f"crowd-{number:04}-checkout-id") != expected(number)
        }
        if not wrong:
            break
        await asyncio.sleep(0.5)
    assert not wrong, list(wrong.items())[:5]

    counts: dict[str, int] = {}
    async with database.read() as connection:
        for name, sql in {
            "orders": "SELECT count(*) FROM orders",
            "changes": "SELECT count(*) FROM order_changes",
            "double changes": "SELECT count(*) - count(DISTINCT reference_id) FROM order_changes",
            "objects at Xendit": "SELECT (SELECT count(*) FROM sandbox_sessions)"
            " + (SELECT count(*) FROM sandbox_invoices)",
            "webhooks noted": "SELECT count(*) FROM webhooks",
        }.items():
            counts[name] = (await connection.fetchrow(sql))[0]
    await database.close()
    return counts


def test_five_hundred_checkouts_on_four_workers_all_end_right(postgres_url: str, tmp_path: Path) -> None:
    async def prepare() -> None:
        database = database_from_url(postgres_url)
        await database.open()
        await migrate(database)
        await database.close()

    asyncio.run(prepare())
    ports = [free_port(), free_port()]
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    environment = {
        "DATABASE_URL": postgres_url,
        "SECRET_KEY": SECRET,
        "APP_URL": urls[0],
        "LOG_LEVEL": "ERROR",
        "RATE_LIMITS": "0",
    }
    command = [sys.executable, "-m", "uvicorn", "--factory", "webapp.app:create_app_from_env", "--workers", "2"]
    command += ["--log-level", "error", "--timeout-keep-alive", "95", "--port"]  # as the Procfile says
    servers = [subprocess.Popen([*command, str(port)], env=os.environ | environment) for port in ports]
    try:
        for url in urls:
            wait_until_ready(f"{url}/readyz")
        counts = asyncio.run(run(postgres_url, urls))
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(timeout=30)
    assert counts["orders"] == counts["objects at Xendit"] == CHECKOUTS
    assert counts["changes"] == CHECKOUTS * 9 // 10
    assert counts["double changes"] == 0
    assert counts["webhooks noted"] >= counts["changes"]
