"""Webhooks: what Xendit posts to your server when something happened. The only news besides your own GET.

1. Register your URL in Xendit's dashboard, per kind of event; they can share one URL. Copy the verification token.
2. Each request carries the token as ``x-callback-token``: compare it in constant time, before you look at the body.
3. Answer 2xx within milliseconds. Anything else, or 30 s of silence: Xendit sends it again, up to 6 times in 24 h.
   Duplicates and any order must be expected, so what you do must be safe to do twice.
4. Check reference, amount and currency against your own order. Never store the body: it may hold keys and URLs.

https://docs.xendit.co/docs/handling-webhooks · https://docs.xendit.co/docs/integration-security
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Webhook:
    """``event``: Xendit's name for it (``invoice.paid`` and ``invoice.expired`` for the flat invoice callback);
    ``data``: the session, payment, token, plan or invoice that it is about."""

    event: str
    data: Mapping[str, Any]
    key: str
    """What makes it the same webhook when it comes twice: ``webhook-id``, or what it means. Never ``created``, which
    is the time of this delivery."""


def token_matches(sent: str | None, token: str) -> bool:
    """Whether ``x-callback-token`` is the account's token; takes as long for a wrong one as for the right one."""
    return bool(token) and hmac.compare_digest((sent or "").encode(), token.encode())


def read_webhook(body: object, webhook_id: str | None = None) -> Webhook:
    """Read the JSON body: an envelope ``{event, data}`` or a flat invoice. Raises ValueError for anything else."""
    if not isinstance(body, dict):
        raise ValueError("not a JSON object")
    event, data = body.get("event"), body.get("data")
    if isinstance(event, str) and event and isinstance(data, dict):
        pass
    elif "event" not in body and all(isinstance(body.get(key), str) for key in ("id", "external_id", "status")):
        event, data = f"invoice.{str(body['status']).lower()}", body
    else:
        raise ValueError("neither an event envelope nor an invoice")
    ids = ("payment_session_id", "payment_id", "payment_token_id", "id", "payment_request_id")
    subject = next((str(data[key]) for key in ids if data.get(key)), "")
    return Webhook(event[:100], data, (webhook_id or f"{event}:{subject}:{data.get('status', '')}")[:200])
