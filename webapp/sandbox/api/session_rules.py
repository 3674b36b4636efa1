"""The rules of POST /sessions that a schema cannot express, each with its own error code.

http is accepted where Xendit insists on https (origins, return URLs), because this imitation runs on localhost. All
else is as strict as the documentation. Where two documents differ, the stricter one counts.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..channels import usable
from ..clock import from_text
from ..errors import bad_request, validation_error
from ..markets import MARKETS
from .dates import check_anchor, check_recurring_expiry
from .metadata import check_metadata
from .plan_schema import check_schedule
from .schema import is_web_url

JSON = dict[str, Any]
MAX_AMOUNT = 10**12
CUSTOMER_ID = "cust-" + 36 * "0"
MIN_LIFETIME, MAX_LIFETIME = timedelta(minutes=10), timedelta(days=365)


def check_rules(body: JSON, now: datetime) -> None:
    """Raise the error of the first rule that the body breaks. The body fits the schema."""
    for rule in RULES:
        rule(body)
    if body["session_type"] == "SUBSCRIPTION":
        schedule, path = body["subscription"]["schedule"], "/body/subscription/schedule"
        check_schedule(schedule, now, path)
        check_anchor(schedule, now, path)
    cards = (body.get("channel_properties") or {}).get("cards") or {}
    check_recurring_expiry(cards, now, "/body/channel_properties/cards")
    _expiry(body, now)


def _type_and_mode(body: JSON) -> None:
    if body["session_type"] == "AUTHORIZATION":
        raise bad_request("SESSION_TYPE_NOT_SUPPORTED", "session_type AUTHORIZATION is not supported for now")
    if body["mode"] not in ("PAYMENT_LINK", "COMPONENTS"):
        raise bad_request("MODE_NOT_SUPPORTED", f"mode {body['mode']} is not supported for now")
    if body["currency"] not in MARKETS:
        raise bad_request("INVALID_CURRENCY", f"Currency {body['currency']} is not supported")
    if body["country"] not in {market.country for market in MARKETS.values()}:
        raise bad_request("INVALID_COUNTRY", f"Country {body['country']} is not supported")


def _parts_of_a_type(body: JSON) -> None:
    """Check properties that only one type or mode requires, and those that are never allowed."""
    if body["session_type"] == "SUBSCRIPTION" and not body.get("subscription"):
        raise validation_error("must have required property 'subscription'", "/body/subscription")
    if body["mode"] == "COMPONENTS" and not (body.get("components_configuration") or {}).get("origins"):
        path = "/body/components_configuration"
        if body.get("components_configuration") is not None:
            raise validation_error("must have required property 'origins'", f"{path}/origins")
        raise validation_error("must have required property 'components_configuration'", path)
    if "internal_metadata" in body:
        raise validation_error("must NOT have additional properties", "/body/internal_metadata")
    cards = (body.get("channel_properties") or {}).get("cards") or {}
    if "card_details" in cards:
        raise validation_error("must NOT have additional properties", "/body/channel_properties/cards/card_details")
    kept = cards.get("card_on_file_type") in ("RECURRING", "MERCHANT_UNSCHEDULED")
    if kept and not cards.get("recurring_configuration"):
        path = "/body/channel_properties/cards/recurring_configuration"
        raise validation_error("must have required property 'recurring_configuration'", path)


def _amount(body: JSON) -> None:
    amount = Decimal(body["amount"])
    if amount > MAX_AMOUNT:
        raise bad_request("INVALID_AMOUNT", f"Amount must be at most {MAX_AMOUNT}")
    if body["session_type"] == "SAVE":
        if amount != 0:
            raise bad_request("INVALID_AMOUNT", "Amount must be zero for session type SAVE")
    elif amount <= 0:
        raise bad_request("INVALID_AMOUNT", "Amount must be greater than zero")
    decimals = MARKETS[body["currency"]].decimals
    if amount != round(amount, decimals):
        allowed = f"at most {decimals} decimals" if decimals else "no decimals"
        raise bad_request("INVALID_AMOUNT", f"Amount must have {allowed} in {body['currency']}")


def _channels(body: JSON) -> None:
    allowed = body.get("allowed_payment_channels") or []
    available = {channel.code for channel in usable(MARKETS[body["currency"]].channels, body)}
    unknown = [code for code in allowed if code not in available]
    if unknown:
        hint = "Please ensure that you have activated the necessary channels"
        raise bad_request("INVALID_PAYMENT_CHANNEL", f"Channel(s) {', '.join(unknown)} are not available. {hint}")
    primary = (body.get("payment_link_configuration") or {}).get("primary_payment_channels") or []
    for code in primary:
        if code not in (allowed or available):
            text = f"Primary channel {code} is not included in the requested channels"
            raise bad_request("INVALID_PRIMARY_PAYMENT_CHANNEL", text)


def _metadata(body: JSON) -> None:
    check_metadata(body.get("metadata"), "INVALID_METADATA")
    for item in body.get("items") or []:
        check_metadata(item.get("metadata"), "INVALID_ITEM_METADATA")


def _customer_id(body: JSON) -> None:
    if body.get("customer_id") and not body["customer_id"].startswith("cust-"):
        raise bad_request("INVALID_CUSTOMER_ID", 'Customer ID must start with "cust-"')
    if len(body.get("customer_id") or CUSTOMER_ID) != len(CUSTOMER_ID):
        raise validation_error(f"must have {len(CUSTOMER_ID)} characters", "/body/customer_id")


def _urls(body: JSON) -> None:
    urls = [body.get("success_return_url"), body.get("cancel_return_url")]
    urls.append((body.get("components_configuration") or {}).get("return_url"))
    if not all(url is None or is_web_url(url) for url in urls):
        raise bad_request("INVALID_URL", "Please provide a valid HTTPS URL")


def _customer(body: JSON) -> None:
    needed = body["session_type"] == "SAVE" or body.get("allow_save_payment_method") in ("OPTIONAL", "FORCED")
    if needed and not (body.get("customer") or body.get("customer_id")):
        raise bad_request("MISSING_CUSTOMER", "Customer object or customer_id is required")


def _payments_only(body: JSON) -> None:
    if body["session_type"] == "PAY":
        return
    if body.get("capture_method"):
        text = f"Capture method is not supported for session type {body['session_type']}"
        raise bad_request("DISALLOWED_CAPTURE_METHOD", text)
    if body.get("items") and body["session_type"] == "SAVE":  # Xendit's own store subscribes to items
        raise bad_request("ITEMS_NOT_SUPPORTED", "Items are allowed for session type PAY only")


def _expiry(body: JSON, now: datetime) -> None:
    if not body.get("expires_at"):
        return
    ahead = from_text(body["expires_at"]) - now
    if ahead < MIN_LIFETIME:
        raise bad_request("INVALID_EXPIRY_DATE", "expires_at must be at least 10 minutes in the future")
    if ahead > MAX_LIFETIME:
        raise bad_request("INVALID_EXPIRY_DATE", f"expires_at must be at most {MAX_LIFETIME.days} days in the future")


RULES: tuple[Callable[[JSON], None], ...] = (
    _type_and_mode, _parts_of_a_type, _amount, _channels, _metadata, _customer_id, _urls, _customer, _payments_only,
)  # fmt: skip
