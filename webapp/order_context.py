"""Which order the current request or task works for. The log, the inspector and the sandbox read it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import structlog

_order: ContextVar[tuple[str, str]] = ContextVar("order", default=("", ""))


def set_order(reference_id: str, visitor: str = "") -> None:
    """Say which order, and which visitor, this task works for from here on. Log lines carry the reference too."""
    _order.set((reference_id, visitor))
    structlog.contextvars.bind_contextvars(reference_id=reference_id)


@contextmanager
def forget_order() -> Iterator[None]:
    """Begin without an order, and return afterwards to the one there was."""
    before = _order.set(("", ""))
    try:
        yield
    finally:
        _order.reset(before)


def current_reference_id() -> str:
    """Return the ``reference_id`` of the order that this task works for; empty if none."""
    return _order.get()[0]


def current_visitor() -> str:
    """Return the id of the visitor whom this task works for; empty if none."""
    return _order.get()[1]
