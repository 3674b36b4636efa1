"""Read-only links to orders. The database knows a link by its hash only, so that a copy of it opens nothing."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import aiosql
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.database.connection import Database
from webapp.orders.order import Order
from webapp.orders.rows import order_from_row, timestamp

OPEN_FOR = timedelta(days=7)


class Shares:
    """The links to orders. Every method that asks the database may raise DatabaseUnavailable."""

    def __init__(self, database: Database, secret: str) -> None:
        self._database, self._sql = database, _statements(database.driver)
        self._signer = URLSafeTimedSerializer(secret, salt="share")

    async def open(self, reference_id: str) -> str:
        """Return the token of a new link to an order. The order's earlier link ends."""
        nonce, until = secrets.token_urlsafe(16), timestamp(_now() + OPEN_FOR)
        await self._sql.open_share(self._database, reference_id=reference_id, share_hash=_hash(nonce), until=until)
        return str(self._signer.dumps(nonce))

    async def close(self, reference_id: str) -> None:
        """Withdraw the link to an order, if there is one."""
        await self._sql.close_share(self._database, reference_id=reference_id)

    async def get(self, token: str) -> Order | None:
        """Return the order of a link; None if the link is forged, over or withdrawn."""
        try:
            nonce = str(self._signer.loads(token, max_age=int(OPEN_FOR.total_seconds())))
        except BadData:
            return None
        row = await self._sql.shared_order(self._database, share_hash=_hash(nonce), now=timestamp(_now()))
        return order_from_row(row) if row else None

    async def until(self, reference_id: str) -> datetime | None:
        """Return the end of an order's link, or None if no link is open."""
        row = await self._sql.shared_until(self._database, reference_id=reference_id, now=timestamp(_now()))
        return datetime.fromisoformat(row["shared_until"]) if row else None


@cache
def _statements(driver: str) -> Any:
    return aiosql.from_path(Path(__file__).with_suffix(".sql"), driver)


def _hash(nonce: str) -> str:
    return hashlib.sha256(nonce.encode()).hexdigest()


def _now() -> datetime:
    return datetime.now(UTC)
