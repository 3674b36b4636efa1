"""Work in the background, for the life of the process, in steps so small that nobody waits for them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import structlog

log = structlog.get_logger()
BATCH = 100
PAUSE_SECONDS = 0.05  # between two batches, for those who wait for the database


@asynccontextmanager
async def repeating(every: float, work: Callable[[], Awaitable[object]]) -> AsyncIterator[None]:
    """Call ``work`` every so many seconds until the block is left. A failure is logged, and the next call follows."""
    task = asyncio.create_task(_repeat(every, work))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _repeat(every: float, work: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(every)
        try:
            await work()
        except Exception:
            log.exception("background_work_failed")


async def in_batches(delete: Callable[[int], Awaitable[int]]) -> None:
    """Call ``delete(BATCH)``, which returns how many rows it found, until it finds fewer."""
    found = BATCH
    while found == BATCH:
        found = await delete(BATCH)
        await asyncio.sleep(PAUSE_SECONDS)
