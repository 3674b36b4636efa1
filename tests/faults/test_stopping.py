"""Two workers as the Procfile starts them: stopped while they are busy, and one of them killed."""

import asyncio
import os
import re
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.processes import free_port, wait_until_ready
from tests.faults.test_upstream import SESSION, Writer, http, upstream

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent.parent
CROWD = 20


class Web:
    """The Procfile's ``web``, with two workers; its output in a file."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.port, self.log = free_port(), folder / "web.log"
        self.url = f"http://127.0.0.1:{self.port}"
        line = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web: "))
        command = shlex.split(line.removeprefix("web: "))
        own = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "WEB_CONCURRENCY": "2"}
        own["PORT"] = str(self.port)
        own |= {"APP_URL": self.url, "SECRET_KEY": "k" * 64, "DATABASE_URL": f"sqlite:///{folder}/shop.db"}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=own | env, stdout=log, stderr=log)
        wait_until_ready(f"{self.url}/readyz")
        self.wait_for("Application startup complete", 2)

    def wait_for(self, line: str, times: int) -> None:
        """Wait until the workers have logged a line so often, all in all."""
        until = time.monotonic() + 30
        while self.log.read_text().count(line) < times:
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.05)


@pytest.fixture
def webs(tmp_path: Path) -> Iterator[list[Web]]:
    running: list[Web] = []
    yield running
    for web in running:
        web.process.terminate()  # killed, it would leave its workers behind
        web.process.wait(timeout=30)


async def test_a_stop_lets_every_checkout_that_is_under_way_end(webs: list[Web], tmp_path: Path) -> None:
    stopping = asyncio.Event()

    async def thoughtful(writer: Writer) -> None:
        await stopping.wait()
        writer.write(http(SESSION))

    async with upstream(thoughtful) as port:
        keys = {"IDR_API_KEY": "xnd_development_idr", "XENDIT_API_URL": f"http://127.0.0.1:{port}", "RATE_LIMITS": "0"}
        webs.append(web := await asyncio.to_thread(Web, tmp_path, **keys))

        async def buy(number: int) -> httpx.Response:
            async with httpx.AsyncClient(base_url=web.url, timeout=30) as shopper:
                await shopper.post("/cart/add", data={"product": "gayo"})
                form = {"integration": "payment_link", "flow": "pay", "checkout_id": f"stop-{number:04}-checkout-id"}
                return await shopper.post("/checkout", data=form)

        buying = [asyncio.create_task(buy(number)) for number in range(CROWD)]
        book = sqlite3.connect(tmp_path / "shop.db")
        while book.execute("SELECT count(*) FROM orders").fetchone()[0] < CROWD:
            await asyncio.sleep(0.02)
        web.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(web.wait_for, "Shutting down", 2)
        stopping.set()
        answers = await asyncio.gather(*buying)
    assert {(answer.status_code, answer.headers["location"]) for answer in answers} == {
        (303, "https://dev.xen.to/12345678")
    }
    assert web.process.wait(timeout=25) == 0
    (created,) = book.execute("SELECT count(*) FROM orders WHERE payment_session_id IS NOT NULL").fetchone()
    book.close()
    assert created == CROWD
    assert "Traceback" not in web.log.read_text()


async def test_a_worker_that_is_killed_is_replaced_and_nobody_is_turned_away(webs: list[Web], tmp_path: Path) -> None:
    webs.append(web := await asyncio.to_thread(Web, tmp_path))
    workers = [int(number) for number in re.findall(r"Started server process \[(\d+)\]", web.log.read_text())]
    async with httpx.AsyncClient(base_url=web.url, timeout=30) as shopper:
        await shopper.post("/cart/add", data={"product": "gayo"})
        os.kill(workers[0], signal.SIGKILL)
        await asyncio.to_thread(web.wait_for, "Application startup complete", 3)
        for _ in range(20):
            try:
                page = await shopper.get("/")
            except httpx.TransportError:  # the connection that the killed worker had
                page = await shopper.get("/")
            assert page.status_code == 200 and "1 item" in page.text
