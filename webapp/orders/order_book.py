"""The order book: orders in and out of the database as dataclasses, and the one guarded change of status."""

import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiosql

from webapp.database.connection import Database, Transaction
from webapp.orders.order import Flow, LineItem, Order, OrderStatus, may_become

REFRESH_EVERY = timedelta(seconds=3)
IDS = ("payment_session_id", "invoice_id", "payment_request_id", "payment_id", "payment_token_id", "recurring_plan_id")


@dataclass(frozen=True)
class Change:
    """One line of an order's history."""

    at: datetime
    old: OrderStatus
    new: OrderStatus
    cause: str


class OrderBook:
    """All orders. Every method is one statement or one transaction, or part of one inside of ``transaction()``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql: Any = aiosql.from_path(Path(__file__).with_name("order_book.sql"), database.driver)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["OrderBook"]:
        """A book whose changes are one transaction: all of them, when the block is left, or none."""
        async with self._database.write() as connection:
            book = copy(self)
            book._database = Transaction(self._database.driver, connection)
            yield book

    async def add(self, order: Order) -> bool:
        """Store a new order; False if its ``checkout_id`` has one already."""
        row = vars(order) | {
            "lines": json.dumps([vars(line) | {"unit_amount": str(line.unit_amount)} for line in order.lines]),
            "amount": str(order.amount),
            "created": _stamp(order.created),
            "updated": _stamp(order.updated),
            "expires_at": _stamp(order.expires_at),
        }
        async with self._database.autocommit() as connection:
            return await self._sql.add_order(connection, **{k: v for k, v in row.items() if k not in IDS}) is not None

    async def check_writable(self) -> None:
        """Raise DatabaseUnavailable if nothing can be written now."""
        async with self._database.autocommit() as connection:
            await self._sql.check_writable(connection)

    async def get(self, reference_id: str) -> Order | None:
        """The order with our reference, if there is one."""
        async with self._database.read() as connection:
            return _order(await self._sql.get_order(connection, reference_id=reference_id))

    async def get_by_checkout(self, checkout_id: str) -> Order | None:
        """The order that this rendering of the form has already made."""
        async with self._database.read() as connection:
            return _order(await self._sql.get_order_by_checkout(connection, checkout_id=checkout_id))

    async def find(self, ids: Mapping[str, str]) -> Order | None:
        """The order that knows one of Xendit's ids: payment request, token or recurring plan."""
        wanted = {key: ids.get(key) or "" for key in ("payment_request_id", "payment_token_id", "recurring_plan_id")}
        async with self._database.read() as connection:
            return _order(await self._sql.find_order(connection, **wanted))

    async def recent(self, visitor: str, most: int = 50) -> list[Order]:
        """A visitor's orders, newest first."""
        async with self._database.read() as connection:
            rows = [row async for row in self._sql.recent_orders(connection, visitor=visitor, most=most)]
        return [order for row in rows if (order := _order(row))]

    async def count_since(self, visitor: str, since: datetime) -> int:
        """How many orders a visitor has made since then."""
        async with self._database.read() as connection:
            row = await self._sql.count_orders_since(connection, visitor=visitor, since=_stamp(since))
        return int(row["orders"])

    async def overdue(self, now: datetime, most: int = 20) -> list[Order]:
        """Open orders whose session should have expired, and which nobody asked about in the last half minute."""
        stamps = {"now": _stamp(now), "asked_before": _stamp(now - timedelta(seconds=30))}
        async with self._database.read() as connection:
            rows = [row async for row in self._sql.overdue_orders(connection, **stamps, most=most)]
        return [order for row in rows if (order := _order(row))]

    async def set_created(self, reference_id: str, ids: Mapping[str, str]) -> None:
        """Store the id of the object that Xendit made for the order."""
        made = {name: ids.get(name) for name in ("payment_session_id", "invoice_id")}
        async with self._database.autocommit() as connection:
            await self._sql.set_created(connection, reference_id=reference_id, now=_stamp(_now()), **made)

    async def change_status(self, order: Order, status: OrderStatus, *, cause: str, **ids: str | None) -> Order:
        """Move an order on, if its rules allow, and record why. Returns it as it stands after.

        Late, repeated and reordered news change nothing: what is not allowed from where the order stands is ignored.
        ``order`` may be out of date: nothing is changed but from where the order really stands.
        """
        reference_id = order.reference_id
        while may_become(order.status, status):
            change = {"reference_id": reference_id, "old_status": order.status.value, "new_status": status.value}
            async with self._database.write() as connection:
                stamp = _stamp(_now())
                known = {key: ids.get(key) for key in IDS}
                if moved := _order(await self._sql.set_status(connection, now=stamp, **change, **known)):
                    change |= {"change_id": f"{stamp}-{secrets.token_hex(4)}", "cause": cause[:200]}
                    await self._sql.add_change(connection, now=stamp, **change)
                    return moved
            stands = await self.get(reference_id)  # somebody else moved it meanwhile
            if stands is None:
                break  # its row is gone: somebody tidied up the book
            order = stands
        return order

    async def changes(self, reference_id: str) -> list[Change]:
        """An order's history, oldest first."""
        async with self._database.read() as connection:
            rows = [row async for row in self._sql.changes_of(connection, reference_id=reference_id)]
        return [_change(row) for row in rows]

    async def claim_refresh(self, reference_id: str, every: timedelta = REFRESH_EVERY) -> bool:
        """Whether the caller may ask Xendit about this order now: one asks, whoever watches, in whichever process."""
        now = _now()
        stamps = {"now": _stamp(now), "not_since": _stamp(now - every)}
        async with self._database.autocommit() as connection:
            return await self._sql.claim_refresh(connection, reference_id=reference_id, **stamps) is not None

    async def record_webhook(self, key: str, event: str, reference_id: str, verdict: str) -> bool:
        """Remember a webhook by what identifies it; False if it has been here before. Its body is not kept."""
        row = {"webhook_key": key, "event": event, "reference_id": reference_id, "verdict": verdict}
        async with self._database.autocommit() as connection:
            return await self._sql.add_webhook(connection, now=_stamp(_now()), **row) is not None


def _now() -> datetime:
    return datetime.now(UTC)


def _stamp(moment: datetime) -> str:
    """UTC with milliseconds, so that text order is time order in both databases."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _change(row: Any) -> Change:
    old, new = OrderStatus(row["old_status"]), OrderStatus(row["new_status"])
    return Change(_time(row["changed_at"]), old, new, row["cause"])


def _order(row: Any) -> Order | None:
    if row is None:
        return None
    lines = tuple(LineItem(**line | {"unit_amount": Decimal(line["unit_amount"])}) for line in json.loads(row["lines"]))
    plain = ("reference_id", "checkout_id", "visitor", "integration", "currency", "country", "locale", *IDS)
    return Order(
        **{key: row[key] for key in plain},
        flow=Flow(row["flow"]),
        status=OrderStatus(row["status"]),
        lines=lines,
        amount=Decimal(row["amount"]),
        created=_time(row["created"]),
        updated=_time(row["updated"]),
        expires_at=_time(row["expires_at"]),
    )
