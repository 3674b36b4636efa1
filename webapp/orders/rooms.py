"""A presenter's rooms: an audience joins by a word, and the presenter sees its orders come in."""

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiosql

from webapp.database.connection import Database
from webapp.orders.rows import timestamp
from webapp.orders.status import OrderStatus

OPEN_FOR = timedelta(hours=12)
MAX_ROOMS = 200
MAX_COUNTED = 5000
LETTERS = "bcdfghjkmnpqrstvwxz"  # without vowels no word is rude, without l none is misread


@dataclass(frozen=True)
class Room:
    """An open room. Who knows its word may join and look."""

    word: str
    created: str
    brand: str
    """The query of the presenter's own brand; empty if there is none."""


@dataclass(frozen=True)
class RoomOrder:
    """An order as an audience may see it: nothing in it opens the order or names its visitor."""

    currency: str
    integration: str
    status: OrderStatus
    created: datetime


class Rooms:
    """The rooms of all presenters. Every method may raise DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database, self._sql = database, _statements(database.driver)

    async def open(self, visitor: str, brand: str = "") -> str | None:
        """Return the word of a visitor's room, or of a new one in this brand; None while there are too many."""
        now = _now()
        room = {"room": _word(), "visitor": visitor, "brand": brand}
        stamps = {"now": timestamp(now), "expires_at": timestamp(now + OPEN_FOR)}
        async with self._database.write() as connection:
            [_ async for _ in self._sql.delete_expired(connection, now=stamps["now"])]
            row = await self._sql.open_room(connection, most=MAX_ROOMS, **room, **stamps)
        return str(row["room"]) if row else None

    async def get(self, word: str) -> Room | None:
        """Return the open room with this word, or None. Capitals and signs are forgiven: words are read out."""
        letters = re.sub("[^a-z]", "", word.lower())
        row = await self._sql.get_room(self._database, room=f"{letters[:4]}-{letters[4:]}", now=timestamp(_now()))
        return Room(row["room"], row["created"], row["brand"]) if row else None

    async def close(self, word: str) -> None:
        """Close a room. Its orders stay."""
        await self._sql.close_room(self._database, room=word)

    async def counts(self, room: Room) -> dict[OrderStatus, int]:
        """Return the number of the room's orders in each state, counted up to 5,000 orders."""
        rows = self._sql.count_in(self._database, room=room.word, created=room.created, most=MAX_COUNTED)
        return {OrderStatus(row["status"]): int(row["orders"]) async for row in rows}

    async def orders(self, room: Room, most: int) -> list[RoomOrder]:
        """Return the newest of the room's orders since it was opened, newest first."""
        rows = self._sql.orders_in(self._database, room=room.word, created=room.created, most=most)
        return [
            RoomOrder(
                row["currency"],
                row["integration"],
                OrderStatus(row["status"]),
                datetime.fromisoformat(row["created"]),
            )
            async for row in rows
        ]


@cache
def _statements(driver: str) -> Any:
    return aiosql.from_path(Path(__file__).with_suffix(".sql"), driver)


def _word() -> str:
    """Return a word that can be read out: eight letters, 17 thousand million words."""
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


def _now() -> datetime:
    return datetime.now(UTC)
