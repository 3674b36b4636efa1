"""One worker against bare Starlette in the same run: ratios, medians and spread; no number is asserted."""

import asyncio
import contextlib
import gzip
import os
import re
import resource
import ssl
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import trustme

from tests.benchmarks.load import (
    CONNECTIONS,
    ROUNDS,
    SECONDS,
    Bare,
    ask,
    cold_start,
    cookies,
    get,
    line,
    medians,
    new_folder,
    post,
    rate,
    ratios,
)
from tests.faults.processes import ShopProcess
from webapp.xendit.client import xendit_client


async def pages(shop: ShopProcess) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", shop.port)
    _, head, _ = await ask(reader, writer, get("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")(0))
    cookie = cookies(head)
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
            lambda: p50(post("/cart/decrease", lambda _: "product=toraja", cookie)),
            lambda: p50(post("/choices/currency", lambda _: "currency=PHP", cookie)),
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


async def quiet_minute() -> None:
    """Two calls to Xendit by TLS, a minute apart: how many handshakes."""
    authority, handshakes = trustme.CA(), 0
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal handshakes
        handshakes += 1
        with contextlib.suppress(asyncio.IncompleteReadError):
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    with authority.cert_pem.tempfile() as trusted, mock.patch.dict(os.environ, SSL_CERT_FILE=trusted):
        client = xendit_client()
    times = []
    for wait in (0, 61):
        await asyncio.sleep(wait)
        started = time.perf_counter()
        await client.get(f"https://localhost:{port}/sessions/ps-0")
        times.append((time.perf_counter() - started) * 1000)
    await client.aclose()
    server.close()
    line("first call to Xendit after a quiet minute", times[1:], "ms", f"the very first: {times[0]:.2f}")
    line("  TLS handshakes that it cost", [handshakes - 1], "", "goal 0")


def peak_memory(shop: ShopProcess) -> float:
    """Resident megabytes of the shop's process now."""
    assert shop.process
    pages_held = int(Path(f"/proc/{shop.process.pid}/statm").read_text().split()[1])
    return pages_held * resource.getpagesize() / 1e6


async def main() -> None:
    folder = new_folder()
    print(f"The server, medians (and spread) of {ROUNDS} rounds of {SECONDS:g} s, one worker")
    line("cold start to the first 200", [cold_start()[0] for _ in range(3)], "s", "goal 0.8")
    settings: dict[str, Any] = {"database_url": f"sqlite:///{folder}/shop.db"}
    shop = ShopProcess(**settings)
    shop.start()
    try:
        await pages(shop)
    finally:
        shop.kill()
    await quiet_minute()


if __name__ == "__main__":
    asyncio.run(main())
