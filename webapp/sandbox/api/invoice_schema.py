"""The body of POST /v2/invoices: types and lengths, then the rules that have an error code of their own.

https://docs.xendit.co/docs/payment-links-api-overview and the official Python SDK's models.
"""

from decimal import Decimal
from typing import Any

from ..errors import bad_request
from ..invoice_channels import all_channels, method_name
from ..invoices import CLIENT_TYPES
from ..markets import INVOICE_DEFAULT, MARKETS
from .metadata import check_metadata
from .schema import FORMATS, Rule

MAX_AMOUNT = 10**9
REDIRECT = Rule("string", maximum=255, format="uri", nullable=True)
TEXT = Rule("string", nullable=True)
NUMBER = Rule("number", minimum=-MAX_AMOUNT, maximum=MAX_AMOUNT)
ITEM = Rule(
    "object",
    required=("name", "price", "quantity"),
    properties={
        "name": Rule("string", minimum=1, maximum=255),
        "price": NUMBER,
        "quantity": Rule("number", minimum=0, maximum=MAX_AMOUNT),
        "url": TEXT,
        "category": TEXT,
        "reference_id": TEXT,
    },
)
FEE = Rule("object", required=("type", "value"), properties={"type": Rule("string", minimum=1), "value": NUMBER})
CUSTOMER_NAMES = ("given_names", "surname", "email", "mobile_number", "phone_number")
NOTIFIED = Rule("array", items=Rule("string", enum=("email", "sms", "whatsapp", "viber")), nullable=True)
NOTIFICATIONS = dict.fromkeys(("invoice_created", "invoice_reminder", "invoice_paid"), NOTIFIED)
INVOICE = Rule(
    "object",
    required=("external_id", "amount"),
    properties={
        "external_id": Rule("string", minimum=1, maximum=255),
        "amount": Rule("number"),
        "payer_email": TEXT,
        "description": Rule("string", minimum=1),
        "invoice_duration": Rule("number", minimum=1, maximum=31_536_000),
        "currency": Rule("string"),
        "customer": Rule("object", nullable=True, properties=dict.fromkeys(CUSTOMER_NAMES, TEXT)),
        "items": Rule("array", maximum=75, items=ITEM, nullable=True),
        "fees": Rule("array", maximum=10, items=FEE, nullable=True),
        "success_redirect_url": REDIRECT,
        "failure_redirect_url": REDIRECT,
        "locale": Rule("string", pattern="[a-z]{2}", nullable=True),
        "payment_methods": Rule("array", items=Rule("string"), nullable=True),
        "should_send_email": Rule("boolean"),
        "customer_notification_preference": Rule("object", nullable=True, properties=NOTIFICATIONS),
        "should_authenticate_credit_card": Rule("boolean"),
        "reminder_time": Rule("number", minimum=1),
        "reminder_time_unit": Rule("string", enum=("days", "hours")),
        "metadata": Rule("object", nullable=True),
        "client_type": Rule("string", enum=CLIENT_TYPES, nullable=True),
        "platform_callback_url": Rule("string", maximum=2048, format="uri", nullable=True),
    },
)


def check_rules(body: dict[str, Any]) -> None:
    """Raise the error of the first rule that the body breaks. The body fits the schema."""
    currency = body.get("currency", INVOICE_DEFAULT)
    market = MARKETS.get(currency)
    if not market or not market.invoices:
        raise bad_request("UNSUPPORTED_CURRENCY", f"The currency {currency} is not supported for invoices")
    amount = Decimal(body["amount"])
    if amount > MAX_AMOUNT:
        raise bad_request("MAXIMUM_TRANSFER_AMOUNT_ERROR", f"The maximum amount is {MAX_AMOUNT}")
    if amount <= 0 or (not market.decimals and amount < 1):
        raise bad_request("MINIMAL_TRANSFER_AMOUNT_ERROR", "The amount must be greater than zero")
    emails = [body.get("payer_email"), (body.get("customer") or {}).get("email")]
    if not all(email is None or FORMATS["email"](email) for email in emails):
        raise bad_request("EMAIL_FORMAT_ERROR", "The email format is invalid")
    known = {name for channel in all_channels(currency) for name in (channel.code, method_name(channel))}
    wanted = body.get("payment_methods") or []
    unknown = [name for name in wanted if name not in known]
    if unknown:
        text = f"The payment method choices did not match with the available one(s): {', '.join(unknown)}"
        raise bad_request("UNAVAILABLE_PAYMENT_METHOD_ERROR", text)
    hours = 24 if body.get("reminder_time_unit") == "days" else 1
    if body.get("reminder_time", 0) * hours * 3600 >= duration(body) and "reminder_time" in body:
        raise bad_request("INVALID_REMINDER_TIME", "The reminder must be sent before the invoice expires")
    check_metadata(body.get("metadata"), "API_VALIDATION_ERROR", keys=50, value=500)


def duration(body: dict[str, Any]) -> int:
    """Return the seconds until the invoice expires; a day by default."""
    return int(body.get("invoice_duration", 86_400))
