"""Ask Xendit about a session or an invoice, and cancel it. Only this answer and a webhook may change an order.

A GET can be repeated. While a session is ``ACTIVE``, its answer carries ``payment_link_url`` or
``components_sdk_key`` again: as secret as the first time. ``outcomes.py`` says what an answer means.

https://docs.xendit.co/apidocs/get-session · https://archive.developers.xendit.co/api-reference/#get-invoice
"""

from __future__ import annotations

from typing import TypedDict

import httpx

from .errors import XenditError, call_xendit, is_id, parse_json

API_URL = "https://api.xendit.co"


class PaymentSession(TypedDict):
    """``status``: ``ACTIVE``, ``COMPLETED``, ``EXPIRED`` or ``CANCELED``."""

    payment_session_id: str
    status: str


class Invoice(TypedDict):
    """``status``: ``PENDING``, ``PAID``, ``SETTLED`` or ``EXPIRED``."""

    id: str
    status: str


async def get_payment_session(
    client: httpx.AsyncClient, api_key: str, payment_session_id: str, *, api_url: str = API_URL
) -> PaymentSession:
    """Return the session as it is now. Raises XenditError."""
    return await call_xendit(client, "GET", f"{api_url}/sessions/{payment_session_id}", api_key, PaymentSession)


async def cancel_payment_session(
    client: httpx.AsyncClient, api_key: str, payment_session_id: str, *, api_url: str = API_URL
) -> PaymentSession:
    """Cancel the session and return it. Raises XenditError: 422 ``INVALID_SESSION_STATUS`` unless it was ``ACTIVE``."""
    return await call_xendit(client, "POST", f"{api_url}/sessions/{payment_session_id}/cancel", api_key, PaymentSession)


async def get_invoice(client: httpx.AsyncClient, api_key: str, invoice_id: str, *, api_url: str = API_URL) -> Invoice:
    """Return the invoice as it is now. Raises XenditError."""
    return await call_xendit(client, "GET", f"{api_url}/v2/invoices/{invoice_id}", api_key, Invoice)


async def find_invoices(
    client: httpx.AsyncClient, api_key: str, external_id: str, *, api_url: str = API_URL
) -> list[Invoice]:
    """Return the invoices with our reference: one is there where only its answer got lost. Raises XenditError."""
    try:
        response = await client.get(f"{api_url}/v2/invoices", params={"external_id": external_id}, auth=(api_key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    if not response.is_success:
        raise XenditError.from_response(response)
    try:
        found = parse_json(response.content)
    except ValueError:
        found = None
    if not isinstance(found, list) or not all(isinstance(each, dict) and is_id(each.get("id")) for each in found):
        raise XenditError.unexpected(response.status_code)
    return found


async def expire_invoice(
    client: httpx.AsyncClient, api_key: str, invoice_id: str, *, api_url: str = API_URL
) -> Invoice:
    """Expire the invoice, which is how an invoice is cancelled, and return it. Raises XenditError."""
    return await call_xendit(client, "POST", f"{api_url}/invoices/{invoice_id}/expire!", api_key, Invoice)
