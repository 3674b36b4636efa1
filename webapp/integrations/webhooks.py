"""Receive webhooks: Xendit posts to your server when something has happened.

1. Register your URL in Xendit's dashboard, for each kind of event; they can share one URL. Copy the verification token.
2. Each request carries the token as ``x-callback-token``: compare it in constant time, before you believe the body.
3. ``read_webhook()`` names the event, ``outcomes.py`` says what it means for your order.
4. Answer 2xx at once. After anything else, or 30 s of silence, Xendit sends it again, up to 6 times in 24 h.
   The same webhook may come twice, and in any order: ``key`` tells duplicates.
5. Never store the body: it may hold keys and URLs that open a payment.

https://docs.xendit.co/docs/handling-webhooks · https://docs.xendit.co/docs/integration-security
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Webhook:
    """A webhook that was read."""

    event: str
    """Xendit's name, such as ``payment_session.completed``. Invoice callbacks have none: ``invoice.paid``."""
    data: Mapping[str, object]
    """The session, payment, token, plan or invoice."""
    key: str
    """The same for a duplicate: ``webhook-id``, else what it says. Never ``created``, the time of the delivery."""


def token_matches(sent: str | None, token: str) -> bool:
    """Return whether ``x-callback-token`` is the account's token. Takes equally long whether it is or not."""
    return bool(token) and hmac.compare_digest((sent or "").encode(), token.encode())


def read_webhook(body: object, webhook_id: str | None = None) -> Webhook:
    """Read the JSON body: an envelope ``{event, data}``, an invoice, or another callback without envelope.

    Raises ValueError for anything else.
    """
    if isinstance(body, list) and body and all(isinstance(each, dict) for each in body):
        body = {"event": "batch", "data": {}}  # of no concern here
    if not isinstance(body, dict):
        raise ValueError("not a JSON object")
    event, data = body.get("event"), body.get("data", "")
    data = {} if data is None else data
    if "event" not in body and isinstance(body.get("id"), str):
        event, data = _flat_event(body), body
    if not isinstance(event, str) or not event or not isinstance(data, dict):
        raise ValueError("neither an event envelope nor an invoice")
    about = data["data"] if isinstance(data.get("data"), dict) else data  # some refunds come in a second envelope
    ids = ("id", "payment_session_id", "payment_id", "payment_token_id", "payment_request_id")
    subject = next((str(about[name]) for name in ids if about.get(name)), "")
    said = (str(about.get(name, "")) for name in ("status", "attempt_count", "forced_attempt_count"))
    return Webhook(event[:100], data, (webhook_id or ":".join((event, subject, *said)))[:200])


def _flat_event(body: Mapping[str, object]) -> str:
    """Return ``invoice.paid`` for an invoice that is paid; ``callback`` for what has no status or is no invoice."""
    status = body.get("status")
    return f"invoice.{status.lower()}" if "external_id" in body and isinstance(status, str) else "callback"
