"""Find the cards and wallets that visitors have saved at Xendit: a token's id and a label, never a card number."""

from pathlib import Path
from typing import Any

import aiosql

from webapp.database.connection import Database
from webapp.orders.order import Order
from webapp.orders.rows import order_from_row

MAX_SAVED = 12
MAX_LABEL = 60


class SavedPayments:
    """The orders that saved a card or wallet. Every method may raise DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), database.driver)

    async def of(self, visitor: str) -> list[Order]:
        """Return all orders that saved what a visitor can pay with, the latest first."""
        return [order_from_row(row) async for row in self._sql.saved_by(self._database, visitor=visitor)]

    async def offered(self, visitor: str, currency: str) -> list[Order]:
        """Return those that have a label, of one market, the latest first, at most twelve."""
        rows = self._sql.offered_to(self._database, visitor=visitor, currency=currency, most=MAX_SAVED)
        return [order_from_row(row) async for row in rows]

    async def get(self, visitor: str, payment_token_id: str) -> Order | None:
        """Return the order that saved this token of a visitor, or None."""
        who = {"visitor": visitor, "payment_token_id": payment_token_id}
        row = await self._sql.saved_token(self._database, **who)
        return order_from_row(row) if row else None

    async def set_label(self, order: Order, label: str) -> None:
        """Store the words by which the shopper knows the order's card or wallet: ``Visa •••• 1000``."""
        await self._sql.set_label(self._database, reference_id=order.reference_id, label=label[:MAX_LABEL])

    async def forget(self, visitor: str, payment_token_id: str) -> None:
        """Offer a visitor's token no more, whichever of their orders saved it."""
        await self._sql.forget(self._database, visitor=visitor, payment_token_id=payment_token_id)
