"""Charge when you ship: authorise a card now, capture the amount later, or release it.

1. Create the session with ``capture_method: MANUAL`` and cards alone (``payment_link.py``, ``components.py``).
2. The webhook ``payment.authorization`` says that the amount is held, with the ``payment_id``. Nothing is charged yet.
3. When you ship, capture all of it or less. A second capture is not possible: what you leave is released.
4. Or release it: ``cancel_payment``. What is not captured within 7 days is released by itself.
5. Wait for the webhook ``payment.capture``, or ask ``get_payment``: ``outcomes.of_payment`` reads both.
   Where its ``captured`` is None, Xendit names no amount: it is the one that you have sent.

https://docs.xendit.co/apidocs/capture-payment · https://docs.xendit.co/docs/authorize-and-capture-1
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypedDict

import httpx

from .errors import call_xendit

API_URL = "https://api.xendit.co"


class Payment(TypedDict):
    """``status``: ``AUTHORIZED``, ``SUCCEEDED``, ``CANCELED``, ``EXPIRED``, ``PENDING`` or ``FAILED``."""

    payment_id: str
    status: str


async def capture_payment(
    client: httpx.AsyncClient, api_key: str, payment_id: str, amount: Decimal, *, api_url: str = API_URL
) -> Payment:
    """Charge an authorised payment and return it. ``amount`` is in the currency's main unit: all that is held, or less.

    Raises XenditError: 400 ``CAPTURE_AMOUNT_EXCEEDED``; 400 ``INELIGIBLE_TRANSACTION_STATUS`` unless ``AUTHORIZED``.
    So the same capture sent twice charges once.
    """
    payload: dict[str, object] = {"capture_amount": _number(amount)}
    url = f"{api_url}/v3/payments/{payment_id}/capture"
    return await call_xendit(client, "POST", url, api_key, Payment, payload=payload)


async def cancel_payment(
    client: httpx.AsyncClient, api_key: str, payment_id: str, *, api_url: str = API_URL
) -> Payment:
    """Release what an authorised payment holds, and return it. Raises XenditError: 400 unless ``AUTHORIZED``."""
    return await call_xendit(client, "POST", f"{api_url}/v3/payments/{payment_id}/cancel", api_key, Payment)


async def get_payment(client: httpx.AsyncClient, api_key: str, payment_id: str, *, api_url: str = API_URL) -> Payment:
    """Return the payment as it is now. Raises XenditError."""
    return await call_xendit(client, "GET", f"{api_url}/v3/payments/{payment_id}", api_key, Payment)


def _number(amount: Decimal) -> int | float:
    """JSON has no decimals: 240000, 21.6."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
