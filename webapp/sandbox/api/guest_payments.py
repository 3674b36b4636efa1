"""POST /v3/payment_requests without a saved method: wallets and banks that ask the customer on a page of their own.

https://docs.xendit.co/docs/guest-checkout
"""

from decimal import Decimal
from typing import Any

from ..channels import Channel
from ..customers import add_customer, get_customer
from ..errors import SandboxError, bad_request, no_data, validation_error
from ..markets import MARKETS, ONLINE, WALLET
from ..store import Store
from .metadata import check_metadata
from .payment_request_schema import check_amount

JSON = dict[str, Any]


async def source_of(store: Store, business_id: str, body: JSON) -> JSON:
    """Return the channel and the customer of a payment, in the shape of a token that was never saved."""
    channel = _channel(body)
    source = {name: body[name] for name in ("country", "currency", "channel_code")}
    source |= {"business_id": business_id, "payment_token_id": None, "channel_properties": {}}
    check_amount(Decimal(body["request_amount"]), source, "request_amount")
    properties = body.get("channel_properties") or {}
    if properties.get("skip_three_ds"):
        raise SandboxError(403, "SKIP_3DS_FORBIDDEN", "skip_three_ds is for cards only")
    if body.get("capture_method") == "MANUAL":
        raise bad_request("INVALID_VALUE_ERROR", "capture_method MANUAL is for cards only")
    check_metadata(body.get("metadata"), "API_VALIDATION_ERROR", keys=50, value=500)
    return source | {"channel_code": channel.code, "customer_id": await _customer(store, business_id, body)}


def _channel(body: JSON) -> Channel:
    if not body.get("channel_code"):
        raise validation_error("must have required property 'channel_code'", "/body/channel_code")
    market = MARKETS.get(body["currency"])
    channel = market.find(body["channel_code"]) if market else None
    if channel is None or not market or market.country != body["country"]:
        raise bad_request("INVALID_VALUE_ERROR", "channel_code must be a channel of this country and currency")
    if channel.pm_type not in (WALLET, ONLINE):
        text = f"The sandbox does not imitate payment requests by {channel.code} without a saved method. Use a session."
        raise SandboxError(501, "NOT_IMITATED", text)
    return channel


async def _customer(store: Store, business_id: str, body: JSON) -> str | None:
    if customer_id := body.get("customer_id"):
        if await get_customer(store, business_id, customer_id) is None:
            raise no_data("There is no such customer")
        return str(customer_id)
    return await add_customer(store, business_id, body["customer"]) if body.get("customer") else None
