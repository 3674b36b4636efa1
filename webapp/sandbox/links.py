"""Addresses that a customer's browser opens. They are secrets: made when needed and never stored."""

import re
from typing import Any

from . import keys
from .object_records import Charge, PaymentRequestRecord
from .payment_requests import view
from .records import InvoiceRecord, SessionRecord
from .settings import SandboxSettings


def payment_link_url(settings: SandboxSettings, payment_session_id: str) -> str:
    """Return the address of a session's hosted page."""
    return f"{settings.public_url}/sandbox/pay/{keys.link_code(settings.secret, payment_session_id)}"


def invoice_url(settings: SandboxSettings, invoice_id: str) -> str:
    """Return the address of an invoice's hosted page."""
    return f"{settings.public_url}/sandbox/invoice/{keys.invoice_code(settings.secret, invoice_id)}"


def session_view(settings: SandboxSettings, record: SessionRecord) -> dict[str, Any]:
    """Return the session as the API answers it: with its link, or with the browser's key while it is ACTIVE."""
    if record.session["mode"] == "PAYMENT_LINK":
        return record.session | {"payment_link_url": payment_link_url(settings, record.id)}
    if record.is_active:
        from .sdk_keys import sdk_key

        return record.session | {"components_sdk_key": sdk_key(settings.secret, record.id)}
    return record.session


def invoice_view(settings: SandboxSettings, record: InvoiceRecord) -> dict[str, Any]:
    """Return the invoice as the API answers it."""
    return record.invoice | {"invoice_url": invoice_url(settings, record.id)}


def payment_request_view(settings: SandboxSettings, record: Charge, attempt: dict[str, Any]) -> dict[str, Any]:
    """Return the payment request as the API answers it: with the customer's next step while it needs one."""
    shown = view(record.session, attempt)
    if attempt["status"] == "REQUIRES_ACTION" and isinstance(record, PaymentRequestRecord):
        code = keys.authorization_code(settings.secret, record.id)
        page = f"{settings.public_url}/sandbox/authorize/{record.id}/{code}"
        shown["actions"] = [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": page}]
    return shown


def href(settings: SandboxSettings, url: str | None) -> str | None:
    """Return an address as a page links to it: as a path, if it is at this server, which has more than one name."""
    path = url.removeprefix(settings.public_url) if url else ""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else url


def origin_of(url: str | None) -> str:
    """Return the origin of an address for a content security policy: `https://shop.example:8443`.

    Return an empty text for no address, and for characters that would mean something in a policy.
    """
    match = re.match(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(?=[/?#]|$)", url or "")
    return match[0].lower() if match else ""
