"""Attempts to pay or save within a session: each begins once and is settled once. sessions.py exports them."""

from datetime import datetime
from typing import Any, Literal

from . import plans
from .captures import HELD_FOR
from .clock import to_text
from .errors import MAX_ATTEMPTS, invalid_status, too_many_attempts
from .events import session_event
from .ids import new_id
from .payment_objects import payment_event, token_event
from .records import OPEN, SessionRecord, attempt_id, find_attempt
from .tokens import activate

Kind = Literal["payment_request", "payment_token"]
Outcome = Literal["SUCCEEDED", "FAILED", "CANCELED", "EXPIRED", "PENDING"]
ENDED: dict[str, Outcome] = {"FAILED": "FAILED", "CANCELED": "CANCELED", "EXPIRED": "EXPIRED"}


def begin_attempt(
    record: SessionRecord,
    now: datetime,
    *,
    channel_code: str,
    save: bool,
    kind: Kind,
    status: str,
    failure_code: str | None = None,
    due: datetime | None = None,
    due_outcome: Outcome | None = None,
    card: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Add an attempt to the session and return it. Raise 422 unless the session is ACTIVE.

    `card` describes a card without its number: it is kept if the attempt saves it.
    A final `status` (SUCCEEDED, FAILED …) is settled at once. At the time `due`, the clock settles it as `due_outcome`.
    """
    if not record.is_active:
        raise invalid_status(record.status)
    if len(record.attempts) >= MAX_ATTEMPTS:
        raise too_many_attempts()
    attempt: dict[str, Any] = {
        "kind": kind,
        "session_token_request_id": new_id(""),
        "channel_code": channel_code,
        "status": status if status in OPEN else "PENDING",
        "actions": [],
        "failure_code": None,
        "save": _saves(record.session, save),
        **dict.fromkeys(("created", "updated"), to_text(now)),
        **_due(due, due_outcome, failure_code),
        **_new_ids(kind),
    }
    attempt["card"] = card if attempt["save"] else None
    record.attempts.append(attempt)
    record.aliases.append(attempt_id(attempt))
    if status not in OPEN:
        settle_attempt(record, now, attempt_id(attempt), ENDED.get(status, "SUCCEEDED"), failure_code)
    return attempt


def _due(due: datetime | None, outcome: Outcome | None, failure_code: str | None) -> dict[str, Any]:
    if due is None:
        return {"due": None, "due_outcome": None, "due_failure_code": None}
    return {"due": to_text(due), "due_outcome": outcome, "due_failure_code": failure_code}


def _new_ids(kind: Kind) -> dict[str, str]:
    if kind == "payment_request":
        return {"payment_request_id": new_id("pr-"), "payment_id": new_id("py-")}
    return {"payment_token_id": new_id("pt-")}


def _saves(session: dict[str, Any], wanted: bool) -> bool:
    """Return whether the attempt saves the payment method.

    FORCED always saves, and OPTIONAL lets the customer decide. A session that is not a payment always saves.
    """
    if session["session_type"] != "PAY":
        return True
    allowed = session.get("allow_save_payment_method")
    return allowed == "FORCED" or (allowed == "OPTIONAL" and wanted)


def settle_attempt(
    record: SessionRecord,
    now: datetime,
    wanted: str,
    outcome: Outcome,
    failure_code: str | None = None,
) -> None:
    """End an open attempt. SUCCEEDED completes the session; PENDING keeps the attempt open for an approval.

    An ended attempt stays as it is, and so does an attempt of an ended session: late answers change nothing.
    """
    attempt = find_attempt(record, wanted)
    if attempt["status"] not in OPEN or not record.is_active:
        return
    attempt |= {"updated": to_text(now), "due": None, "actions": []}
    if outcome == "PENDING":
        attempt["status"] = "PENDING"
    elif outcome == "SUCCEEDED":
        _succeed(record, now, attempt)
    else:
        _fail(record, attempt, outcome, failure_code)


def _succeed(record: SessionRecord, now: datetime, attempt: dict[str, Any]) -> None:
    session = record.session
    if attempt["kind"] == "payment_request":
        manual = session.get("capture_method") == "MANUAL"
        attempt["status"] = "AUTHORIZED" if manual else "SUCCEEDED"
        if attempt["save"]:
            attempt["payment_token_id"] = new_id("pt-")
        if manual:
            attempt["due"] = to_text(now + HELD_FOR)
        record.aliases.append(attempt["payment_id"])
        record.outbox.append(payment_event("payment.authorization" if manual else "payment.capture", session, attempt))
    else:
        attempt["status"] = "ACTIVE"
    for name in ("payment_request_id", "payment_id", "payment_token_id"):
        if attempt.get(name):
            session[name] = attempt[name]
    if attempt.get("payment_token_id"):
        record.children.append(activate(record, now, attempt))
    close(record, now, "COMPLETED")
    said = len(record.outbox)
    if session["session_type"] == "SUBSCRIPTION":
        plans.subscribe(record, now)
    record.outbox.insert(said, session_event("payment_session.completed", session))


def _fail(record: SessionRecord, attempt: dict[str, Any], outcome: Outcome, failure_code: str | None) -> None:
    attempt |= {"status": outcome, "failure_code": failure_code}
    if attempt["kind"] == "payment_token":
        if name := {"FAILED": "payment_token.failure", "EXPIRED": "payment_token.expiry"}.get(outcome):
            record.outbox.append(token_event(name, record.session, attempt, outcome))
    elif outcome == "FAILED":
        record.aliases.append(attempt["payment_id"])
        record.outbox.append(payment_event("payment.failure", record.session, attempt))


def close(record: SessionRecord, now: datetime, status: str) -> None:
    """Give the session its final status and end its open attempts."""
    record.session |= {"status": status, "updated": to_text(now)}
    for attempt in record.attempts:
        if attempt["status"] in OPEN:
            ended = "EXPIRED" if status == "EXPIRED" else "CANCELED"
            attempt |= {"status": ended, "updated": to_text(now), "due": None, "actions": []}
