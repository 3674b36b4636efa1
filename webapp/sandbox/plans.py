"""Subscription plans: ACTIVE, then INACTIVE for good. https://docs.xendit.co/docs/subscriptions-overview"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from . import cycles
from .clock import from_text, to_text
from .errors import SandboxError
from .events import Event
from .object_records import PlanRecord
from .records import SessionRecord

JSON = dict[str, Any]
MAX_CYCLES = 120  # ours: a plan that was left alone has an end
FIELDS: JSON = {
    "id": None, "reference_id": None, "customer_id": None, "currency": None, "amount": None, "country": None,
    "status": "ACTIVE", "failed_cycle_action": "RESUME", "recurring_cycle_count": 0, "payment_session_id": None,
    "payment_tokens": None, "schedule": None, "immediate_payment": False, "notification_channels": [], "locale": "en",
    "payment_link_for_failed_attempt": False, "metadata": None, "description": None, "items": None,
    "failure_code": None, "actions": [], "created": None, "updated": None,
}  # fmt: skip
SCHEDULE: JSON = {
    "interval": None, "interval_count": None, "total_recurrence": None, "anchor_date": None, "retry_interval": None,
    "retry_interval_count": None, "total_retry": None, "failed_attempt_notifications": [],
}  # fmt: skip

OF_SESSION = [
    *("reference_id", "business_id", "customer_id", "currency", "amount", "country", "payment_session_id", "locale"),
    *("metadata", "description", "notification_channels", "items"),
]
OF_SUBSCRIPTION = ("schedule", "failed_cycle_action", "payment_link_for_failed_attempt", "immediate_payment")


def start(terms: JSON, now: datetime) -> PlanRecord:
    """Return a new plan with its first cycle. `terms`: its id, its business, and what the merchant sent."""
    times = {"created": to_text(now), "updated": to_text(now)}
    schedule = SCHEDULE | schedule_of(terms) | times
    known = {name: value for name, value in terms.items() if value is not None}
    record = PlanRecord(FIELDS | known | times | {"schedule": schedule})
    record.outbox.append(event("recurring.plan.activated", record))
    if record.plan["immediate_payment"]:
        cycles.add(record, now, now, "IMMEDIATE")
    else:
        anchor = from_text(schedule["anchor_date"])
        cycles.add(record, now, max(anchor, now), "SCHEDULED")
    return record


def schedule_of(terms: JSON) -> JSON:
    """Return what a body says about the schedule."""
    return {name: value for name, value in (terms.get("schedule") or {}).items() if name in SCHEDULE}


def subscribe(record: SessionRecord, now: datetime) -> None:
    """Add the plan that a completed session of type SUBSCRIPTION makes. An immediate payment is made with it."""
    session = record.session
    terms = {name: session.get(name) for name in OF_SESSION}
    terms |= {name: session["subscription"].get(name) for name in OF_SUBSCRIPTION}
    tokens = [{"payment_token_id": session["payment_token_id"], "rank": 1}]
    plan = start(terms | {"id": session["recurring_plan_id"], "payment_tokens": tokens}, now)
    if plan.plan["immediate_payment"] and (cycle := plan.open_cycle):
        plan.others = {token.id: (token.document(), 1) for token in record.children}
        attempt(plan, cycle, now, "INITIAL")
        if cycle["status"] == "SUCCEEDED":
            payment = plan.children[-1].payment
            session |= {name: payment[name] for name in ("payment_request_id", "payment_id")}
    record.outbox += [replace(each, object_id=record.id) for each in plan.outbox]
    plan.outbox = []
    record.children.append(plan)


def deactivate(record: PlanRecord, now: datetime) -> PlanRecord:
    """Stop an ACTIVE plan for good: nothing is charged any more. Raise 403 for any other."""
    if not record.is_active:
        raise SandboxError(403, "REQUEST_FORBIDDEN_ERROR", f"The plan is {record.plan['status']}, expecting ACTIVE")
    _end(record, now)
    return record


def _end(record: PlanRecord, now: datetime) -> None:
    record.plan |= {"status": "INACTIVE", "updated": to_text(now)}
    if (cycle := record.open_cycle) is not None:
        cycle |= {"status": "CANCELLED", "updated": to_text(now)}
    record.outbox.append(event("recurring.plan.inactivated", record))


def go_on(record: PlanRecord, now: datetime) -> None:
    """Schedule the next cycle of an ACTIVE plan that has none open, or end the plan after its last one."""
    if not record.is_active or record.open_cycle is not None:
        return
    last, most = record.cycles[-1], record.plan["schedule"]["total_recurrence"] or MAX_CYCLES
    stops = last["type"] == "IMMEDIATE" or record.plan["failed_cycle_action"] == "STOP"
    ends = (last["status"] == "FAILED" and stops) or len(record.cycles) >= min(most, MAX_CYCLES)
    if ends or (due := cycles.following(record, now)) is None:
        _end(record, now)
    else:
        cycles.add(record, now, due, "SCHEDULED")


def attempt(record: PlanRecord, cycle: JSON, now: datetime, kind: str, amount: Any = None) -> None:
    """Charge a cycle and, once it has ended, go on with the plan."""
    cycles.attempt(record, cycle, now, kind, amount)
    go_on(record, now)


def advance(record: PlanRecord, now: datetime) -> bool:
    """Apply the clock: charge a cycle that is due, or try it again. Return whether anything changed."""
    changed = False
    while record.is_active and (cycle := record.open_cycle) and from_text(cycle["scheduled_timestamp"]) <= now:
        attempt(record, cycle, now, "RETRY" if cycle["status"] == "RETRYING" else "INITIAL")
        changed = True
    return changed


def due_at(record: PlanRecord) -> str | None:
    """Return the time of the next charge, or None after the end."""
    cycle = record.open_cycle if record.is_active else None
    return str(cycle["scheduled_timestamp"]) if cycle else None


def tokens_of(record: PlanRecord) -> list[str]:
    """Return the ids of the payment methods that a charge depends on."""
    return [each["payment_token_id"] for each in record.plan["payment_tokens"]]


def view(record: PlanRecord) -> JSON:
    """Return the plan as the API answers it. The cycle that is open does not count yet."""
    ended = len(record.cycles) - (record.open_cycle is not None)
    return {name: record.plan[name] for name in FIELDS} | {"recurring_cycle_count": ended}


def event(name: str, record: PlanRecord) -> Event:
    """Return a webhook about the plan. Its `business_id` is for the envelope."""
    return Event(name, record.id, view(record) | {"business_id": record.business_id})
