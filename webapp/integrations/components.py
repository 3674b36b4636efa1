"""Components by the Sessions API: the shopper pays on your page, in Xendit's form fields.

1. Your server posts the order to ``/sessions`` with mode ``COMPONENTS`` and the origins of the pages that will show
   the form, signed in with the secret API key.
2. Xendit answers with ``components_sdk_key``. It opens the payment: put it straight into the page (never into a
   cache, a log, a cookie or the browser's storage), where ``xendit-components-web`` takes it: see
   ``static/js/components.js``. Store ``payment_session_id``: it gets you the key again.
3. The SDK says ``session-complete``. That proves nothing: wait for the webhook ``payment_session.completed``, or ask
   ``GET /sessions/{payment_session_id}``.

https://docs.xendit.co/docs/components-overview · https://docs.xendit.co/apidocs/create-session
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

import httpx

from .errors import XenditError, read_answer

if TYPE_CHECKING:
    from webapp.orders.order import Order  # REPLACE with your own order: any class with the fields read below

API_URL = "https://api.xendit.co"


class ComponentsSession(TypedDict):
    """Xendit's answer, the part that a shop needs."""

    payment_session_id: str
    components_sdk_key: str


async def create_components_session(
    client: httpx.AsyncClient,
    api_key: str,
    order: Order,
    *,
    origins: list[str],
    return_url: str | None = None,
    success_return_url: str | None = None,
    cancel_return_url: str | None = None,
    api_url: str = API_URL,
) -> ComponentsSession:
    """Create the session and return Xendit's answer. Raises XenditError.

    Amounts are ``Decimal``, in the currency's main unit: 21.60 is S$21.60. For flow ``save`` the amount is 0.
    ``origins``: scheme and host of every page that mounts the SDK, without a path; https outside the sandbox.
    ``return_url``: where a wallet or a bank sends the browser back to, whatever the outcome.
    Return URLs must be https (Xendit answers ``INVALID_URL`` otherwise): leave them out rather than send http.
    """
    payload: dict[str, object] = {
        "reference_id": order.reference_id,
        "session_type": {"save": "SAVE", "subscription": "SUBSCRIPTION"}.get(order.flow, "PAY"),
        "mode": "COMPONENTS",
        "currency": order.currency,
        "amount": _number(order.amount),
        "country": order.country,
        "locale": order.locale,
        "components_configuration": {"origins": origins, **({"return_url": return_url} if return_url else {})},
        "description": order.description,
        "expires_at": order.expires_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
    }
    if order.customer_id:  # a returning customer: ``customer_id`` of the first answer
        payload["customer_id"] = order.customer_id
    else:
        payload["customer"] = {  # REPLACE with your own customer
            # Yours for this person, the same at each order: Xendit files saved cards and wallets under it.
            "reference_id": order.customer_reference,
            "type": "INDIVIDUAL",
            "email": order.options.email,
            **({"mobile_number": order.options.mobile_number} if order.options.mobile_number else {}),
            "individual_detail": {"given_names": order.options.given_names, "surname": order.options.surname},
        }
    return_urls = {"success_return_url": success_return_url, "cancel_return_url": cancel_return_url}
    payload |= {name: url for name, url in return_urls.items() if url}
    if order.flow == "pay_save":  # OPTIONAL: the shopper may tick a box to save what they pay with. FORCED: it is saved
        payload["allow_save_payment_method"] = order.options.save
    if order.holds:  # hold the amount now, charge it with capture.py; cards alone can
        payload["capture_method"] = "MANUAL"
    if order.channels:  # these alone, in this order
        payload["allowed_payment_channels"] = list(order.channels)
    if order.flow in ("pay", "pay_save", "authorize"):  # Xendit refuses items for SAVE and SUBSCRIPTION
        payload["items"] = [
            {
                "reference_id": line.product_id,
                "type": line.type,  # PHYSICAL_PRODUCT, or FEE
                "name": line.name,
                "net_unit_amount": _number(line.unit_amount),
                "quantity": line.quantity,
                "category": line.category,
                "description": line.description,
            }
            for line in order.lines
        ]
    if order.flow == "subscription":  # the first charge is on anchor_date, whose day is 28 or below
        payload["subscription"] = {
            "schedule": {
                "interval": "MONTH",
                "interval_count": 1,
                "anchor_date": order.anchor_date.isoformat().replace("+00:00", "Z"),
                "retry_interval": "DAY",  # a month that fails is charged again the next day, at most 3 times
                "retry_interval_count": 1,
                "total_retry": 3,
            },
            "failed_cycle_action": "RESUME",  # then the next month is tried; STOP would end the plan
        }

    try:
        response = await client.post(f"{api_url}/sessions", json=payload, auth=(api_key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    return read_answer(response, ComponentsSession)


def _number(amount: Decimal) -> int | float:
    """JSON has no decimals: 240000, 21.6."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
