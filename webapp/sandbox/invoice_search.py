"""The search for invoices of one business: newest first, as of now, until the page is full."""

from collections.abc import Callable

from .records import InvoiceRecord
from .store import Store

BATCH = 200
END_OF_TIME = "9999"


async def search(
    store: Store,
    business_id: str,
    fits: Callable[[InvoiceRecord], bool],
    limit: int,
    *,
    external_id: str | None = None,
    after: InvoiceRecord | None = None,
) -> list[InvoiceRecord]:
    """Return at most `limit` invoices that fit, perhaps of one `external_id`, and only those behind `after`."""
    created, last_id = (after.invoice["created"], after.id) if after else (END_OF_TIME, "")
    wanted = {"business_id": business_id} | ({} if external_id is None else {"external_id": external_id})
    statement = store.queries.recent_invoices if external_id is None else store.queries.find_invoices
    found: list[InvoiceRecord] = []
    while True:
        place = {"created_at": created, "id": last_id, "batch": BATCH}
        async with store.database.read() as connection:
            rows = [row async for row in statement(connection, **wanted, **place)]
        for row in rows:
            record = await store.invoices.current(row["id"], row)
            if record and fits(record):
                found.append(record)
                if len(found) == limit:
                    return found
        if len(rows) < BATCH:
            return found
        created, last_id = rows[-1]["created_at"], rows[-1]["id"]
