"""`make soak`: `honcho start web` with two workers under ten minutes of mixed load, on the sandbox.

Every order must be right at the end, nothing may answer 5xx, and memory must be flat after the warm-up.
SOAK_SECONDS=60 makes it shorter; DATABASE_URL moves it to Postgres.
"""

import asyncio
import os
import random
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx

from tests.faults.processes import free_port, wait_until_ready
from webapp.database.connection import database_from_url

SECONDS = float(os.environ.get("SOAK_SECONDS", "600"))
VISITORS = 12
STATUS = re.compile(r'data-status="(\w+)"')


class Soak:
    def __init__(self, url: str) -> None:
        self.url = url
        self.until = time.monotonic() + SECONDS
        self.answers: Counter[str] = Counter()
        self.slow: list[float] = []
        self.expected: dict[str, str] = {}

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, **more: object) -> httpx.Response:
        started = time.perf_counter()
        answer = await client.request(method, path, **more)  # type: ignore[arg-type]
        self.slow.append((time.perf_counter() - started) * 1000)
        self.answers[f"{answer.status_code // 100}xx"] += 1
        return answer

    async def visitor(self) -> None:
        """One after another: look, choose, check out; most pay, some leave, some cancel; watch the order's page."""
        transport = httpx.AsyncHTTPTransport()
        while time.monotonic() < self.until:
            client = httpx.AsyncClient(base_url=self.url, transport=transport, timeout=30)
            await self.ask(client, "GET", "/")
            for _ in range(random.randint(1, 3)):
                await self.ask(client, "POST", "/cart/add", data={"product": random.choice(("gayo", "toraja"))})
            await self.ask(client, "POST", "/choices", data={"currency": random.choice(("IDR", "PHP", "THB"))})
            page = (await self.ask(client, "GET", "/")).text
            form = re.search(r'name="checkout_id" value="([^"]+)"', page)[1]  # type: ignore[index]
            integration = random.choice(("payment_link", "invoice"))
            bought = {"integration": integration, "flow": "pay", "checkout_id": form}
            link = (await self.ask(client, "POST", "/checkout", data=bought)).headers["location"]
            orders = (await self.ask(client, "GET", "/orders")).text
            reference = re.search(r"selat-[0-9a-f]{32}", orders)[0]  # type: ignore[index]
            await self.finish(client, reference, link)
        await transport.aclose()

    async def finish(self, client: httpx.AsyncClient, reference: str, link: str) -> None:
        wanted = random.choices(("paid", "waiting", "cancelled"), (8, 1, 1))[0]
        if wanted == "paid":
            await self.ask(client, "POST", link, data={"choice": "CARDS.visa", "decision": "pay"})
        elif wanted == "cancelled":
            await self.ask(client, "POST", f"/orders/{reference}/cancel")
        self.expected[reference] = wanted
        for _ in range(5):
            if STATUS.search((await self.ask(client, "GET", f"/orders/{reference}/status")).text)[1] == wanted:  # type: ignore[index]
                break
            await asyncio.sleep(0.5)


def memory(parent: int) -> list[float]:
    """Resident megabytes of each process under this one that holds more than a supervisor does."""
    parents, sizes = {}, {}
    for number in filter(str.isdigit, os.listdir("/proc")):
        try:
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            held = int(Path(f"/proc/{number}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
        except OSError:
            continue
        parents[int(number)], sizes[int(number)] = int(fields[1]), held

    def is_below(number: int) -> bool:
        return number == parent or (number in parents and is_below(parents[number]))

    return [held for number, held in sizes.items() if held > 50 and is_below(number)]


async def wrong_orders(url: str, expected: dict[str, str]) -> list[str]:
    """What the book says otherwise; webhooks that are under way get half a minute."""
    database = database_from_url(url)
    await database.open()
    wrong = ["not looked yet"]
    for _ in range(30):
        async with database.read() as connection:
            rows = await connection.fetch("SELECT reference_id, status FROM orders")
        stand = {row["reference_id"]: row["status"] for row in rows}
        wrong = [
            f"{key}: {stand.get(key)}, not {status}" for key, status in expected.items() if stand.get(key) != status
        ]
        if not wrong:
            break
        await asyncio.sleep(1)
    await database.close()
    return wrong


async def main() -> bool:
    folder, port = tempfile.mkdtemp(), free_port()
    url = os.environ.get("DATABASE_URL", f"sqlite:///{folder}/shop.db")
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment |= {
        "PORT": str(port),
        "WEB_CONCURRENCY": "2",
        "APP_URL": f"http://127.0.0.1:{port}",
        "RATE_LIMITS": "0",
        "LOG_LEVEL": "WARNING",
    }
    environment |= {"DATABASE_URL": url, "SECRET_KEY": "s" * 64}
    with Path(folder, "log").open("w") as log:
        process = subprocess.Popen(["honcho", "start", "web"], env=environment, stdout=log, stderr=log)
    wait_until_ready(f"http://127.0.0.1:{port}/readyz")
    soak = Soak(f"http://127.0.0.1:{port}")
    visitors = [asyncio.create_task(soak.visitor()) for _ in range(VISITORS)]
    began, sizes = time.monotonic(), []
    while not all(visitor.done() for visitor in visitors):
        await asyncio.wait(visitors, timeout=SECONDS / 10, return_when=asyncio.FIRST_EXCEPTION)
        sizes.append(max(memory(process.pid), default=0))
        done = (
            f"{time.monotonic() - began:5.0f} s {sum(soak.answers.values()):8,} requests {len(soak.expected):6,} orders"
        )
        print(f"{done}, largest worker {sizes[-1]:.0f} MB", flush=True)
    await asyncio.gather(*visitors)
    wrong = await wrong_orders(url, soak.expected)
    process.terminate()
    process.wait()
    percentiles = statistics.quantiles(soak.slow, n=100)
    growth = sizes[-2] / sizes[len(sizes) // 4]
    print(f"answers {dict(soak.answers)}; p50 {percentiles[49]:.1f} ms, p99 {percentiles[98]:.1f} ms")
    print(f"memory after the warm-up to the end: x {growth:.3f}; orders that are wrong: {wrong[:5] or 'none'}")
    noise = [line for line in Path(folder, "log").read_text().splitlines() if "rror" in line or "Traceback" in line]
    print(f"errors in the log: {noise[:5] or 'none'}")
    return not wrong and not noise and soak.answers["5xx"] == 0 and growth < 1.15


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
