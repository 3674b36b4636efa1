"""Translate the drivers' errors into DatabaseUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 5  # how long a request waits for a lock or a connection


class DatabaseUnavailable(Exception):
    """The database is locked, full or unreachable. The statement or transaction was rolled back."""


@contextmanager
def translate_errors(*failures: type[Exception]) -> Iterator[None]:
    """Raise DatabaseUnavailable if the block raises one of these errors."""
    try:
        yield
    except failures as failure:
        raise DatabaseUnavailable(type(failure).__name__) from failure
