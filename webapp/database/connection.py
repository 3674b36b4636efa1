"""Choose the database by ``DATABASE_URL``: a SQLite file or Postgres, with the same interface.

aiosql loads the SQL, which is the same for both: TEXT, BIGINT, ``RETURNING``, ``UPDATE`` with a condition. It runs a
single statement on the database itself. ``write()`` gives a connection in a transaction, which commits at the end of
the block; ``read()`` gives one for several reads. Each may raise DatabaseUnavailable.
"""

from contextlib import nullcontext
from pathlib import Path
from typing import Any, Protocol

from webapp.database.sqlite import SQLite


class Database(Protocol):
    """The interface of SQLite and Postgres."""

    driver: str

    @property
    def fetch(self) -> Any: ...
    @property
    def execute(self) -> Any: ...
    async def open(self) -> None: ...
    async def close(self) -> None: ...
    def read(self) -> Any: ...
    def write(self) -> Any: ...


class Transaction:
    """A Database whose statements all use the connection of one transaction."""

    def __init__(self, driver: str, connection: Any) -> None:
        self.driver, self._connection = driver, connection

    def __getattr__(self, name: str) -> Any:
        """Return the connection's ``fetch``, ``execute`` and so on."""
        return getattr(self._connection, name)

    async def open(self) -> None:
        """Do nothing: the connection is open."""

    async def close(self) -> None:
        """Do nothing: ``write()`` ends the transaction."""

    def read(self) -> Any:
        return nullcontext(self._connection)

    write = read


def database_from_url(url: str) -> Database:
    """Return the database of a URL: ``sqlite:///relative/path.db``, ``sqlite:////absolute/path.db``, ``postgres://…``.

    Importing asyncpg only for Postgres saves a shop on SQLite 3 % of a start's processor time, and 3 MB.
    """
    if url.startswith("sqlite:///"):
        return SQLite(Path(url.removeprefix("sqlite:///")))
    from webapp.database.postgres import Postgres

    return Postgres(url)
