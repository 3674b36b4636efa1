"""Store orders in the database, and change their status."""

import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiosql

from webapp.database.connection import Database, Transaction
from webapp.orders.order import Order
from webapp.orders.past import Past
from webapp.orders.rows import IDS, Change, change_from_row, new_order_row, order_from_row, status_columns, timestamp
from webapp.orders.status import OrderStatus, may_become

Ids = Mapping[str, str]
NO_IDS: Ids = {}
SET_IDS = {*IDS, "customer_id"}
FOUND_BY = ("payment_request_id", "payment_token_id", "recurring_plan_id", "invoice_id")


class OrderBook:
    """All orders in the database. Every method may raise DatabaseUnavailable."""

    def __init__(self, database: Database, *, sandbox: bool = False) -> None:
        """``sandbox``: new orders move no money, so they may be deleted after days."""
        self._database, self._sandbox = database, int(sandbox)
        self._sql: Any = aiosql.from_path(Path(__file__).with_name("order_book.sql"), database.driver)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["OrderBook"]:
        """Return an order book inside a transaction. Leaving the block commits it; an error rolls it back."""
        async with self._database.write() as connection:
            book = copy(self)
            book._database = Transaction(self._database.driver, connection)
            yield book

    async def add(self, order: Order, *, room: str = "") -> bool:
        """Store a new order, for a presenter's room. Return False if an order with its ``checkout_id`` exists."""
        row = new_order_row(order) | {"sandbox": self._sandbox, "room": room}
        return await self._sql.add_order(self._database, **row) is not None

    async def check_writable(self) -> None:
        """Raise DatabaseUnavailable if nothing can be written now."""
        await self._sql.check_writable(self._database)

    async def get(self, reference_id: str) -> Order | None:
        """Return the order with this reference, or None."""
        row = await self._sql.get_order(self._database, reference_id=reference_id)
        return order_from_row(row) if row else None

    async def get_by_checkout(self, checkout_id: str) -> Order | None:
        """Return the order that was made with this checkout id, or None."""
        row = await self._sql.get_order_by_checkout(self._database, checkout_id=checkout_id)
        return order_from_row(row) if row else None

    async def find(self, ids: Mapping[str, str]) -> Order | None:
        """Return the order with one of these ids of a payment request, token, plan or invoice, or None."""
        row = await self._sql.find_order(self._database, **{key: ids.get(key) or "" for key in FOUND_BY})
        return order_from_row(row) if row else None

    async def recent(self, visitor: str, most: int = 50, before: str = "9999") -> list[Order]:
        """Return at most ``most`` of a visitor's orders, newest first: those made before a ``timestamp``."""
        rows = self._sql.recent_orders(self._database, visitor=visitor, before=before, most=most)
        return [order_from_row(row) async for row in rows]

    async def disown(self, visitor: str) -> None:
        """Take a visitor's orders from them: their cookie lists, cancels and pays none of these any more."""
        await self._sql.disown_orders(self._database, visitor=visitor, nobody=f"nobody-{secrets.token_hex(8)}")

    async def past(self, visitor: str, currency: str, since: datetime, checkout_id: str, most: int) -> Past:
        """Return what a visitor has ordered: since then, in a market, with this form, and in the ``most`` last."""
        asked = {"visitor": visitor, "currency": currency, "since": timestamp(since), "checkout_id": checkout_id}
        return Past(**await self._sql.past(self._database, **asked, most=most))

    async def overdue(self, now: datetime, most: int = 20) -> list[Order]:
        """Return open and authorised orders past their expiry, unless Xendit was asked in the last 30 seconds."""
        stamps = {"now": timestamp(now), "asked_before": timestamp(now - timedelta(seconds=30))}
        return [order_from_row(row) async for row in self._sql.overdue_orders(self._database, **stamps, most=most)]

    async def set_ids(self, reference_id: str, ids: Mapping[str, str]) -> None:
        """Store ids of what Xendit made for the order. A payment, a token and a plan, once known, stay."""
        made = {name: ids.get(name) for name in SET_IDS}
        await self._sql.set_ids(self._database, reference_id=reference_id, now=timestamp(_now()), **made)

    async def change_status(
        self, order: Order, status: OrderStatus, *, cause: str, ids: Ids = NO_IDS, captured: Decimal | None = None
    ) -> Order:
        """Store the new status, its cause, Xendit's ids and the captured amount. Return the order as stored.

        A change that ``may_become`` forbids is ignored, so late, repeated and reordered webhooks do no harm.
        ``order`` may be out of date: the rule is applied to the stored status. An authorised amount is held for a week.
        """
        reference_id = order.reference_id
        while may_become(order.status, status):
            change = {"reference_id": reference_id, "old_status": order.status.value, "new_status": status.value}
            async with self._database.write() as connection:
                stamp = timestamp(_now())
                known = status_columns(status, ids, captured, _now())
                if row := await self._sql.set_status(connection, now=stamp, **change, **known):
                    change |= {"change_id": f"{stamp}-{secrets.token_hex(4)}", "cause": cause[:200]}
                    await self._sql.add_change(connection, now=stamp, **change)
                    return order_from_row(row)
            stored = await self.get(reference_id)  # another request has changed or deleted the row
            if stored is None:
                break
            order = stored
        return order

    async def changes(self, reference_id: str) -> list[Change]:
        """Return an order's status changes, oldest first."""
        return [change_from_row(row) async for row in self._sql.changes_of(self._database, reference_id=reference_id)]

    async def claim_refresh(self, reference_id: str, every: timedelta = timedelta(seconds=3)) -> int:
        """Return how often Xendit was asked about the order, this time included, to one caller an interval; else 0."""
        stamps = {"now": timestamp(_now()), "not_since": timestamp(_now() - every)}
        row = await self._sql.claim_refresh(self._database, reference_id=reference_id, **stamps)
        return int(row["asked_times"]) if row else 0

    async def last_event(self, reference_id: str) -> str:
        """Return the event of the order's latest webhook; empty if none has come."""
        row = await self._sql.last_webhook(self._database, reference_id=reference_id)
        return str(row["event"]) if row else ""

    async def record_webhook(self, key: str, event: str, reference_id: str, verdict: str) -> bool:
        """Store a webhook's key, event and verdict, not its body. Return False if the key is known already."""
        row = {"webhook_key": key, "event": event, "reference_id": reference_id, "verdict": verdict}
        return await self._sql.add_webhook(self._database, now=timestamp(_now()), **row) is not None


def _now() -> datetime:
    return datetime.now(UTC)
