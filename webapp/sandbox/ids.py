"""Identifiers in Xendit's formats: random, or counted for suites that name them. None of them is a secret."""

import hashlib
import secrets
import uuid
from collections import Counter

_counted: Counter[str] | None = None


def count_up() -> None:
    """Let the ids of this process count from 1, each kind on its own: `ps-…0001`, `pr-…0001`, `ps-…0002`."""
    global _counted
    _counted = Counter()


def are_counted() -> bool:
    """Return whether the ids are counted."""
    return _counted is not None


def _next(kind: str) -> int | None:
    if _counted is None:
        return None
    _counted[kind] += 1
    return _counted[kind]


def _hex(kind: str) -> str:
    number = _next(kind)
    return secrets.token_hex(12) if number is None else f"{number:024d}"


def new_session_id() -> str:
    """Return the id of a payment session."""
    return "ps-" + _hex("ps-")


def new_hex_id() -> str:
    """Return 24 hex digits: the id of an invoice or a business."""
    return _hex("")


def new_id(prefix: str) -> str:
    """Return an id with a prefix: `pr-` request, `py-` payment, `pt-` token, `cust-` customer, `repl_` plan …"""
    number = _next(prefix or "uuid")
    return prefix + (str(uuid.uuid4()) if number is None else f"00000000-0000-4000-8000-{number:012d}")


def account_number(attempt_id: str) -> str:
    """Return an invented number to pay to, always the same for one attempt."""
    return f"{int(hashlib.sha256(attempt_id.encode()).hexdigest(), 16):d}"[:12]
