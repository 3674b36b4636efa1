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


def _common(session: JSON, attempt: JSON) -> JSON:
    fields = ("business_id", "reference_id", "customer_id", "country", "currency")
    common = {field: session[field] for field in fields if session.get(field) is not None}
    urls = {
        "success_return_url": session.get("success_return_url"),
        "failure_return_url": session.get("cancel_return_url"),
    }
    return {
        **common,
        "channel_code": attempt["channel_code"],
        "channel_properties": {name: url for name, url in urls.items() if url},
        "created": attempt["created"],
        "updated": attempt["updated"],
    }


def payment_event(name: str, session: JSON, attempt: JSON) -> Event:
    """Return `payment.capture`, `payment.authorization` or `payment.failure`, with the Payment object."""
    return Event(name, session["payment_session_id"], payment_object(session, attempt))


def payment_object(session: JSON, attempt: JSON) -> JSON:
    """Return the Payment object of an attempt. What was captured is in it once something was."""
    data = {
        "payment_id": attempt["payment_id"],
        "payment_request_id": attempt["payment_request_id"],
        **_common(session, attempt),
        "type": "PAY",
        "request_amount": session["amount"],
        "capture_method": session.get("capture_method", "AUTOMATIC"),
        "status": attempt["status"],
    }
    if attempt.get("payment_token_id"):
        data["payment_token_id"] = attempt["payment_token_id"]
    if attempt.get("failure_code"):
        data["failure_code"] = attempt["failure_code"]
    if session.get("metadata"):
        data["metadata"] = session["metadata"]
    if attempt["status"] == "SUCCEEDED":
        capture_id = attempt["payment_id"].replace("py-", "cptr-")
        amount = attempt.get("captured", session["amount"])
        capture = {"capture_id": capture_id, "capture_timestamp": attempt["updated"], "capture_amount": amount}
        data["captures"] = [capture]
    return data


def token_event(name: str, session: JSON, attempt: JSON, status: str) -> Event:
    """Return `payment_token.activation`, `.failure` or `.expiry`, with the Token object."""
    data = {
        "payment_token_id": attempt["payment_token_id"],
        **_common(session, attempt),
        "status": status,
    }
    if attempt.get("failure_code"):
        data["failure_code"] = attempt["failure_code"]
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
