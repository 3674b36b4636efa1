"""The body of a webhook, and the business that it belongs to."""

from datetime import datetime
from typing import Any

from .clock import to_text
from .codec import dumps
from .links import payment_link_url
from .settings import SandboxSettings


def owner(event: str, data: dict[str, Any]) -> str:
    """Return the id of the business that a webhook belongs to."""
    business_id: str = data["user_id" if event == "invoice" else "business_id"]
    return business_id


def body_of(settings: SandboxSettings, event: str, data: dict[str, Any], now: datetime) -> bytes:
    """Return the body to send. Only here it gets the time of this try (`created`) and secret addresses."""
    if event == "invoice":
        return dumps(data).encode()
    if event.startswith("payment_session.") and data["mode"] == "PAYMENT_LINK":
        data["payment_link_url"] = payment_link_url(settings, data["payment_session_id"])
    envelope = {"event": event, "business_id": data["business_id"], "created": to_text(now)}
    kind = event.partition(".")[0]
    if kind in ("refund", "recurring"):  # their data name no business, and the envelope of refunds no version
        version = {"api_version": "2026-01-01"} if kind == "recurring" else {}
        named = {name: value for name, value in data.items() if name != "business_id"}
        return dumps({**envelope, **version, "data": named}).encode()
    return dumps({**envelope, "api_version": "v3", "data": data}).encode()
