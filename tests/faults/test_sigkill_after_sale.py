"""SIGKILL at any moment of a refund or a charge loses none and makes none twice."""

import asyncio
import contextlib
import json
import random
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx

from tests.faults.processes import ShopProcess, free_port, standalone_sandbox
from tests.faults.test_sigkill import KEY, TOKEN, prepare
from webapp.database.connection import database_from_url
from webapp.orders.modification import Kind, ModificationStatus
from webapp.orders.modification_book import ModificationBook
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook

TRIALS = 30
AMOUNT = Decimal(90_000)


class Sale:
    """One order of Rp480.000, and a merchant who presses again until the page says that it is done."""

    def __init__(self, shop: ShopProcess, number: int) -> None:
        self.what = Kind.REFUND if number % 2 else Kind.CAPTURE
        self.client = httpx.Client(base_url=shop.url, timeout=10, verify=False)  # a TLS context takes 50 ms to make
        self.form = f"sale-{number}-press-0000000"
        self.presses = 0
        self.page = self.buy(f"sale-{number}-checkout-xx")

    def buy(self, checkout_id: str) -> str:
        """Buy, pay at Xendit, and return the order's address once the shop knows of it."""
        self.client.get("/?currency=IDR&cart=gayo:2")
        flow = "pay" if self.what is Kind.REFUND else "authorize"
        form = {"integration": "payment_link", "flow": flow, "checkout_id": checkout_id}
        answer = self.client.post("/checkout", data=form)
        link = answer.headers["location"]
        paid = self.client.post(link, data={"choice": "CARDS.visa", "decision": "pay"})
        assert paid.status_code == 303, paid.text
        page = "/orders/" + self.client.get("/orders").text.partition('href="/orders/')[2].partition('"')[0]
        self.until(page, f'id="{self.what}"')
        return page

    def until(self, page: str, *texts: str) -> str:
        """Reload the page until one of the texts is on it, and return that one."""
        until = time.monotonic() + 30
        while time.monotonic() < until:
            shown = self.client.get(page).text
            for text in texts:
                if text in shown:
                    return text
            time.sleep(0.2)
        raise AssertionError(f"never seen: {texts}")

    def press(self) -> None:
        fields = {"amount": str(AMOUNT), "reason": "OTHERS", "form_id": f"{self.form}{self.presses}"}
        self.client.post(f"{self.page}/{self.what}", data=fields)

    def press_until_done(self) -> None:
        """Press the same button once more; press anew where the page says that the first time failed."""
        done = "Rp90.000 of " if self.what is Kind.CAPTURE else "Refunded: Rp90.000 of "
        for _ in range(5):
            self.press()
            if self.until(self.page, done, f'id="{self.what}"') == done:
                return
            self.presses += 1
        raise AssertionError("five presses, and not done")


def kill_somewhere(shop: ShopProcess, sale: Sale, moment: float) -> None:
    def first_life() -> None:
        with contextlib.suppress(httpx.TransportError):
            sale.press()

    thread = threading.Thread(target=first_life)
    thread.start()
    time.sleep(moment)
    shop.kill()
    thread.join()
    shop.start()


def at_xendit(folder: Path) -> list[dict[str, Any]]:
    """Every document that the sandbox keeps."""
    found = []
    with contextlib.closing(sqlite3.connect(folder / "xendit.db")) as connection:
        for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            if "document" in columns:
                found += [json.loads(text) for (text,) in connection.execute(f"SELECT document FROM {table}")]
    return found


async def stored(database_url: str, sales: list[Sale]) -> list[tuple[Order, list[Any]]]:
    database = database_from_url(database_url)
    await database.open()
    orders, modifications = OrderBook(database), ModificationBook(database)
    found = []
    for sale in sales:
        order = await orders.get(sale.page.removeprefix("/orders/"))
        assert order
        found.append((order, await modifications.of(order.reference_id)))
    await database.close()
    return found


def test_thirty_kills_lose_no_refund_and_no_charge_and_make_none_twice(database_url: str, tmp_path: Path) -> None:
    asyncio.run(prepare(database_url))
    xendit_port = free_port()
    shop = ShopProcess(
        abandoned_after=1,
        sandbox=False,
        api_keys={"IDR": KEY},
        webhook_tokens={"": TOKEN},
        xendit_api_url=f"http://127.0.0.1:{xendit_port}",
        database_url=database_url,
    )
    moments = random.Random(20261125)
    with standalone_sandbox(tmp_path, f"{shop.url}/webhooks/xendit", TOKEN, xendit_port):
        shop.start()
        try:
            sales = [Sale(shop, number) for number in range(TRIALS)]
            undisturbed = Sale(shop, 999)
            started = time.monotonic()
            undisturbed.press()
            longest = (time.monotonic() - started) * 1.2
            for sale in sales:
                kill_somewhere(shop, sale, moments.uniform(0, longest))
            with ThreadPoolExecutor(10) as merchants:  # what a kill interrupted is asked about after a second
                list(merchants.map(Sale.press_until_done, sales))
            for sale in (*sales, undisturbed):
                sale.client.close()
        finally:
            shop.kill()

    refunds = [refund for document in at_xendit(tmp_path) for refund in document.get("refunds") or ()]
    assert refunds
    for order, modifications in asyncio.run(stored(database_url, sales)):
        done = [each for each in modifications if each.status is ModificationStatus.SUCCEEDED]
        assert [each.amount for each in done] == [AMOUNT]
        assert not [each for each in modifications if each.status.is_open]
        mine = [each for each in refunds if each["payment_request_id"] == order.payment_request_id]
        assert len(mine) == (done[0].kind is Kind.REFUND)
        assert order.paid == (AMOUNT if done[0].kind is Kind.CAPTURE else order.amount)
