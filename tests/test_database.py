"""What the order book may rely on in either database."""

import asyncio
import contextlib

import pytest

from tests.conftest import OpenShop

pytestmark = pytest.mark.anyio


async def test_a_read_sees_what_was_written_before_it_whatever_else_is_being_read(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        book = shop.app.state.shop.order_book

        async def noted() -> int:
            async with shop.app.state.shop.database.read() as connection:
                return len([row async for row in book._sql.webhooks_of(connection, reference_id="reference")])

        async def read_for_ever() -> None:
            while True:
                await noted()

        readers = [asyncio.create_task(read_for_ever()) for _ in range(3)]
        for number in range(200):
            await book.note_webhook(f"key {number}", "event", "reference", "verdict")
            assert await noted() == number + 1
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)


async def test_a_task_that_is_cancelled_while_it_writes_leaves_the_database_usable(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        database, book = shop.app.state.shop.database, shop.app.state.shop.order_book

        async def write() -> None:
            async with database.write():
                await asyncio.sleep(0.001)

        for steps in range(12):  # cancelled at its beginning, in its middle, at its end
            task = asyncio.create_task(write())
            for _ in range(steps):
                await asyncio.sleep(0)
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            assert await book.note_webhook(f"after {steps}", "event", "reference", "verdict")
