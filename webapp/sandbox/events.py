"""Webhook bodies for each change. Sending adds the rest: `created` and secret addresses.

https://docs.xendit.co/apidocs (payment session, payment, payment token and subscription webhooks).
"""

from dataclasses import dataclass
from typing import Any

from .ids import new_id

JSON = dict[str, Any]

SESSION_FIELDS = [
    *("payment_session_id", "created", "updated", "reference_id", "customer_id", "session_type"),
    *("allow_save_payment_method", "currency", "amount", "country", "mode", "capture_method", "expires_at", "locale"),
    *("description", "metadata", "items", "success_return_url", "cancel_return_url", "status", "payment_token_id"),
    *("payment_request_id", "payment_id", "recurring_plan_id", "business_id"),
]


@dataclass(frozen=True)
class Event:
    """A webhook to send about the object `object_id`. The name `invoice` means the flat body of an invoice."""

    name: str
    object_id: str
    data: JSON


def session_event(name: str, session: JSON) -> Event:
    """Return an event with the session as its data."""
    data = {field: session[field] for field in SESSION_FIELDS if session.get(field) is not None}
    return Event(name, session["payment_session_id"], data)


def plan_events(session: JSON, now: str) -> list[Event]:
    """Return the two events of a new subscription: its plan is active, its first cycle is scheduled."""
    object_id = session["payment_session_id"]
    return [
        Event("recurring.plan.activated", object_id, _plan(session, now)),
        Event("recurring.cycle.created", object_id, _cycle(session, now)),
    ]


def _plan(session: JSON, now: str) -> JSON:
    subscription = session.get("subscription") or {}
    return {
        "id": session["recurring_plan_id"],
        "payment_session_id": session["payment_session_id"],
        "reference_id": session["reference_id"],
        "customer_id": session.get("customer_id"),
        "recurring_cycle_count": 0,
        "country": session["country"],
        "currency": session["currency"],
        "amount": session["amount"],
        "status": "ACTIVE",
        "payment_tokens": [{"payment_token_id": session["payment_token_id"], "rank": 1}],
        "schedule": subscription.get("schedule") or {},
        "failed_cycle_action": subscription.get("failed_cycle_action", "RESUME"),
        "business_id": session["business_id"],
        "created": session["created"],
        "updated": now,
    }


def _cycle(session: JSON, now: str) -> JSON:
    subscription = session.get("subscription") or {}
    schedule = subscription.get("schedule") or {}
    return {
        "id": new_id("recy_"),
        "plan_id": session["recurring_plan_id"],
        "reference_id": session["reference_id"],
        "customer_id": session.get("customer_id"),
        "type": "IMMEDIATE" if subscription.get("immediate_payment") else "SCHEDULED",
        "cycle_number": 1,
        "status": "SCHEDULED",
        "attempt_details": [],
        "scheduled_timestamp": schedule.get("anchor_date", now),
        "currency": session["currency"],
        "amount": session["amount"],
        "business_id": session["business_id"],
        "created": now,
        "updated": now,
    }
