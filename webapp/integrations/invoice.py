"""Payment Link by the Invoice API (legacy): the shopper pays on Xendit's page.

1. Your server posts the order to ``/v2/invoices``, signed in with the secret API key.
2. Xendit answers with ``invoice_url``. It opens the payment: send the browser there at once, never store or log it.
   Store the invoice's ``id``: it gets you the URL again.
3. The shopper pays and comes back to ``success_redirect_url``. That proves nothing: wait for the invoice webhook with
   status ``PAID``, or ask ``GET /v2/invoices/{id}``.

New shops should take the Sessions API (``payment_link.py``). An invoice can only be paid: no saving, no subscription.

https://archive.developers.xendit.co/api-reference/#create-invoice
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

import httpx

from .errors import XenditError, read_answer

if TYPE_CHECKING:
    from webapp.orders.order import Order  # REPLACE with your own order: any class with the fields read below

API_URL = "https://api.xendit.co"


class NewInvoice(TypedDict):
    """Xendit's answer, the part that a shop needs."""

    id: str
    invoice_url: str


async def create_invoice(
    client: httpx.AsyncClient,
    api_key: str,
    order: Order,
    *,
    success_redirect_url: str | None = None,
    failure_redirect_url: str | None = None,
    api_url: str = API_URL,
) -> NewInvoice:
    """Create the invoice and return Xendit's answer. Raises XenditError.

    Amounts are ``Decimal``, in the currency's main unit: 21.60 is S$21.60.
    """
    payload: dict[str, object] = {
        "external_id": order.reference_id,
        "description": order.description,
        "amount": _number(order.amount),
        "invoice_duration": int((order.expires_at - order.created).total_seconds()),
        "currency": order.currency,
        "locale": order.locale,
        "customer": {  # REPLACE with your own customer
            "given_names": order.options.given_names,
            "surname": order.options.surname,
            "email": order.options.email,
            **({"mobile_number": order.options.mobile_number} if order.options.mobile_number else {}),
        },
        "items": [
            {
                "reference_id": line.product_id,
                "name": line.name,
                "price": _number(line.unit_amount),
                "quantity": line.quantity,
                "category": line.category,
            }
            for line in order.lines
            if line.type != "FEE"
        ],
    }
    if fees := [line for line in order.lines if line.type == "FEE"]:
        payload["fees"] = [{"type": line.name, "value": _number(line.amount)} for line in fees]
    if order.channels:  # these alone, in this order; cards and virtual accounts have other names here than in a session
        payload["payment_methods"] = [
            "CREDIT_CARD" if code == "CARDS" else code.removesuffix("_VIRTUAL_ACCOUNT") for code in order.channels
        ]
    redirect_urls = {"success_redirect_url": success_redirect_url, "failure_redirect_url": failure_redirect_url}
    payload |= {name: url for name, url in redirect_urls.items() if url}

    try:
        response = await client.post(f"{api_url}/v2/invoices", json=payload, auth=(api_key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    return read_answer(response, NewInvoice)


def _number(amount: Decimal) -> int | float:
    """JSON has no decimals: 240000, 21.6."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
