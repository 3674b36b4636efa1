"""Customers, as far as sessions need them: the merchant's reference and the `cust-…` id that belongs to it."""

from typing import Any

from .clock import to_text
from .errors import SandboxError
from .ids import new_id
from .store import Store


async def add_customer(store: Store, business_id: str, reference_id: str) -> str:
    """Return the `cust-…` id of this reference, new or known. Raise 409 if it belongs to another business."""
    fields = {"reference_id": reference_id, "customer_id": new_id("cust-"), "business_id": business_id}
    fields["used_at"] = to_text(store.clock())
    async with store.database.write() as connection:
        await store.queries.insert_customer(connection, **fields)
        row: Any = await store.queries.get_customer_by_reference(connection, reference_id=reference_id)
    if row["business_id"] != business_id:
        text = "customer: The reference_id entered has been used before. Please enter a unique reference_id"
        raise SandboxError(409, "DUPLICATE_ERROR", text)
    return str(row["customer_id"])


async def has_customer(store: Store, business_id: str, customer_id: str) -> bool:
    """Return whether the business has this customer."""
    async with store.database.write() as connection:
        row = await store.queries.use_customer(connection, customer_id=customer_id, used_at=to_text(store.clock()))
    return row is not None and row["business_id"] == business_id
