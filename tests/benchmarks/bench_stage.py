"""`/stage` before an audience: 200 phones join, order, pay and look at their orders, while screens poll; one worker.

`python -m tests.benchmarks.bench_stage` prints milliseconds; p99 of the screens' polls has to stay below 100. Load and
worker share this machine's processors. The sandbox runs in the worker too, which makes it the hardest case.
"""

import asyncio
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.load import ask, get, line, post
from tests.faults.processes import free_port, wait_until_ready

PHONES, SCREENS, SECONDS, EVERY = 200, 20, 30, 2
Times = dict[str, list[float]]


@contextmanager
def one_worker() -> Iterator[int]:
    """The shop with its sandbox, as `make run` starts it, in one process. Gives the port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "webapp.app:create_app_from_env", "--factory", "--port", str(port)]
    command += ["--loop", "uvloop", "--no-access-log", "--log-level", "error"]
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"APP_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": "b" * 64, "RATE_LIMITS": "0"}
        environment |= {"DATABASE_URL": f"sqlite:///{folder}/shop.db", "LOG_LEVEL": "ERROR", "PORT": str(port)}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/readyz")
            yield port
        finally:
            process.terminate()
            process.wait()


class Browser:
    """A connection that keeps its cookies, and the time of each answer by what was asked."""

    def __init__(self, port: int, times: Times) -> None:
        self.port, self.times, self.cookies = port, times, dict[str, str]()

    async def open(self) -> None:
        self.streams = await asyncio.open_connection("127.0.0.1", self.port)

    async def ask(self, name: str, path: str, form: str | None = None) -> tuple[int, str, str]:
        """Send a request. Return status, head and body."""
        cookie = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        make = get(path, cookie) if form is None else post(path, lambda _: form, cookie, htmx=False)
        request = make(0).replace(b"Host: 127.0.0.1\r\n", f"Host: 127.0.0.1:{self.port}\r\n".encode())
        request = request.replace(b"Accept-Encoding: gzip\r\n", b"HX-Request: true\r\n" if "seen=" in path else b"")
        started = time.perf_counter()
        status, head, body = await ask(*self.streams, request)
        self.times.setdefault(name, []).append((time.perf_counter() - started) * 1000)
        assert status < 400, (path, status, body[:200])
        self.cookies.update(re.findall(r"(?i)set-cookie: (selat-[^=]+)=([^;]*)", head.decode()))
        return status, head.decode(), body.decode()


async def phone(number: int, word: str, port: int, times: Times, until: float) -> None:
    """Join, order, pay on the sandbox's page, look at the order until it is over, and begin again."""
    browser = Browser(port, times)
    await browser.open()
    await asyncio.sleep(10 * number / PHONES)  # a hall does not scan at once
    await browser.ask("join", f"/join/{word}")
    await browser.ask("shop", f"/?currency={('IDR', 'PHP', 'THB', 'VND')[number % 4]}&flow=pay&cart=gayo:1")
    turn = 0
    while time.monotonic() < until:
        checkout = f"integration=payment_link&flow=pay&checkout_id=bench-{number:06}-{turn:06}"
        _, head, _ = await browser.ask("checkout", "/checkout", checkout)
        link = re.findall(r"(?i)location: \S*?(/sandbox/\S+)", head)[0]
        await browser.ask("pay", link, "choice=CARDS.visa&decision=pay")
        order = re.findall(r"/orders/(selat-[\w-]+)", (await browser.ask("orders", "/orders"))[2])[0]
        for _ in range(3):
            await browser.ask("order's poll", f"/orders/{order}/status?seen=waiting")
            await asyncio.sleep(EVERY)
        await browser.ask("shop", "/?cart=toraja:1")
        turn += 1


async def screen(number: int, word: str, port: int, times: Times, until: float) -> str:
    """Poll the stage as its page does, for every change. Return what it showed last."""
    browser, seen, shown = Browser(port, times), "none", ""
    await browser.open()
    await asyncio.sleep(EVERY * number / SCREENS)
    while time.monotonic() < until:
        status, _, body = await browser.ask("stage's poll", f"/stage/{word}?seen={seen}")
        if status == 200:
            shown, seen = body, re.findall(r"\?seen=(\w+)", body)[0]
        await asyncio.sleep(EVERY)
    return shown


async def main() -> bool:
    times: Times = {}
    with one_worker() as port:
        presenter = Browser(port, times)
        await presenter.open()
        _, head, _ = await presenter.ask("open", "/stage", "")
        word = re.findall(r"/stage/([\w-]+)", head)[0]
        until = time.monotonic() + SECONDS
        screens = [screen(number, word, port, times, until) for number in range(SCREENS)]
        phones = [phone(number, word, port, times, until) for number in range(PHONES)]
        shown, _ = await asyncio.gather(asyncio.gather(*screens), asyncio.gather(*phones))
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    share = (used.ru_utime + used.ru_stime) / SECONDS
    made = re.findall(r"(\d+) orders · (\d+) completed", shown[0])
    print(f"{PHONES} phones and {SCREENS} screens for {SECONDS} s, one worker; orders, completed: {made}")
    line("the worker's share of one processor", [share * 100], "%")
    for name, each in sorted(times.items()):
        if len(each) > 100:
            percentiles = statistics.quantiles(each, n=100)
            line(f"{name} ({len(each)}): p50", [percentiles[49]], "ms")
            line("  p99", [percentiles[98]], "ms", "goal 100" if name == "stage's poll" else "")
    return statistics.quantiles(times["stage's poll"], n=100)[98] < 100


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
