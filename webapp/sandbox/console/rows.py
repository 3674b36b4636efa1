"""The rows of the console's lists, read from the records."""

from dataclasses import dataclass
from typing import Any

from ..codec import loads
from ..markets import MARKETS
from ..store import Store

JSON = dict[str, Any]
OPEN = ("ACTIVE", "PENDING", "REQUIRES_ACTION")
KINDS = {"PAY": "Session", "SAVE": "Save", "SUBSCRIPTION": "Subscription"}


@dataclass(frozen=True)
class Row:
    """One object in a list. `can_settle`: it may be paid, declined or expired."""

    id: str
    kind: str
    reference: str
    amount: str
    status: str
    at: str
    can_settle: bool = False


async def _documents(store: Store, query: str, **parameters: str) -> list[tuple[str, str, JSON]]:
    async with store.database.read() as connection:
        found = getattr(store.queries, query)(connection, **parameters)
        return [(row["id"], row["at"], loads(row["document"])) async for row in found]


def _amount(terms: JSON, name: str = "amount") -> str:
    return MARKETS[terms["currency"]].format(terms[name]) if terms.get(name) else "–"


async def payments(store: Store) -> list[Row]:
    """Return sessions, invoices and payments with a saved method."""
    rows = [
        Row(id, KINDS[terms["session_type"]], terms["reference_id"], _amount(terms), terms["status"], at)
        for id, at, document in await _documents(store, "newest_sessions")
        if (terms := document["session"])
    ]
    rows += [
        Row(id, "Invoice", terms["external_id"], _amount(terms), terms["status"], at)
        for id, at, document in await _documents(store, "newest_invoices")
        if (terms := document["invoice"])
    ]
    rows += [
        Row(id, "Payment", terms["reference_id"], _amount(terms), terms["status"], terms["created"])
        for id, _, document in await _documents(store, "newest_objects", prefix="pr-")
        if (terms := document["payment"])
    ]
    rows.sort(key=lambda row: row.at, reverse=True)
    return [Row(**vars(row) | {"can_settle": row.status in OPEN}) for row in rows[:60]]


async def tokens(store: Store) -> list[Row]:
    """Return the saved payment methods."""
    return [
        Row(id, terms["channel_code"], terms.get("customer_id") or "–", "–", terms["status"], terms["created"])
        for id, _, document in await _documents(store, "newest_objects", prefix="pt-")
        if (terms := document["token"])
    ]


async def plans(store: Store) -> list[Row]:
    """Return the subscription plans."""
    return [
        Row(id, "Plan", terms["reference_id"], _amount(terms), terms["status"], at)
        for id, at, document in await _documents(store, "newest_objects", prefix="rep")
        if (terms := document["plan"])
    ]


async def document_of(store: Store, object_id: str) -> JSON | None:
    """Return all that is stored of an object, or None."""
    record = await store.table_of(object_id).get(object_id)
    return loads(store.table_of(object_id).kind.write(record)) if record else None
