"""One worker against bare Starlette in the same run: ratios, medians and spread; no number is asserted."""

import asyncio
import gzip
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.load import CONNECTIONS, ROUNDS, SECONDS, Bare, ask, get, line, medians, post, rate, ratios
from tests.faults.processes import ShopProcess, free_port, wait_until_ready


async def pages(shop: ShopProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    _, head, _ = await ask(reader, writer, get("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")(0))
    cookie = re.search(rb"set-cookie: (selat=[^;]+)", head)[1].decode()  # type: ignore[index]
    _, _, page = await ask(reader, writer, get("/", cookie)(0))
    css = re.search(r"/static/[0-9a-f]+/css/shop\.css", gzip.decompress(page).decode())[0]  # type: ignore[index]
    _, _, style = await ask(reader, writer, get(css)(0))
    bare = Bare({"/": page, "/static": style})
    try:

        async def of(port: int, make: Callable[[int], bytes], connections: int = CONNECTIONS) -> float:
            return (await rate(port, make, connections))[0]

        async def p50(make: Callable[[int], bytes]) -> float:
            return statistics.median((await rate(shop.port, make, 1))[1])

        home, bare_home, static, bare_static, add, market = await medians(
            lambda: of(shop.port, get("/", cookie)),
            lambda: of(bare.port, get("/")),
            lambda: of(shop.port, get(css)),
            lambda: of(bare.port, get("/static")),
            lambda: p50(post("/cart/take", lambda _: "product=toraja", cookie)),
            lambda: p50(post("/choices", lambda _: "currency=PHP", cookie)),
        )
    finally:
        bare.stop()
    line("GET / with a cart, a second", home, "/s")
    line("  against bare Starlette, the same bytes", ratios(home, bare_home), "x", "goal 0.25")
    line("static file, a second", static, "/s")
    line("  against bare Starlette, the same bytes", ratios(static, bare_static), "x", "goal 0.6")
    line("cart fragment, one connection, p50", add, "ms", "goal 2")
    line("market fragment, one connection, p50", market, "ms", "goal 2")
    line("memory after that", [peak_memory(shop)], "MB", "goal 90")


async def checkouts(folder: Path, delay: float, connections: int) -> None:
    stub = Bare({}, delay)
    shop = ShopProcess(
        sandbox=False,
        api_keys={"IDR": "xnd_development_bench"},
        xendit_api_url=f"http://127.0.0.1:{stub.port}",
        database_url=f"sqlite:///{folder}/checkout-{delay}-{connections}.db",
    )
    shop.start()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
        _, head, _ = await ask(reader, writer, get("/?currency=IDR&flow=pay&cart=gayo:2")(0))
        cookie = re.search(rb"set-cookie: (selat=[^;]+)", head)[1].decode()  # type: ignore[index]
        run = time.monotonic_ns()
        form = post("/checkout", lambda n: f"integration=payment_link&flow=pay&checkout_id=bench-{run}-{n:09}", cookie)
        direct = post("/sessions", lambda _: "", "")
        overheads, shares = [], []
        for _ in range(ROUNDS):
            through, latencies = await rate(shop.port, form, connections)
            ceiling, bare = await rate(stub.port, direct, connections)
            overheads.append(statistics.median(latencies) - statistics.median(bare))
            shares.append(through / ceiling)
            run = time.monotonic_ns()
    finally:
        shop.kill()
        stub.stop()
    name = f"POST /checkout, upstream {delay * 1000:.0f} ms, {connections} connections"
    goals = {(0.05, 1): "goal 4", (0.05, 64): "goal 0.85 with two workers; this is one"}
    line(f"{name}: p50 over it", overheads, "ms", goals.get((delay, connections), "") if connections == 1 else "")
    line("  share of the stub's own rate", shares, "x", goals.get((delay, connections), "") if connections > 1 else "")


def cold_start() -> float:
    import subprocess
    import sys

    port = free_port()
    folder = tempfile.mkdtemp()
    environment = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{folder}/shop.db", "PATH": "/usr/bin:/bin"}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "webapp"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    wait_until_ready(f"http://127.0.0.1:{port}/")
    took = time.perf_counter() - started
    process.kill()
    process.wait()
    return took


def peak_memory(shop: ShopProcess) -> float:
    """Resident megabytes of the shop's process now."""
    assert shop.process
    pages_held = int(Path(f"/proc/{shop.process.pid}/statm").read_text().split()[1])
    return pages_held * resource.getpagesize() / 1e6


async def main() -> None:
    folder = Path(tempfile.mkdtemp())
    print(f"The server, medians (and spread) of {ROUNDS} rounds of {SECONDS:g} s, one worker")
    line("cold start to the first 200", [cold_start() for _ in range(3)], "s", "goal 0.8")
    settings: dict[str, Any] = {"database_url": f"sqlite:///{folder}/shop.db"}
    shop = ShopProcess(**settings)
    shop.start()
    try:
        await pages(shop)
    finally:
        shop.kill()
    for delay, connections in ((0.0, 1), (0.05, 1), (0.05, 16), (0.05, 64)):
        await checkouts(folder, delay, connections)


if __name__ == "__main__":
    asyncio.run(main())
