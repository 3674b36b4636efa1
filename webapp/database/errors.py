"""The one error that says: the database can't be used at the moment."""

from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 5  # how long a request waits for a lock or a connection


class DatabaseUnavailable(Exception):
    """The database is locked, full or not there, for now. Nothing of the statement or transaction was kept."""


@contextmanager
def translate_errors(*failures: type[Exception]) -> Iterator[None]:
    """Raise DatabaseUnavailable for these errors of a driver."""
    try:
        yield
    except failures as failure:
        raise DatabaseUnavailable(type(failure).__name__) from failure
