"""The sandbox's SQLite file stays usable whatever happens to one write."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from webapp.sandbox import SQLiteDatabase

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SQLiteDatabase]:
    opened = SQLiteDatabase(tmp_path / "sandbox.db")
    await opened.open()
    async with opened.write() as connection:
        await connection.execute("CREATE TABLE notes (text TEXT NOT NULL)")
    yield opened
    await opened.close()


async def note(database: SQLiteDatabase, text: str | None) -> None:
    async with database.write() as connection:
        await connection.execute("INSERT INTO notes VALUES (?)", (text,))


async def notes(database: SQLiteDatabase) -> list[str]:
    async with database.read() as connection:
        return [row["text"] for row in await connection.execute_fetchall("SELECT text FROM notes")]


async def test_a_write_that_is_cancelled_at_any_moment_breaks_no_later_one(database: SQLiteDatabase) -> None:
    for number in range(60):
        cancelled = asyncio.create_task(note(database, "cancelled"))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        await note(database, str(number))
    assert [text for text in await notes(database) if text != "cancelled"] == [str(number) for number in range(60)]


async def test_a_write_that_is_cancelled_twice_or_fails_breaks_no_later_one(database: SQLiteDatabase) -> None:
    cancelled = asyncio.create_task(note(database, "cancelled"))
    for _ in range(3):
        await asyncio.sleep(0)
        cancelled.cancel()
    await asyncio.gather(cancelled, return_exceptions=True)
    with pytest.raises(sqlite3.IntegrityError):
        await note(database, None)
    await note(database, "kept")
    assert await notes(database) == ["kept"]


async def test_a_write_that_found_the_file_locked_breaks_no_later_one(database: SQLiteDatabase) -> None:
    async with database.read() as connection:
        await connection.execute("PRAGMA busy_timeout = 1")
    other = SQLiteDatabase(database.path)
    await other.open()
    async with other.write():
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await note(database, "refused")
    await other.close()
    await note(database, "kept")
    assert await notes(database) == ["kept"]
