"""The server against bare Starlette in the same run: ratios, medians and spread; no number is asserted.

The load generator is plain asyncio on raw sockets in this process; each server is a process of its own.
"""

import asyncio
import re
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.faults.processes import FORKS, ShopProcess, free_port, wait_until_ready

ROUNDS, SECONDS, CONNECTIONS = 5, 1.0, 16


def serve_bare(port: int, bodies: dict[str, bytes], delay: float) -> None:
    """Bare Starlette that sends bytes from memory, or JSON after a delay: baseline and stub of Xendit."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    async def page(request: Request) -> Response:
        return Response(bodies[request.url.path], media_type="text/html")

    async def sessions(request: Request) -> Response:
        await asyncio.sleep(delay)
        return JSONResponse({"payment_session_id": "ps-" + "0" * 24, "payment_link_url": "https://dev.xen.to/x"}, 201)

    routes = [Route("/sessions", sessions, methods=["POST"]), *(Route(path, page) for path in bodies)]
    uvicorn.run(Starlette(routes=routes), port=port, access_log=False, log_level="error", loop="asyncio")


class Bare:
    """That server in a process."""

    def __init__(self, bodies: dict[str, bytes], delay: float = 0) -> None:
        self.port = free_port()
        self.process: BaseProcess = FORKS.Process(target=serve_bare, args=(self.port, bodies, delay))
        self.process.start()
        wait_until_ready(f"http://127.0.0.1:{self.port}/none")

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes, bytes]:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
    return int(head[9:12]), head, await reader.readexactly(length)


async def rate(port: int, make: Callable[[int], bytes], connections: int = CONNECTIONS) -> tuple[float, list[float]]:
    """Requests a second over `SECONDS`, and every latency in ms."""
    latencies: list[float] = []
    until = time.perf_counter() + SECONDS

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.perf_counter() < until:
            started = time.perf_counter()
            status, _, body = await ask(reader, writer, make(number * 1_000_000 + count))
            assert status < 400, body[:300]
            latencies.append((time.perf_counter() - started) * 1000)
            count += 1
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    return len(latencies) / SECONDS, latencies


def get(path: str, cookie: str = "", port: int = 80) -> Callable[[int], bytes]:
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n".encode()
    return lambda _: text


def post(path: str, form: Callable[[int], str], cookie: str, htmx: bool = True) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        body = form(number).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: application/x-www-form-urlencoded\r\n" + ("HX-Request: true\r\n" if htmx else "")
        return head.encode() + b"\r\n" + body

    return make


async def medians(*measures: Callable[[], Awaitable[float]]) -> list[list[float]]:
    """Each measure in turn, `ROUNDS` times: what the machine does meanwhile meets all of them alike."""
    results: list[list[float]] = [[] for _ in measures]
    for _ in range(ROUNDS):
        for index, measure in enumerate(measures):
            results[index].append(await measure())
    return results


def line(name: str, values: list[float], unit: str, goal: str = "") -> None:
    spread = f"{statistics.median(values):>9,.2f} {unit} ({min(values):,.2f} to {max(values):,.2f})"
    print(f"  {name:44}{spread:42}{goal}")


async def pages(shop: ShopProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    _, head, _ = await ask(reader, writer, get("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")(0))
    cookie = re.search(rb"set-cookie: (selat=[^;]+)", head)[1].decode()  # type: ignore[index]
    _, _, page = await ask(reader, writer, get("/", cookie)(0))
    import gzip

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


def ratios(values: list[float], baseline: list[float]) -> list[float]:
    return [value / base for value, base in zip(values, baseline, strict=True)]


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
