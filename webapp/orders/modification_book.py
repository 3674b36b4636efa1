"""Store refunds, captures and releases, at most one open at a time for an order."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import aiosql

from webapp.database.connection import Database, Transaction
from webapp.notices import N_, Refusal
from webapp.orders.modification import Kind, Modification, ModificationStatus, refunded, refuse
from webapp.orders.rows import order_from_row, timestamp

FAILED = ModificationStatus.FAILED
REFRESH_EVERY = timedelta(seconds=3)


class ModificationBook:
    """All modifications in the database. Every method may raise DatabaseUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._sql: Any = aiosql.from_path(Path(__file__).with_suffix(".sql"), database.driver)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["ModificationBook"]:
        """Return a book inside a transaction. Leaving the block commits it; an error rolls it back."""
        async with self._database.write() as connection:
            book = copy(self)
            book._database = Transaction(self._database.driver, connection)
            yield book

    async def add(self, modification: Modification) -> bool:
        """Store a new modification, or a refund that was made elsewhere. Return False if its form has made one already.

        Raises Refusal where the order does not allow it, or where such a refund is more than is left. Two at the same
        moment can't both pass: the order is locked, and only then is the form looked for.
        """
        async with self.transaction() as book:
            row = await self._sql.lock_order(book._database, reference_id=modification.reference_id)
            if await book.find(form_id=modification.form_id):
                return False
            order, others = order_from_row(row), await book.of(modification.reference_id)
            if modification.status.is_open:
                refuse(order, modification, others)
            elif modification.amount > order.paid - refunded(others):
                raise Refusal(N_("That is more than was paid."), 422)
            row = vars(modification) | {"amount": str(modification.amount)}
            row |= {"created": timestamp(modification.created), "updated": timestamp(modification.updated)}
            return await self._sql.add_modification(book._database, **row) is not None

    async def find(self, *, modification_id: str = "", form_id: str = "", refund_id: str = "") -> Modification | None:
        """Return the modification with one of these ids, or None."""
        ids = {"modification_id": modification_id, "form_id": form_id, "refund_id": refund_id}
        row = await self._sql.get_modification(self._database, **ids)
        return _from_row(row) if row else None

    async def of(self, reference_id: str) -> list[Modification]:
        """Return an order's modifications, oldest first."""
        return [_from_row(row) async for row in self._sql.modifications_of(self._database, reference_id=reference_id)]

    async def refunded_to(self, visitor: str, most: int, before: str) -> dict[str, Decimal]:
        """Return how much of a visitor's orders was refunded, by reference, of those that ``OrderBook.recent`` returns.

        An order without a refund is not in it.
        """
        sums: dict[str, Decimal] = {}
        async for row in self._sql.refunds_of(self._database, visitor=visitor, before=before, most=most):
            sums[row["reference_id"]] = sums.get(row["reference_id"], Decimal(0)) + Decimal(row["amount"])
        return sums

    async def unfinished(self, most: int = 20) -> list[Modification]:
        """Return open modifications, unless Xendit was asked in the last 30 seconds; those asked longest ago first."""
        now = datetime.now(UTC)
        stamps = {"now": timestamp(now), "asked_before": timestamp(now - timedelta(seconds=30))}
        return [_from_row(row) async for row in self._sql.unfinished(self._database, **stamps, most=most)]

    async def change(
        self,
        modification: Modification,
        status: ModificationStatus,
        *,
        amount: Decimal | None = None,
        refund_id: str | None = None,
        failure_code: str = "",
    ) -> Modification:
        """Store a modification's status. What has succeeded stays so, and what has failed while another is open.

        A refund that was stored as made elsewhere is this one once it has the same id.
        """
        async with self.transaction() as book:
            await self._sql.lock_order(book._database, reference_id=modification.reference_id)
            stored = await book.find(modification_id=modification.modification_id) or modification
            others = [each for each in await book.of(modification.reference_id) if each != stored]
            if stored.status is FAILED and status.is_open and any(each.status.is_open for each in others):
                return stored
            twin = await book.find(refund_id=refund_id) if refund_id and stored.refund_id != refund_id else None
            if twin:
                if twin not in others or not twin.is_from_elsewhere or stored.refund_id or twin.amount != stored.amount:
                    return stored
                await self._sql.remove_modification(book._database, modification_id=twin.modification_id)
                status = twin.status
            change = {"status": status.value, "refund_id": refund_id, "failure_code": failure_code[:100]}
            change |= {"modification_id": modification.modification_id, "now": timestamp(datetime.now(UTC))}
            await self._sql.set_modification(book._database, amount=str(amount or modification.amount), **change)
        return replace(modification, status=status, failure_code=failure_code)

    async def claim_refresh(self, modification_id: str) -> bool:
        """Return True to one caller per interval, across processes. That caller may ask Xendit about it."""
        now = datetime.now(UTC)
        stamps = {"now": timestamp(now), "not_since": timestamp(now - REFRESH_EVERY)}
        return await self._sql.claim_modification(self._database, modification_id=modification_id, **stamps) is not None


def _from_row(row: Any) -> Modification:
    plain = ("modification_id", "form_id", "reference_id", "reason", "refund_id", "failure_code")
    return Modification(
        **{key: row[key] for key in plain},
        kind=Kind(row["kind"]),
        amount=Decimal(row["amount"]),
        status=ModificationStatus(row["status"]),
        created=datetime.fromisoformat(row["created"]),
        updated=datetime.fromisoformat(row["updated"]),
    )
