"""A database that can't be used at the moment, in one word for all drivers."""

from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 5  # of a request, for its turn to write, for a lock or for a connection


class DatabaseDown(Exception):
    """The database is locked, full or not there, for now. Nothing of the statement or transaction was kept."""


@contextmanager
def named(*failures: type[Exception]) -> Iterator[None]:
    """A driver's own words for that become DatabaseDown."""
    try:
        yield
    except failures as failure:
        raise DatabaseDown(type(failure).__name__) from failure
