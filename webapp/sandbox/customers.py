"""Customers: the merchant's reference, the `cust-…` id that belongs to it, and what the merchant told about them."""

import hashlib
from datetime import timedelta
from typing import Any

from .clock import from_text, to_text
from .codec import dumps, loads
from .errors import SandboxError, key_used
from .ids import new_id
from .store import Store

JSON = dict[str, Any]
KEY_LASTS = timedelta(hours=24)
# Fields of the answer, each with its value where the merchant sent none.
FIELDS: JSON = {
    "type": "INDIVIDUAL", "reference_id": None, "individual_detail": None, "business_detail": None, "email": None,
    "mobile_number": None, "phone_number": None, "hashed_phone_number": None, "addresses": [], "identity_accounts": [],
    "kyc_documents": [], "description": None, "date_of_registration": None, "domicile_of_registration": None,
    "metadata": None,
}  # fmt: skip


def _own(business_id: str, reference_id: str) -> str:
    """Return the key of a reference: two businesses may use the same one."""
    return f"{business_id}:{reference_id}"


async def add_customer(store: Store, business_id: str, customer: JSON) -> str:
    """Return the `cust-…` id of this customer's reference, new or known."""
    now = to_text(store.clock())
    reference = _own(business_id, customer["reference_id"])
    fields = {"reference_id": reference, "business_id": business_id, "used_at": now}
    async with store.database.write() as connection:
        row: Any = await store.queries.insert_customer(connection, customer_id=new_id("cust-"), **fields)
        await _insert_details(store, connection, row["customer_id"], customer, now)
    return str(row["customer_id"])


async def create_customer(store: Store, business_id: str, body: JSON, key: str | None) -> JSON:
    """Store a new customer and return it; for the same idempotency key within a day, the customer that is there.

    Raise 409 for a known reference, or for a key that came with another body.
    """
    now, customer_id = to_text(store.clock()), new_id("cust-")
    reference = _own(business_id, body["reference_id"])
    fields = {"reference_id": reference, "business_id": business_id, "used_at": now}
    alias = key and f"key:{hashlib.sha256(f'{business_id}:{key}'.encode()).hexdigest()}"
    async with store.database.write() as connection:
        if alias and not await store.queries.insert_alias(connection, alias=alias, object_id=customer_id):
            first = await store.queries.find_alias(connection, alias=alias)
            row = await store.queries.get_customer(connection, customer_id=first["object_id"])
            if row and from_text(_details(row)["created"]) > store.clock() - KEY_LASTS:
                if _details(row)["body"] != body:
                    raise key_used()
                return _view(row)
            moved = {"alias": alias, "object_id": customer_id, "from_id": first["object_id"]}
            if not await store.queries.move_alias(connection, **moved):
                raise key_used()
        row = await store.queries.insert_customer(connection, customer_id=customer_id, **fields)
        if row["customer_id"] != customer_id:
            raise SandboxError(409, "DUPLICATE_ERROR", "The reference_id entered has been used before")
        await _insert_details(store, connection, customer_id, body, now)
        return _view(await store.queries.get_customer(connection, customer_id=customer_id))


async def _insert_details(store: Store, connection: Any, customer_id: str, body: JSON, now: str) -> None:
    document = dumps({"body": body, "created": now})
    await store.queries.insert_customer_details(connection, customer_id=customer_id, document=document)


async def get_customer(store: Store, business_id: str, customer_id: str) -> JSON | None:
    """Return the customer of this id, or None if the business has none. It counts as used now."""
    async with store.database.write() as connection:
        await store.queries.use_customer(connection, customer_id=customer_id, used_at=to_text(store.clock()))
        row = await store.queries.get_customer(connection, customer_id=customer_id)
    return _view(row) if row and row["business_id"] == business_id else None


async def find_customer(store: Store, business_id: str, reference_id: str) -> JSON | None:
    """Return the customer of this reference, or None if the business has none."""
    async with store.database.read() as connection:
        row = await store.queries.get_customer_by_reference(connection, reference_id=_own(business_id, reference_id))
    return await get_customer(store, business_id, row["customer_id"]) if row else None


def _details(row: Any) -> JSON:
    found: JSON = loads(row["document"]) if row["document"] else {"body": {}, "created": row["used_at"]}
    return found


def _view(row: Any) -> JSON:
    """Return the customer as the API answers it: unset fields are null or empty."""
    kept = _details(row)
    body = {name: value for name, value in kept["body"].items() if name in FIELDS and value is not None}
    reference_id = row["reference_id"].removeprefix(_own(row["business_id"], ""))
    shown = {"id": row["customer_id"], **FIELDS, **body, "reference_id": reference_id}
    return shown | {"created": kept["created"], "updated": kept["created"]}
