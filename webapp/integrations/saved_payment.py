"""Pay with what a returning customer has saved: one click, no card number.

1. After a session of type SAVE, or PAY with ``allow_save_payment_method``, the webhook ``payment_session.completed``
   carries ``payment_token_id``. Store it with your customer. It charges nobody without your API key.
2. ``token_label(await get_payment_token(…))`` says what it is: the card's network and last digits, or the wallet.
3. Store the order, then post it to ``/v3/payment_requests`` with the token. Send it once: no idempotency key is
   documented, so after a timeout wait for the webhook.
4. ``REQUIRES_ACTION``: send the browser to ``action_url(answer)``, to 3-D Secure or to the wallet. It is a secret:
   never store or log it. The browser's return proves nothing.
5. ``of_payment_request(answer)`` tells whether the order is paid; so do the webhooks ``payment.capture`` and
   ``payment.failure`` in ``outcomes.py``. After a failure a new try needs a new order.
6. "Forget this card": ``cancel_payment_token``.

https://docs.xendit.co/docs/pay-with-tokens · https://docs.xendit.co/apidocs/create-payment-request
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

import httpx

from .errors import call_xendit, is_id
from .outcomes import Outcome, State, of_payment

if TYPE_CHECKING:
    from webapp.orders.order import Order  # REPLACE with your own order: any class with the fields read below

API_URL = "https://api.xendit.co"


class PaymentRequest(TypedDict):
    """``status``: ``SUCCEEDED``, ``FAILED``, ``REQUIRES_ACTION``, ``AUTHORIZED``, ``CANCELED`` or ``EXPIRED``."""

    payment_request_id: str
    status: str


class PaymentToken(TypedDict):
    """``status``: ``ACTIVE``, ``PENDING``, ``REQUIRES_ACTION``, ``FAILED``, ``EXPIRED`` or ``CANCELED``."""

    payment_token_id: str
    status: str


async def pay_with_token(
    client: httpx.AsyncClient, api_key: str, order: Order, *, return_url: str | None = None, api_url: str = API_URL
) -> PaymentRequest:
    """Charge the order to ``order.payment_token_id`` and return Xendit's answer. Raises XenditError.

    ``return_url``: where 3-D Secure or the wallet sends the browser back to. It must be https.
    400 ``INVALID_TOKEN``: expired or cancelled. 409 ``DUPLICATE_ERROR``: this ``reference_id`` was sent before.
    """
    payload: dict[str, object] = {
        "reference_id": order.reference_id,
        "type": "PAY",
        "payment_token_id": order.payment_token_id,
        "country": order.country,
        "currency": order.currency,
        "request_amount": _number(order.amount),
        "capture_method": "AUTOMATIC",
        "description": order.description,
    }
    if return_url:
        payload["channel_properties"] = {"success_return_url": return_url, "failure_return_url": return_url}
    return await call_xendit(client, "POST", f"{api_url}/v3/payment_requests", api_key, PaymentRequest, payload=payload)


async def get_payment_request(
    client: httpx.AsyncClient, api_key: str, payment_request_id: str, *, api_url: str = API_URL
) -> PaymentRequest:
    """Return the payment request as it is now. Raises XenditError."""
    url = f"{api_url}/v3/payment_requests/{payment_request_id}"
    return await call_xendit(client, "GET", url, api_key, PaymentRequest)


async def cancel_payment_request(
    client: httpx.AsyncClient, api_key: str, payment_request_id: str, *, api_url: str = API_URL
) -> PaymentRequest:
    """Stop a payment that waits for 3-D Secure or the wallet. Raises XenditError: 400 if it waits no more."""
    url = f"{api_url}/v3/payment_requests/{payment_request_id}/cancel"
    return await call_xendit(client, "POST", url, api_key, PaymentRequest)


def action_url(payment_request: Mapping[str, object]) -> str | None:
    """Return the address of 3-D Secure or of the wallet; None where none is needed. Never store or log it."""
    actions = payment_request.get("actions")
    for action in actions if isinstance(actions, list) else []:
        if isinstance(action, dict) and action.get("type") == "REDIRECT_CUSTOMER":
            return value if isinstance(value := action.get("value"), str) else None
    return None


def of_payment_request(payment_request: Mapping[str, object]) -> Outcome:
    """Return what a payment request means for its order. Nothing more comes after ``failed``.

    Its latest payment is the order's once that has ended: another one may follow 3-D Secure.
    """
    status = payment_request.get("status")
    latest = None if status == "REQUIRES_ACTION" else payment_request.get("latest_payment_id")
    outcome = of_payment({**payment_request, "payment_id": latest})
    ended: dict[object, State] = {"CANCELED": "cancelled", "EXPIRED": "expired"}
    return replace(outcome, state=ended[status]) if isinstance(status, str) and status in ended else outcome


async def get_payment_token(
    client: httpx.AsyncClient, api_key: str, payment_token_id: str, *, api_url: str = API_URL
) -> PaymentToken:
    """Return what was saved. Raises XenditError."""
    return await call_xendit(client, "GET", f"{api_url}/v3/payment_tokens/{payment_token_id}", api_key, PaymentToken)


async def cancel_payment_token(
    client: httpx.AsyncClient, api_key: str, payment_token_id: str, *, api_url: str = API_URL
) -> PaymentToken:
    """Forget what was saved: nothing can be charged to it from now on. Raises XenditError: 400 if it is gone."""
    url = f"{api_url}/v3/payment_tokens/{payment_token_id}/cancel"
    return await call_xendit(client, "POST", url, api_key, PaymentToken)


def token_label(token: Mapping[str, object]) -> str:
    """Return what a shopper knows it by: ``Visa •••• 1000``, or the wallet's name. Empty if Xendit did not say."""
    properties = token.get("channel_properties")
    card = properties.get("card_details") if isinstance(properties, dict) else None
    number = card.get("masked_card_number") if isinstance(card, dict) else None
    if isinstance(card, dict) and isinstance(number, str):
        network = card.get("network")
        if not isinstance(network, str) or not re.fullmatch(r"[A-Za-z ]{1,20}", network):
            network = "Card"
        return f"{network.title()} •••• {re.sub(r'[^0-9]', '', number)[-4:]}"
    channel = token.get("channel_code")
    if not isinstance(channel, str) or not is_id(channel):
        return ""
    return "Card" if channel == "CARDS" else channel[:40].replace("_", " ")


def _number(amount: Decimal) -> int | float:
    """JSON has no decimals: 240000, 21.6."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
