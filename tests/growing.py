"""Rows for every table of the shop and its sandbox, as many as wanted, and every statement that asks them."""

import inspect
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import webapp
from webapp.config import Settings
from webapp.database.connection import Database
from webapp.inspector.recorder import Recorder
from webapp.orders.modification_book import ModificationBook
from webapp.orders.order_book import OrderBook
from webapp.orders.retention import Retention
from webapp.orders.rooms import Rooms
from webapp.orders.saved_payments import SavedPayments
from webapp.orders.shares import Shares
from webapp.sandbox.store import Store

AT_ONCE = 100_000
PAST, NOW = ((datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds") for hours in (2, 0))

# One row of each table, made of its number i, which is its id too. Every tenth is so old that it will be deleted,
# and twenty will be due in a thousand years, for which no sandbox waits.
AT = f"CASE i % 10 WHEN 0 THEN '2020-01-01T' ELSE '{PAST[:17]}' END || substr(CAST(1000000000 + i AS TEXT), 2)"
DUE = "CASE WHEN i < 20 THEN '2999' END"
ROWS = {
    "orders (reference_id, checkout_id, invoice_id, payment_request_id, payment_token_id, recurring_plan_id,"
    " customer_id, share_hash, room, visitor, integration, flow, currency, country, locale, lines, amount, status,"
    " created, updated, expires_at, sandbox)":
    "i, i, i, i, i, i, i, i, i, 'v' || (i / 10), 'invoice', 'save', 'IDR', 'ID', 'en', '[]', '1',"
    f" CASE WHEN i < 20 THEN 'waiting' ELSE 'paid' END, {AT}, {AT}, '2999', 1",
    "order_changes (change_id, reference_id, changed_at, old_status, new_status, cause)": f"i, i, {AT}, '', '', ''",
    "webhooks (webhook_key, received_at, event, reference_id, verdict)": f"i, {AT}, '', i, ''",
    "modifications (modification_id, form_id, reference_id, kind, amount, reason, status, refund_id, created, updated)":
    f"i, i, i, 'refund', '1', '', CASE WHEN i < 20 THEN 'pending' ELSE 'succeeded' END, i, {AT}, {AT}",
    "inspector_steps (step_id, reference_id, visitor, first_at, last_at, times, kind, document, bytes)":
    f"i, i, 'v' || (i / 10), {AT}, {AT}, 1, 'call', '{{}}', 2000",
    "sandbox_sessions (id, business_id, version, due_at, auth_hash, link_hash, created_at, document)":
    f"i, 'b', 1, {DUE}, i, i, {AT}, '{{}}'",
    "sandbox_invoices (id, business_id, external_id, version, due_at, link_hash, created_at, document)":
    f"i, 'b', i, 1, {DUE}, i, {AT}, '{{}}'",
    "sandbox_objects (id, business_id, customer_id, version, due_at, changed_at, document)":
    f"CASE WHEN i < 20 THEN 'rep' ELSE 'pt-' END || i, 'b', i, 1, {DUE}, {AT}, '{{}}'",
    "sandbox_known_customers (reference_id, customer_id, business_id, used_at)": f"i, i, 'b', {AT}",
    "sandbox_customer_details (customer_id, document)": "i, '{}'",
    "sandbox_webhooks (webhook_id, position, event, object_id, body, status, copies, attempts, answer, due_at,"
    " created_at)": f"i, 0, 'e', i, '{{}}', 'DELIVERED', 1, 1, '200', {DUE}, {AT}",
    "sandbox_caller_faults (caller, fail, delay, duplicate, set_at)": f"i, '', 0, 0, {AT}",
    "sandbox_callers (object_id, caller)": "i, i",
    "sandbox_aliases (alias, object_id)": "i, i",
}  # fmt: skip
NAMES = {
    name
    for file in Path(webapp.__file__).parent.rglob("*.sql")
    for name in re.findall(r"(?<!:):(\w+)", file.read_text(encoding="utf-8"))
}
IDS = [name for name in NAMES if re.fullmatch(r"id|\w+_(id|hash|key)|alias|caller|room", name)]
TIMES = [name for name in NAMES if re.fullmatch(r"(\w+_)?(at|before|since)|created|updated|until|lease", name)]
MOST = {"add_step": 120, "delete_beyond": 600, "weigh_older": 50}


async def fill(database: Database, numbers: range) -> None:
    """Insert the rows of these numbers into every table."""
    for table, row in ROWS.items():
        for first in range(numbers.start, numbers.stop, AT_ONCE):
            end = min(first + AT_ONCE, numbers.stop)
            async with database.write() as connection:
                await connection.execute(f"""INSERT INTO {table}
                    WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {end})
                    SELECT {row} FROM n""")
    if database.driver == "asyncpg":
        async with database.read() as connection:
            await connection.execute("ANALYZE")  # as its autovacuum does in time


def statements(database: Database, settings: Settings) -> dict[str, Any]:
    """Every statement of the shop and its sandbox that runs after the start. What deletes comes last."""
    books: list[Any] = [OrderBook(database), ModificationBook(database), SavedPayments(database), Rooms(database)]
    books += [Shares(database, ""), Recorder(database, settings), Retention(database, settings.keep)]
    found = {
        name: getattr(queries, name)
        for queries in (*(book._sql for book in books), Store(database, "secret").queries)
        for name in queries.available_queries
        if not name.endswith("_cursor") and not name.startswith(("create_", "drop_"))
    }
    return dict(sorted(found.items(), key=lambda each: each[0].startswith("delete_")))


def parameters(name: str, number: int, new: str, beyond: int) -> dict[str, Any]:
    """What a statement asks about row ``number``, or inserts as ``new``. ``beyond`` rows of a table are kept."""
    own = new if name.startswith(("insert_", "copy_", "add_")) and name != "add_step" else str(number)
    return {
        **dict.fromkeys(NAMES, "x"),
        **dict.fromkeys(IDS, f"pt-{own}" if name.endswith("_object") else own),
        **dict.fromkeys(TIMES, NOW),
        **dict.fromkeys(("position", "copies", "delay", "duplicate"), 0),
        **{"visitor": f"v{number // 10}", "sandbox": 1},
        **{"version": 1, "times": 1, "bytes": 1, "business_id": "b", "due_at": None, "now": "3000", "prefix": "rep"},
        **{"parent_id": str(number), "step_id": new, "batch": 50, "most_bytes": 200_000},
        "most": MOST.get(name, beyond if name.endswith("_beyond") else 1),
    }


def only_reads(statement: Any) -> bool:
    return bool(statement.sql.lstrip().startswith("SELECT"))


async def run(connection: Any, statement: Any, values: dict[str, Any]) -> None:
    """Run one statement to its end."""
    many = statement.operation.name.endswith("_MANY")
    found = statement(connection, [values]) if many else statement(connection, **values)
    if inspect.isasyncgen(found):
        _ = [row async for row in found]
    else:
        await found
