"""The storage of the sandbox: payment sessions, invoices, saved payment methods. Of secrets it holds only hashes."""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import aiosql

from . import keys
from .clock import to_text, utcnow
from .database import Database
from .document_table import DocumentTable
from .object_records import PaymentRequestRecord, PlanRecord, TokenRecord
from .record_kinds import INVOICE, PLAN, REQUEST, SESSION, TOKEN
from .records import InvoiceRecord, SessionRecord

T = TypeVar("T")
STATEMENTS = Path(__file__).with_name("sql")
BATCH = 100
logger = logging.getLogger(__name__)


class Store:
    """The sessions and invoices in one database.

    `on_commit` is called when webhooks were stored. `sends_webhooks=False` stores none.
    """

    def __init__(
        self,
        database: Database,
        secret: str,
        clock: Callable[[], datetime] = utcnow,
        on_commit: Callable[[], None] = lambda: None,
        sends_webhooks: bool = True,
    ) -> None:
        self.database, self.secret, self.clock, self.on_commit = database, secret, clock, on_commit
        self.queries: Any = aiosql.from_path(STATEMENTS, database.driver, mandatory_parameters=False)
        tables: dict[type, DocumentTable[Any]] = {}
        shared = (database, self.queries, clock, on_commit, sends_webhooks, tables)
        self.sessions, self.invoices = DocumentTable(SESSION, *shared), DocumentTable(INVOICE, *shared)
        self.tokens, self.requests = DocumentTable(TOKEN, *shared), DocumentTable(REQUEST, *shared)
        self.plans = DocumentTable(PLAN, *shared)
        tables |= {TokenRecord: self.tokens, PaymentRequestRecord: self.requests, PlanRecord: self.plans}
        self._failing: dict[str, set[str]] = {"session": set(), "invoice": set(), "object": set()}

    async def create_tables(self) -> None:
        """Create tables and indexes that are missing, and drop those of older versions.

        In Postgres even CREATE INDEX IF NOT EXISTS waits for open transactions, so it runs only when needed.
        """
        there = set()
        async with self.database.write() as connection:
            if self.database.driver == "asyncpg":  # two processes that create one table at once would collide
                await connection.execute("SELECT pg_advisory_xact_lock(7335721)")
                rows = await connection.fetch("SELECT relname FROM pg_class WHERE pg_table_is_visible(oid)")
                there = {row["relname"] for row in rows}
            for name in self.queries.available_queries:
                if name.startswith("drop_") and not name.endswith("_cursor"):
                    await getattr(self.queries, name)(connection)
                if name.startswith("create_") and not name.endswith("_cursor"):
                    create = getattr(self.queries, name)
                    if create.sql.split("IF NOT EXISTS ")[1].split()[0] not in there:
                        await create(connection)

    async def advance_all(self) -> bool:
        """Apply the clock to the overdue records, some of each kind. Return whether there may be more.

        A record that fails is logged once and shuts out no other: those that fail are read on top of the others.
        """
        is_full = False
        for kind, failing in self._failing.items():
            batch = BATCH + len(failing)
            async with self.database.read() as connection:
                due = getattr(self.queries, f"due_{kind}")
                ids = [row["id"] async for row in due(connection, now=to_text(self.clock()), batch=batch)]
            failing.intersection_update(ids)
            for record_id in ids:
                try:
                    await self.table_of(record_id).get(record_id)
                    failing.discard(record_id)
                except Exception as error:
                    if record_id not in failing:
                        logger.error("the clock cannot be applied to one %s: %s", kind, type(error).__name__)
                    failing.add(record_id)
            is_full = is_full or len(ids) == batch
        return is_full

    def table_of(self, record_id: str) -> DocumentTable[Any]:
        """Return the table of the record with this id."""
        own: dict[str, DocumentTable[Any]] = {"ps-": self.sessions, "pt-": self.tokens, "pr-": self.requests}
        return (own | {"rep": self.plans}).get(record_id[:3], self.invoices)

    # Payment sessions

    def _hash(self, code: str) -> str:
        return keys.lookup_hash(self.secret, code)

    async def add_session(self, record: SessionRecord) -> None:
        await self.sessions.add(
            record,
            created_at=record.session["created"],
            auth_hash=self._hash(keys.auth_key(self.secret, record.id)),
            link_hash=self._hash(keys.link_code(self.secret, record.id)),
        )

    async def get_session(self, payment_session_id: str) -> SessionRecord | None:
        return await self.sessions.get(payment_session_id)

    async def find_by_alias(self, alias: str) -> SessionRecord | InvoiceRecord | PaymentRequestRecord | None:
        """Return the record that has an attempt, a payment or a refund with this id."""
        row = await self.sessions.one("find_alias", alias=alias)
        record_id = row["object_id"] if row else alias
        known = row or alias.startswith("pr-")
        return await self.table_of(record_id).get(record_id) if known else None

    async def get_token(self, payment_token_id: str) -> TokenRecord | None:
        return await self.tokens.get(payment_token_id) if payment_token_id.startswith("pt-") else None

    async def find_session_by_auth(self, auth_key: str) -> SessionRecord | None:
        """Return the session of an auth key, `session-<32 hex>`: the first two parts of the SDK key."""
        return await self.sessions.find("find_session_by_auth", auth_hash=self._hash(auth_key))

    async def find_session_by_link(self, code: str) -> SessionRecord | None:
        return await self.sessions.find("find_session_by_link", link_hash=self._hash(code))

    async def update_session(self, payment_session_id: str, change: Callable[[SessionRecord, datetime], T]) -> T:
        return await self.sessions.update(payment_session_id, change)

    # Invoices

    async def add_invoice(self, record: InvoiceRecord) -> None:
        await self.invoices.add(
            record,
            external_id=record.invoice["external_id"],
            created_at=record.invoice["created"],
            link_hash=self._hash(keys.invoice_code(self.secret, record.id)),
        )

    async def get_invoice(self, invoice_id: str) -> InvoiceRecord | None:
        return await self.invoices.get(invoice_id)

    async def find_invoice_by_link(self, code: str) -> InvoiceRecord | None:
        return await self.invoices.find("find_invoice_by_link", link_hash=self._hash(code))

    async def update_invoice(self, invoice_id: str, change: Callable[[InvoiceRecord, datetime], T]) -> T:
        return await self.invoices.update(invoice_id, change)
