"""The cycles of a plan: SCHEDULED, perhaps RETRYING, then SUCCEEDED, FAILED or CANCELLED. One is open at a time.

https://docs.xendit.co/docs/recover-failed-payments
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from .clock import from_text, to_text
from .errors import MAX_ATTEMPTS, SandboxError, too_many_attempts
from .events import Event
from .ids import new_id
from .object_records import PlanRecord
from .payment_requests import begin
from .schedules import next_after, next_retry

JSON = dict[str, Any]
FIELDS = [
    *("id", "type", "reference_id", "plan_id", "customer_id", "cycle_number", "status", "attempt_details"),
    *("attempt_count", "forced_attempt_count", "scheduled_timestamp", "currency", "amount", "metadata"),
    *("created", "updated"),
]


def add(record: PlanRecord, now: datetime, due: datetime, kind: str) -> None:
    """Schedule the plan's next cycle."""
    plan = record.plan
    cycle = {
        "id": new_id("recy_"),
        "type": kind,
        **{name: plan[name] for name in ("reference_id", "customer_id", "currency", "amount", "metadata")},
        "plan_id": record.id,
        "cycle_number": len(record.cycles) + 1,
        "status": "SCHEDULED",
        "attempt_details": [],
        "attempt_count": 0,
        "forced_attempt_count": 0,
        "scheduled_timestamp": to_text(due),
        "planned": to_text(due),
        "created": to_text(now),
        "updated": to_text(now),
    }
    record.cycles.append(cycle)
    record.outbox.append(event("recurring.cycle.created", record, cycle))


def following(record: PlanRecord, now: datetime) -> datetime | None:
    """Return the date of the cycle after the last one, if any. Months that nobody was there for are not made up."""
    return next_after(record.plan["schedule"], max(now, from_text(record.cycles[-1]["planned"])))


def attempt(record: PlanRecord, cycle: JSON, now: datetime, kind: str, amount: Any = None) -> None:
    """Charge an open cycle, and note how it went. `kind`: INITIAL, RETRY or FORCED.

    A cycle with no attempt left ends as FAILED; a forced attempt is refused instead.
    """
    forced = kind == "FORCED"
    if len(cycle["attempt_details"]) >= MAX_ATTEMPTS:
        if forced:
            raise too_many_attempts()
        cycle |= {"status": "FAILED", "updated": to_text(now)}
        record.outbox.append(event("recurring.cycle.failed", record, cycle))
        return
    cycle["forced_attempt_count" if forced else "attempt_count"] += 1
    paid = _charge(record, cycle, now, kind, cycle["amount"] if amount is None else amount)
    cycle["updated"] = to_text(now)
    tried = max(now, from_text(cycle["scheduled_timestamp"]))  # a simulated month is ahead of the clock
    retry = next_retry(record.plan["schedule"], cycle["attempt_count"], tried) if cycle["type"] == "SCHEDULED" else None
    name = "failed"
    if paid:
        cycle["status"], name = "SUCCEEDED", "succeeded"
    elif forced:
        name = "force_attempt_failed"
    elif retry is not None and len(cycle["attempt_details"]) < MAX_ATTEMPTS:
        cycle |= {"status": "RETRYING", "scheduled_timestamp": to_text(retry)}
        name = "retrying"
    else:
        cycle["status"] = "FAILED"
    if cycle["status"] == "RETRYING" and cycle["attempt_details"]:  # a plan may have no payment method
        cycle["attempt_details"][-1]["next_retry_timestamp"] = cycle["scheduled_timestamp"]
    record.outbox.append(event(f"recurring.cycle.{name}", record, cycle))


def _charge(record: PlanRecord, cycle: JSON, now: datetime, kind: str, amount: Any) -> bool:
    """Try the plan's payment methods by their rank until one pays. Return whether one did."""
    details = cycle["attempt_details"]
    number = details[-1]["attempt_number"] + 1 if details else 1
    tokens = sorted(record.plan["payment_tokens"], key=lambda each: int(each["rank"]))
    for action, each in enumerate(tokens, 1):
        tried = {"payment_id": None, "status": "FAILED", "failure_code": "INVALID_TOKEN"}
        if token := record.active_token(each["payment_token_id"], now):
            tried = _pay(record, cycle, token, amount, now)
        detail = {"attempt_number": number, "action_number": action, "type": kind, "created": to_text(now)}
        detail |= tried | {"payment_token_id": each["payment_token_id"]}
        details.append(detail | {"next_retry_timestamp": None, "payment_session": None})
        if tried["status"] == "SUCCEEDED":
            return True
    return False


def _pay(record: PlanRecord, cycle: JSON, token: JSON, amount: Any, now: datetime) -> JSON:
    is_card = token["channel_code"] == "CARDS"
    terms = {
        "reference_id": f"{cycle['reference_id']}-{cycle['cycle_number']}",
        "amount": amount,
        "description": record.plan["description"],
        "metadata": cycle["metadata"],
        "channel_properties": {"card_on_file_type": "RECURRING", "skip_three_ds": True} if is_card else {},
        "attended": False,
    }
    child = begin(token, terms, now)
    record.outbox += [replace(each, object_id=record.id) for each in child.outbox]
    child.outbox = []
    record.children.append(child)
    return {name: child.payment[name] for name in ("payment_id", "status", "failure_code")}


def check_open(cycle: JSON, *statuses: str) -> None:
    """Raise 403 unless the cycle has one of these statuses."""
    if cycle["status"] not in statuses:
        text = f"The cycle is {cycle['status']}, expecting {' or '.join(statuses)}"
        raise SandboxError(403, "INELIGIBLE_CYCLE_REQUEST", text)


def view(cycle: JSON) -> JSON:
    """Return the cycle as the API answers it."""
    return {name: cycle[name] for name in FIELDS}


def event(name: str, record: PlanRecord, cycle: JSON) -> Event:
    """Return a webhook about a cycle, as it is now. Its `business_id` is for the envelope."""
    shown = view(cycle) | {"attempt_details": [dict(each) for each in cycle["attempt_details"]]}
    return Event(name, record.id, shown | {"business_id": record.business_id})
