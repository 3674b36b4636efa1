"""Ask Xendit what happened; the only answer besides a webhook that may move an order.

Repeating a GET is safe. While a session is ``ACTIVE`` the answer carries ``payment_link_url`` or
``components_sdk_key`` again: as secret as it was the first time.

https://docs.xendit.co/apidocs/get-session · https://archive.developers.xendit.co/api-reference/#get-invoice
"""

from __future__ import annotations

from typing import Any

import httpx

from .errors import XenditError, read_answer

API_URL = "https://api.xendit.co"


async def get_payment_session(
    client: httpx.AsyncClient, api_key: str, payment_session_id: str, *, api_url: str = API_URL
) -> dict[str, Any]:
    """The session, whose ``status`` is ``ACTIVE``, ``COMPLETED``, ``EXPIRED`` or ``CANCELED``. Raises XenditError."""
    url = f"{api_url}/sessions/{payment_session_id}"
    return await _ask(client, "GET", url, api_key, "status", "payment_session_id")


async def cancel_payment_session(
    client: httpx.AsyncClient, api_key: str, payment_session_id: str, *, api_url: str = API_URL
) -> dict[str, Any]:
    """The session, now ``CANCELED``. Raises XenditError: 422 ``INVALID_SESSION_STATUS`` unless it was ``ACTIVE``."""
    return await _ask(client, "POST", f"{api_url}/sessions/{payment_session_id}/cancel", api_key, "status")


async def get_invoice(
    client: httpx.AsyncClient, api_key: str, invoice_id: str, *, api_url: str = API_URL
) -> dict[str, Any]:
    """The invoice, whose ``status`` is ``PENDING``, ``PAID``, ``SETTLED`` or ``EXPIRED``. Raises XenditError."""
    return await _ask(client, "GET", f"{api_url}/v2/invoices/{invoice_id}", api_key, "id", "status")


async def find_invoices(
    client: httpx.AsyncClient, api_key: str, external_id: str, *, api_url: str = API_URL
) -> list[dict[str, Any]]:
    """The invoices with our reference: tells whether one was made when its answer got lost. Raises XenditError."""
    try:
        response = await client.get(f"{api_url}/v2/invoices", params={"external_id": external_id}, auth=(api_key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    if not response.is_success:
        raise XenditError.from_response(response)
    try:
        found = response.json()
    except ValueError:
        found = None
    return [invoice for invoice in found if isinstance(invoice, dict)] if isinstance(found, list) else []


async def expire_invoice(
    client: httpx.AsyncClient, api_key: str, invoice_id: str, *, api_url: str = API_URL
) -> dict[str, Any]:
    """The invoice, now ``EXPIRED``. Raises XenditError."""
    return await _ask(client, "POST", f"{api_url}/invoices/{invoice_id}/expire!", api_key, "status")


async def _ask(client: httpx.AsyncClient, method: str, url: str, api_key: str, *required: str) -> dict[str, Any]:
    try:
        response = await client.request(method, url, auth=(api_key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    return read_answer(response, *required)
