"""The body of POST /v3/payment_requests and the rules of a payment with a saved method."""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

from ..document_table import UNIQUE
from ..errors import SandboxError, bad_request
from ..markets import MARKETS
from ..object_records import TokenRecord
from .dates import check_recurring_expiry
from .metadata import check_metadata
from .schema import Rule
from .session_schema import CARDS, CUSTOMER, ITEM, MAX_NUMBER, text

JSON = dict[str, Any]
URL = Rule("string", format="uri", maximum=2048, nullable=True)
RECURRING = Rule(
    "object",
    nullable=True,
    properties={"recurring_expiry": Rule("string", format="date"), "recurring_frequency": Rule("integer", minimum=1)},
)
PROPERTIES = Rule(
    "object",
    nullable=True,
    properties={
        "success_return_url": URL,
        "failure_return_url": URL,
        **CARDS.properties,
        "recurring_configuration": RECURRING,
        "statement_descriptor": text(1, 255, nullable=True),
        "billing_information": Rule("object", nullable=True),
    },
)
COUNTRIES = tuple(sorted({market.country for market in MARKETS.values() if market.country}))
REQUEST = Rule(
    "object",
    required=("reference_id", "type", "country", "currency", "request_amount"),
    properties={
        "reference_id": text(1, 255),
        "type": Rule("string", enum=("PAY",)),
        "payment_token_id": text(1, 255),
        "country": Rule("string", enum=COUNTRIES),
        "currency": text(3, 3),
        "channel_code": text(1, 255, nullable=True),
        "request_amount": Rule("number", minimum=0, maximum=MAX_NUMBER),
        "capture_method": Rule("string", enum=("AUTOMATIC", "MANUAL")),
        "channel_properties": PROPERTIES,
        "description": text(1, 1000, nullable=True),
        "customer_id": text(1, 41, nullable=True),
        "customer": CUSTOMER,
        "items": Rule("array", items=ITEM, nullable=True),
        "shipping_information": Rule(
            "object", nullable=True, required=("country",), properties={"country": text(2, 2)}
        ),
        "metadata": Rule("object", nullable=True),
    },
)
SIMULATE = Rule("object", properties={"amount": Rule("number", minimum=0)})
REPEATED = ("reference_id", "capture_method", "description", "items", "shipping_information", "metadata")


def check_rules(body: JSON, token: TokenRecord, now: datetime) -> None:
    """Raise the error of the first rule that the body breaks, for a token of this business."""
    if not token.is_active:
        raise bad_request("INVALID_TOKEN", f"The payment token is {token.token['status']}, expecting ACTIVE")
    for name in ("country", "currency", "channel_code"):
        if body.get(name) and body[name] != token.token[name]:
            raise bad_request(
                "INVALID_VALUE_ERROR", f"{name} must be {token.token[name]}, as that of the payment token"
            )
    check_amount(Decimal(body["request_amount"]), token.token, "request_amount")
    is_card = token.token["channel_code"] == "CARDS"
    if not is_card and (body.get("channel_properties") or {}).get("skip_three_ds"):
        raise SandboxError(403, "SKIP_3DS_FORBIDDEN", "skip_three_ds is for cards only")
    if not is_card and body.get("capture_method") == "MANUAL":
        raise bad_request("INVALID_VALUE_ERROR", "capture_method MANUAL is for cards only")
    check_recurring_expiry(body.get("channel_properties") or {}, now, "/body/channel_properties")
    check_metadata(body.get("metadata"), "API_VALIDATION_ERROR", keys=50, value=500)


def check_amount(amount: Decimal, token: JSON, name: str) -> None:
    """Raise INVALID_VALUE_ERROR unless the amount is within the limits of the token's channel."""
    market = MARKETS[token["currency"]]
    channel = market.find(token["channel_code"])
    if amount <= 0 or amount != round(amount, market.decimals) or not (channel and channel.takes(amount)):
        raise bad_request("INVALID_VALUE_ERROR", f"{name} must be an amount that {token['channel_code']} takes")


def terms_of(body: JSON) -> JSON:
    """Return the terms of the payment. Card details that someone sends along are not kept."""
    terms = {name: body[name] for name in REPEATED if body.get(name) is not None} | {"amount": body["request_amount"]}
    sent = body.get("channel_properties") or {}
    terms["channel_properties"] = {name: sent[name] for name in PROPERTIES.properties if sent.get(name) is not None}
    return terms


def unique_reference(business_id: str, reference_id: str) -> str:
    """Return the alias that only one card payment of this reference may have."""
    return UNIQUE + hashlib.sha256(f"{business_id}:{reference_id}".encode()).hexdigest()
