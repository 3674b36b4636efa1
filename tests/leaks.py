"""Where secrets must never be: helpers that read every such place, and the patterns that give a secret away."""

import base64
import binascii
import logging
import re
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import asyncpg

PATTERNS: dict[str, re.Pattern[str]] = {
    "components_sdk_key": re.compile(r"session-[0-9a-f]{32}-p[dl]-"),
    "payment_link_url": re.compile(
        r"https?://((dev\.)?xen\.to|link[.-](dev\.)?xendit\.co|checkout[a-z-]*\.xendit\.co)/\w"
    ),
    "invoice_url": re.compile(r"https?://(checkout|invoice)(-staging|-dev)?\.xendit\.co/(web|v2|invoices)/\w"),
    "sandbox payment page": re.compile(r"/sandbox/(pay/\w{8}|invoice/[0-9a-f]{24}|authorize/[\w-]+/\w{8})"),
    "API key": re.compile(r"xnd_(development|production)_\w{4}"),
    "API key in an Authorization header": re.compile(r"Basic eG5kX[A-Za-z0-9+/]"),
}


def secrets_in(text: str) -> list[str]:
    """Names of the patterns that occur in a text, URL-encoded or not."""
    texts = (text, unquote(text)) if "%" in text else (text,)
    return [name for name, pattern in PATTERNS.items() if any(pattern.search(one) for one in texts)]


# webapp/logs.py silences these below WARNING in the shop. In tests most of their lines are about our own clients, which
# open payment pages as a shopper's browser does.
CHATTY = ("aiohttp", "aiosqlite", "asyncio", "hpack", "httpcore", "httpcore2", "httpx", "httpx2")


class LogGuard:
    """Keeps every log record that carries a secret, from any logger and with any handlers."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._make_record = logging.getLogRecordFactory()

    def install(self) -> None:
        logging.setLogRecordFactory(self._record)

    def remove(self) -> None:
        logging.setLogRecordFactory(self._make_record)

    def take(self) -> list[str]:
        found, self.found = self.found, []
        return found

    def _record(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make_record(*args, **kwargs)
        if record.name is None:  # an empty one, into which structlog copies another
            return record
        if record.levelno >= logging.WARNING or record.name.split(".")[0] not in CHATTY:
            text = record.getMessage()
            if record.exc_info and record.exc_info[0]:
                text += logging.Formatter().formatException(record.exc_info)
            for name in secrets_in(text):
                self.found.append(f"{name} in a log line of {record.name}: {text[:500]}")
        return record


log_guard = LogGuard()


async def stored_text(database_url: str) -> str:
    """All rows of all tables of a database, as one text."""
    if database_url.startswith("sqlite:///"):
        return _sqlite_text(Path(database_url.removeprefix("sqlite:///")))
    connection = await asyncpg.connect(database_url)
    try:
        tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for table in tables for row in await connection.fetch(f'SELECT * FROM "{table["tablename"]}"')]
    finally:
        await connection.close()
    return _text(tuple(row.values()) for row in rows)


def _sqlite_text(path: Path) -> str:
    connection = sqlite3.connect(path)
    try:
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return _text(row for table in tables for row in connection.execute(f'SELECT * FROM "{table}"'))
    finally:
        connection.close()


def _text(rows: Iterable[tuple[Any, ...]]) -> str:
    cells = (cell for row in rows for cell in row)
    return "\n".join(cell.decode(errors="replace") if isinstance(cell, bytes) else str(cell) for cell in cells)


def cookie_text(cookies: Mapping[str, str]) -> str:
    """Cookies as they are, and what their Base64 parts say: a signed cookie is not encrypted."""
    return "\n".join(part for value in cookies.values() for part in (value, *_decoded(value)))


def _decoded(value: str) -> Iterable[str]:
    for part in re.split(r"[.|:]", unquote(value).strip('"')):
        try:
            yield base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_").decode(errors="replace")
        except (binascii.Error, ValueError):
            continue


BROWSER_STORAGE = """async () => {
  // by index: an item named "key" is hidden by the method of that name
  const pair = (storage, i) => [storage.key(i), storage.getItem(storage.key(i))]
  const items = storage => Array.from({length: storage.length}, (_, i) => pair(storage, i))
  const all = {local: items(localStorage), session: items(sessionStorage)}
  all.cookie = document.cookie
  all.history = history.state
  all.databases = (await indexedDB.databases()).map(database => database.name)
  all.caches = 'caches' in self ? await caches.keys() : []
  all.name = window.name
  return JSON.stringify(all)
}"""


def browser_text(page: Any) -> str:
    """Everything that a page leaves in the browser: storage, its cookies (HttpOnly too), history state, its address."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    return "\n".join((page.evaluate(BROWSER_STORAGE), cookie_text(cookies), page.url))


def assert_no_secret(secrets: Iterable[str] = (), /, **places: str) -> None:
    """No given secret, and nothing that looks like one, in any of the named texts."""
    given = [secret for secret in secrets if secret]
    for place, text in places.items():
        found = [f"{secret[:14]}…" for secret in given if secret in text] + secrets_in(text)
        assert not found, f"{place} holds {', '.join(found)}"
