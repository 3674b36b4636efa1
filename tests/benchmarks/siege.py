"""`make siege`: one worker under ten minutes of hostile load, with ordinary shoppers beside it.

Shoppers must see no error and a p99 under 300 ms, and memory must be flat afterwards.
SIEGE_SECONDS=60 makes it shorter.
"""

import asyncio
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from tests.benchmarks.soak import Soak, memory, wrong_orders
from tests.faults.processes import free_port, wait_until_ready

SECONDS = float(os.environ.get("SIEGE_SECONDS", "600"))
SHOPPERS, FLOODS, SLOW = 3, 4, 40
PAUSE = 0.01  # between a flood's requests: it is bounded, as a script from one machine is
ODD = ["../../etc/passwd", "%00", "\u0e44\u0e17\u0e22", "<img src=x onerror=1>", "9" * 3000, "' OR 1=1--", "{{7*7}}"]


class Shoppers(Soak):
    """Soak's visitors, each at an address of their own, with the pauses of people."""

    async def ask(self, client: httpx.AsyncClient, method: str, path: str, **more: object) -> httpx.Response:
        client.headers.setdefault("X-Forwarded-For", f"10.1.{random.randrange(250)}.{random.randrange(250)}")
        await asyncio.sleep(random.uniform(0.05, 0.3))
        return await super().ask(client, method, path, **more)


async def flood(url: str, until: float, answers: Counter[int], number: int) -> None:
    """Send what must be refused, one after another."""
    deep, big = b"[" * 30_000, b"x" * 70_000
    attacks: list[Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]] = [
        lambda c: c.post("/cart/add", data={"product": "gayo"}, headers={"Origin": "https://evil.example"}),
        lambda c: c.post("/checkout", content=big),
        lambda c: c.post("/webhooks/xendit", content=deep, headers={"x-callback-token": "guess"}),
        lambda c: c.head(f"/orders/selat-{random.getrandbits(128):032x}/resume"),
        lambda c: c.get(f"/orders/{random.choice(ODD)}/status", headers={"HX-Request": "true"}),
        lambda c: c.get("/", params={random.choice(("cart", "currency", "present")): random.choice(ODD)}),
        lambda c: c.post(
            "/api/sessions/payment_requests", data={"payload": json.dumps({"session_id": random.choice(ODD)})}
        ),
        lambda c: c.post(f"/sandbox/pay/{random.getrandbits(32):08x}", data={"decision": random.choice(ODD)}),
        lambda c: c.get("/", headers={"Cookie": f"selat-80-cart={'A' * 3000}"}),
        lambda c: c.get("/static/0/" + random.choice(ODD)),
        lambda c: c.post("/walkthrough/controls", data={"fail": random.choice(ODD)}),
    ]
    headers = {"X-Forwarded-For": f"10.9.9.{number}", "Origin": url}
    async with httpx.AsyncClient(base_url=url, timeout=30, headers=headers) as client:
        while time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                answers[(await random.choice(attacks)(client)).status_code] += 1
            await asyncio.sleep(PAUSE)


async def drip(port: int, until: float) -> None:
    """Hold a connection with a head that does not end, again and again."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\n")
            for _ in range(30):
                writer.write(b"X-Drip: 1\r\n")
                await writer.drain()
                await asyncio.sleep(1)
            writer.close()


async def main() -> bool:
    folder, port = tempfile.mkdtemp(), free_port()
    url, book = f"http://127.0.0.1:{port}", f"sqlite:///{folder}/shop.db"
    environment = os.environ | {"PORT": str(port), "APP_URL": url, "BEHIND_PROXY": "1", "LOG_LEVEL": "ERROR"}
    environment |= {"DATABASE_URL": book, "SECRET_KEY": "s" * 64}
    with Path(folder, "log").open("w") as log:
        process = subprocess.Popen([sys.executable, "-m", "webapp"], env=environment, stdout=log, stderr=log)
    wait_until_ready(f"{url}/readyz")
    shoppers, answers, until = Shoppers(url), Counter[int](), time.monotonic() + SECONDS
    shoppers.until = until
    tasks = [asyncio.create_task(shoppers.visitor()) for _ in range(SHOPPERS)]
    tasks += [asyncio.create_task(flood(url, until, answers, number)) for number in range(FLOODS)]
    tasks += [asyncio.create_task(drip(port, until)) for _ in range(SLOW)]
    sizes = []
    while not all(task.done() for task in tasks):
        await asyncio.wait(tasks, timeout=SECONDS / 10, return_when=asyncio.FIRST_EXCEPTION)
        sizes.append(max(memory(process.pid), default=0))
        print(f"{sum(answers.values()):8,} attacks, {len(shoppers.expected):5,} orders, {sizes[-1]:.0f} MB", flush=True)
    await asyncio.gather(*tasks)
    wrong = await wrong_orders(book, shoppers.expected)
    process.terminate()
    process.wait()
    crashes = Path(folder, "log").read_text().count("Traceback")
    p99 = statistics.quantiles(shoppers.slow, n=100)[98]
    refused = sum(count for status, count in shoppers.answers.items() if status[0] in "45")
    growth = sizes[-2] / sizes[len(sizes) // 4]
    print(f"shoppers: {dict(shoppers.answers)}, p99 {p99:.0f} ms, orders that are wrong: {wrong[:5] or 'none'}")
    print(f"attacks: {dict(sorted(answers.items()))}; tracebacks: {crashes}; memory x {growth:.3f}")
    return not wrong and not refused and not crashes and p99 < 300 and growth < 1.1 and max(answers) < 500


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
