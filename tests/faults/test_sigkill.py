"""SIGKILL at any moment of a checkout, a payment or a webhook loses no order and pays none twice."""

import asyncio
import contextlib
import html
import random
import sqlite3
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx

from tests.faults.processes import ShopProcess, free_port, standalone_sandbox
from webapp.database.connection import database_from_url
from webapp.database.migrate import migrate
from webapp.orders.order_book import OrderBook

TRIALS = 50
TOKEN = "callback-token"
KEY = "xnd_development_kill"


class Walk:
    """One shopper, who repeats what got no answer, as a person with a flaky line does."""

    def __init__(self, shop: ShopProcess, number: int) -> None:
        self.shop, self.number = shop, number
        self.client = httpx.Client(base_url=shop.url, timeout=10, verify=False)  # a TLS context takes 50 ms to make
        self.attempt = 0
        self.link: str | None = None

    @property
    def checkout_id(self) -> str:
        return f"walk-{self.number}-attempt-{self.attempt}-xx"

    def go(self) -> None:
        """As far as it goes in one life of the shop. Safe to call again."""
        self.client.get("/?currency=IDR&cart=gayo:2")
        for _ in range(20):
            if self.link:
                break
            form = {"integration": "payment_link", "flow": "pay", "checkout_id": self.checkout_id}
            answer = self.client.post("/checkout", data=form)
            if answer.status_code == 303:
                self.link = answer.headers["location"]
            elif answer.status_code == 200:  # to a host that is not Xendit's own: by a link
                self.link = html.unescape(answer.text.partition('class="go" href="')[2].partition('"')[0])
            elif answer.status_code == 409 and "Press Checkout again" in answer.text:
                self.attempt += 1  # the page came with a new form
        assert self.link
        self.client.post(self.link, data={"choice": "CARDS.visa", "decision": "pay"})


def undisturbed(shop: ShopProcess) -> float:
    """How long a walk takes on this machine: kills fall anywhere within that, and a little after."""
    started = time.monotonic()
    walk = Walk(shop, 9999)
    walk.go()
    walk.client.close()
    return (time.monotonic() - started) * 1.2


def kill_somewhere(shop: ShopProcess, number: int, moment: float) -> Walk:
    walk = Walk(shop, number)

    def first_life() -> None:
        with contextlib.suppress(httpx.TransportError):
            walk.go()

    thread = threading.Thread(target=first_life)
    thread.start()
    time.sleep(moment)
    shop.kill()
    thread.join()
    shop.start()
    walk.go()
    walk.client.close()
    return walk


def sessions_by_reference(folder: Path) -> dict[str, list[str]]:
    """What Xendit has: the statuses of its sessions, by our reference."""
    import json

    found: dict[str, list[str]] = {}
    with contextlib.closing(sqlite3.connect(folder / "xendit.db")) as connection:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "document" not in columns:
                continue
            for (text,) in connection.execute(f"SELECT document FROM {table}"):
                session = json.loads(text).get("session") or {}
                if "reference_id" in session:
                    found.setdefault(session["reference_id"], []).append(session["status"])
    return found


async def orders_after(database_url: str, walks: list[Walk]) -> list[tuple[Any, list[Any]]]:
    database = database_from_url(database_url)
    await database.open()
    book = OrderBook(database)
    found = []
    for walk in walks:
        for attempt in range(walk.attempt + 1):
            order = await book.get_by_checkout(f"walk-{walk.number}-attempt-{attempt}-xx")
            if order:
                found.append((order, await book.changes(order.reference_id)))
    await database.close()
    return found


async def prepare(database_url: str) -> None:
    database = database_from_url(database_url)
    await database.open()
    await migrate(database)
    await database.close()


def test_fifty_kills_lose_no_order_and_pay_none_twice(database_url: str, tmp_path: Path) -> None:
    asyncio.run(prepare(database_url))
    xendit_port = free_port()
    shop = ShopProcess(
        abandoned_after=0.3,
        sandbox=False,
        api_keys={"IDR": KEY},
        webhook_tokens={"": TOKEN},
        xendit_api_url=f"http://127.0.0.1:{xendit_port}",
        database_url=database_url,
    )
    moments = random.Random(20261122)
    with standalone_sandbox(tmp_path, f"{shop.url}/webhooks/xendit", TOKEN, xendit_port):
        shop.start()
        try:
            longest = undisturbed(shop)
            walks = [kill_somewhere(shop, number, moments.uniform(0, longest)) for number in range(TRIALS)]
            until = time.monotonic() + 15  # the webhooks that fell into a kill come again
            while True:
                found = asyncio.run(orders_after(database_url, walks))
                paid = [order for order, _ in found if order.status == "paid"]
                if len(paid) == TRIALS or time.monotonic() > until:
                    break
                for order, _ in found:
                    if order.status == "waiting":
                        httpx.get(f"{shop.url}/orders/{order.reference_id}", timeout=10, verify=False)
                time.sleep(0.3)
        finally:
            shop.kill()

    at_xendit = sessions_by_reference(tmp_path)
    assert len(paid) == TRIALS
    for order, changes in found:
        sessions = at_xendit.get(order.reference_id, [])
        assert len(sessions) <= 1, "created twice at Xendit"
        assert (order.status == "paid") == (sessions == ["COMPLETED"])
        assert Counter(change.new for change in changes)["paid"] == (order.status == "paid")
        assert order.status in ("paid", "failed_to_create")
    assert sum(statuses == ["COMPLETED"] for statuses in at_xendit.values()) == TRIALS + 1
