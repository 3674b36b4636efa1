"""The states of a payment session: ACTIVE, then COMPLETED, EXPIRED or CANCELED, each of them final.

Pure functions on a record, used by the merchant's API, the hosted pages and the gateway. A failed attempt leaves the
session ACTIVE. https://docs.xendit.co/docs/payment-sessions-overview
"""

from datetime import datetime
from typing import Any

from .attempts import Kind, Outcome, begin_attempt, close, settle_attempt
from .captures import release_overdue
from .clock import from_text
from .errors import invalid_status
from .events import session_event
from .records import OPEN, SessionRecord, attempt_id, find_attempt
from .refunds import next_due, settle_due

__all__ = [
    "Kind", "Outcome", "SessionRecord", "advance", "attempt_id", "begin_attempt", "cancel", "due_at", "expire",
    "find_attempt", "settle_attempt",
]  # fmt: skip


def cancel(record: SessionRecord, now: datetime) -> None:
    """Cancel an ACTIVE session for the merchant. No webhook is documented for it."""
    if not record.is_active:
        raise invalid_status(record.status)
    close(record, now, "CANCELED")


def expire(record: SessionRecord, now: datetime) -> None:
    """End an ACTIVE session, as its clock would. Any other stays as it is."""
    if record.is_active:
        close(record, now, "EXPIRED")
        record.outbox.append(session_event("payment_session.expired", record.session))


def advance(record: SessionRecord, now: datetime) -> bool:
    """Apply the clock: settle due attempts in their order, then expire. Return whether anything changed."""
    changed = False
    end = from_text(record.session["expires_at"])
    while record.is_active and (attempt := _next_due(record)) and from_text(attempt["due"]) <= min(now, end):
        outcome: Outcome = attempt["due_outcome"] or "SUCCEEDED"
        settle_attempt(record, now, attempt_id(attempt), outcome, attempt["due_failure_code"])
        changed = True
    if record.is_active and end <= now:
        expire(record, now)
        changed = True
    changed |= release_overdue(record, now)
    settled = settle_due(record.refunds, record.id, record.business_id, now)
    record.outbox += settled
    return changed or bool(settled)


def due_at(record: SessionRecord) -> str | None:
    """Return the time of the next change by the clock, or None after the end."""
    if not record.is_active:
        held = [str(attempt["due"]) for attempt in record.attempts if attempt["status"] == "AUTHORIZED"]
        return min([*held, *filter(None, [next_due(record.refunds)])], default=None)
    attempt = _next_due(record)
    return min(record.session["expires_at"], attempt["due"]) if attempt else str(record.session["expires_at"])


def _next_due(record: SessionRecord) -> dict[str, Any] | None:
    waiting = [attempt for attempt in record.attempts if attempt["status"] in OPEN and attempt["due"]]
    return min(waiting, key=lambda attempt: str(attempt["due"]), default=None)
