"""One database, by ``DATABASE_URL``: a SQLite file or Postgres, behind three context managers.

``read()`` lends a connection for single reads, ``autocommit()`` for a single statement that writes, and ``write()``
lends one inside a transaction that commits on leaving. Each may raise DatabaseUnavailable.
SQL is written once for both (named statements, loaded by aiosql): TEXT, BIGINT, ``RETURNING``, guarded ``UPDATE``.
"""

from contextlib import nullcontext
from pathlib import Path
from typing import Any, Protocol

from webapp.database.postgres import Postgres
from webapp.database.sqlite import SQLite


class Database(Protocol):
    """A database, as the order book and the sandbox use it."""

    driver: str

    async def open(self) -> None: ...
    async def close(self) -> None: ...
    def read(self) -> Any: ...
    def autocommit(self) -> Any: ...
    def write(self) -> Any: ...


class Transaction:
    """A database inside of a transaction: whatever is read or written goes through its one connection."""

    def __init__(self, driver: str, connection: Any) -> None:
        self.driver, self._connection = driver, connection

    async def open(self) -> None:
        """Nothing: it is open."""

    async def close(self) -> None:
        """Do nothing: the block that began the transaction ends it."""

    def read(self) -> Any:
        return nullcontext(self._connection)

    autocommit = write = read


def database_from_url(url: str) -> Database:
    """``sqlite:///relative/path.db``, ``sqlite:////absolute/path.db``, ``postgres://…`` or ``postgresql://…``."""
    if url.startswith("sqlite:///"):
        return SQLite(Path(url.removeprefix("sqlite:///")))
    return Postgres(url)
