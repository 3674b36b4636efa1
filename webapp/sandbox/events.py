"""Webhook bodies for each change. Sending adds the rest: `created` and secret addresses.

https://docs.xendit.co/apidocs (payment session, payment, payment token and subscription webhooks).
"""

from dataclasses import dataclass
from typing import Any

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
