"""Addresses that a customer's browser opens. They are secrets, so they are made when needed and kept nowhere."""

import re
from typing import Any

from . import keys
from .records import InvoiceRecord, SessionRecord
from .settings import SandboxSettings


def payment_link_url(settings: SandboxSettings, payment_session_id: str) -> str:
    return f"{settings.public_url}/sandbox/pay/{keys.link_code(settings.secret, payment_session_id)}"


def invoice_url(settings: SandboxSettings, invoice_id: str) -> str:
    return f"{settings.public_url}/sandbox/invoice/{keys.invoice_code(settings.secret, invoice_id)}"


def session_view(settings: SandboxSettings, record: SessionRecord) -> dict[str, Any]:
    """The session as the API answers it: a link by its mode, or the browser's key for as long as it is ACTIVE."""
    if record.session["mode"] == "PAYMENT_LINK":
        return record.session | {"payment_link_url": payment_link_url(settings, record.id)}
    if record.is_active:
        return record.session | {"components_sdk_key": keys.sdk_key(settings.secret, record.id)}
    return record.session


def invoice_view(settings: SandboxSettings, record: InvoiceRecord) -> dict[str, Any]:
    return record.invoice | {"invoice_url": invoice_url(settings, record.id)}


def origin_of(url: str | None) -> str:
    """`https://shop.example:8443`, for a policy that names where a form may lead; empty for no address, and for one
    whose characters would mean something in a policy."""
    match = re.match(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(?=[/?#]|$)", url or "")
    return match[0].lower() if match else ""
