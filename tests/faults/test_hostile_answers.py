"""Two hundred hostile answers in Xendit's place, one after another, to a real shop process."""

import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from tests.faults.hostile import ENDLESS, QUICK, SLOW, Xendit, hostile_xendit, session
from tests.faults.processes import ShopProcess, serve_shop
from tests.xendit import HTMX

MEGABYTE = 1_000_000
INTEGRATIONS = ("payment_link", "components", "invoice")
PRAGMAS = ("page_count", "freelist_count", "page_size")
PATIENCE = 3  # seconds, in place of TOTAL_SECONDS


def serve_impatient(settings: dict[str, Any], port: int, abandoned_after: float) -> None:
    """A shop process that asks again at once, so that each answer is really given, and waits for three seconds."""
    from webapp.xendit import circuit_breaker, client

    client.TOTAL_SECONDS, client.TIMEOUT = PATIENCE, httpx.Timeout(PATIENCE)
    client.ATTEMPTS, circuit_breaker.FAILURES = 1, 1_000_000
    serve_shop(settings, port, abandoned_after)


class ImpatientShop(ShopProcess):
    serve = staticmethod(serve_impatient)

    @property
    def memory(self) -> int:
        """Bytes of the process that are in memory."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.findall(r"VmRSS:\s+(\d+) kB", status)[0]) * 1024


def used(path: Path) -> int:
    """Bytes of a database that are in use."""
    with closing(sqlite3.connect(path)) as connection:
        pages, free, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PRAGMAS)
    return int((pages - free) * size)


def buy(shop: ImpatientShop, integration: str) -> httpx.Response:
    """Press Checkout as a new visitor."""
    origin = {"origin": shop.url}
    with httpx.Client(base_url=shop.url, headers=origin, timeout=30, verify=False) as client:  # no TLS context
        client.post("/cart/add", data={"product": "gayo", "quantity": "1"})
        form = {"integration": integration, "flow": "pay", "checkout_id": f"hostile-{time.monotonic_ns():020}"}
        return client.post("/checkout", data=form, headers=HTMX)


def is_a_sentence(answer: httpx.Response) -> bool:
    """The shop has believed the answer, or says what is the matter."""
    believed = answer.status_code == 200 and ("hx-redirect" in answer.headers or "data-resume" in answer.text)
    said = (
        answer.status_code in (502, 503, 504) and 'class="notice' in answer.text and "our cart is kept" in answer.text
    )
    return believed or said


def test_two_hundred_hostile_answers_cost_no_memory_and_each_is_a_sentence(tmp_path: Path) -> None:
    answers = [*QUICK, *ENDLESS, *SLOW, *QUICK[:50]]  # the last fifty to other integrations than before
    database = tmp_path / "shop.db"
    with hostile_xendit() as xendit:
        real = {"sandbox": False, "api_keys": {"IDR": "xnd_development_idr"}, "xendit_api_url": xendit.url}
        shop = ImpatientShop(database_url=f"sqlite:///{database}", **real)
        shop.start()
        try:
            warm_up(shop, xendit)
            memory, size, wrong = shop.memory, used(database), {}
            for number, answer in enumerate(answers):
                xendit.answer, started = answer, time.monotonic()
                shown, took = buy(shop, INTEGRATIONS[number % 3]), time.monotonic() - started
                if not is_a_sentence(shown) or took > PATIENCE + 1:
                    wrong[number] = (shown.status_code, took, str(answer)[:100], shown.text[:100])
            grown = {"memory": shop.memory - memory, "database": used(database) - size}
        finally:
            shop.kill()
    assert len(answers) >= 200
    assert not wrong
    assert grown["memory"] < 10 * MEGABYTE and grown["database"] < MEGABYTE, grown


def warm_up(shop: ImpatientShop, xendit: Xendit) -> None:
    for integration in INTEGRATIONS * 10:
        xendit.answer = session()
        assert is_a_sentence(buy(shop, integration))
