"""The bodies of the calls about subscription plans and their cycles, and their rules."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ..clock import from_text
from ..errors import SandboxError, bad_request, validation_error
from ..markets import MARKETS
from ..object_records import TokenRecord
from .metadata import check_metadata
from .schema import Rule
from .session_schema import INTERVALS, ITEM, MAX_NUMBER, SCHEDULE, SUBSCRIPTION, text

JSON = dict[str, Any]
FURTHEST = timedelta(days=5 * 366)
AMOUNT = Rule("number", minimum=0, maximum=MAX_NUMBER)
TOKEN = Rule(
    "object",
    required=("payment_token_id",),
    properties={"payment_token_id": text(1, 255), "rank": Rule("integer", minimum=1, maximum=5)},
)
PLAN_SCHEDULE = replace(
    SCHEDULE, properties={**SCHEDULE.properties, "interval": Rule("string", enum=(*INTERVALS, "YEAR"))}
)
CHANGEABLE = {
    "amount": AMOUNT,
    "locale": Rule("string", pattern="[a-z]{2}", nullable=True),
    "notification_channels": Rule("array", items=Rule("string", enum=("WHATSAPP", "EMAIL")), maximum=2, nullable=True),
    "description": text(1, 1000, nullable=True),
    "items": Rule("array", items=ITEM, maximum=100, nullable=True),
    "payment_link_for_failed_attempt": Rule("boolean"),
    "metadata": Rule("object", nullable=True),
    "payment_tokens": Rule("array", minimum=1, maximum=5, items=TOKEN),
}
PLAN = Rule(
    "object",
    required=("reference_id", "customer_id", "currency", "amount", "payment_tokens", "schedule"),
    properties={
        **CHANGEABLE,
        "reference_id": text(1, 255),
        "customer_id": text(1, 41),
        "currency": Rule("string", enum=tuple(MARKETS)),
        "payment_tokens": Rule("array", maximum=5, items=TOKEN),
        "schedule": PLAN_SCHEDULE,
        "immediate_payment": Rule("boolean"),
        "failed_cycle_action": SUBSCRIPTION.properties["failed_cycle_action"],
    },
)
PLAN_CHANGE = Rule(
    "object",
    properties={
        **CHANGEABLE,
        "schedule": Rule("object", required=("interval", "interval_count"), properties=PLAN_SCHEDULE.properties),
    },
)
CYCLE_CHANGE = Rule(
    "object",
    properties={
        "scheduled_timestamp": Rule("string", format="date-time"),
        "currency": text(3, 3),
        "amount": AMOUNT,
        "metadata": Rule("object", nullable=True),
    },
)
SIMULATION = Rule("object", required=("amount",), properties={"amount": AMOUNT})


def check_names(body: JSON, rule: Rule) -> None:
    """Raise API_VALIDATION_ERROR for a property that cannot be changed."""
    for name in body:
        if name not in rule.properties:
            raise validation_error("must NOT have additional properties", "/body")


def check_plan(body: JSON, currency: str, now: datetime) -> None:
    """Raise the error of the first rule that a new or changed plan breaks. The body fits the schema."""
    if "amount" in body:
        check_decimals(body["amount"], currency)
    check_metadata(body.get("metadata"), "API_VALIDATION_ERROR")
    check_schedule(body.get("schedule") or {}, now, "/body/schedule")


def check_decimals(amount: Any, currency: str) -> None:
    """Raise API_VALIDATION_ERROR for an amount that has more decimals than its currency."""
    if Decimal(amount) != round(Decimal(amount), MARKETS[currency].decimals):
        raise validation_error(f"must be an amount of {currency}", "/body/amount")


def check_schedule(schedule: JSON, now: datetime, path: str) -> None:
    """Raise API_VALIDATION_ERROR for an anchor or for notifications that can be none."""
    if anchor := schedule.get("anchor_date"):
        if datetime.fromisoformat(anchor).day > 28:
            raise validation_error("must be a day of the month of at most 28", f"{path}/anchor_date")
        check_date(anchor, now, f"{path}/anchor_date")
    told = schedule.get("failed_attempt_notifications") or []
    if len(set(told)) < len(told) or max(told, default=0) > (schedule.get("total_retry") or 0):
        text = "must not repeat, and not be above total_retry"
        raise validation_error(text, f"{path}/failed_attempt_notifications")


def check_date(date: str, now: datetime, path: str) -> None:
    """Raise API_VALIDATION_ERROR for a date that is years ahead."""
    if from_text(date) > now + FURTHEST:
        raise validation_error(f"must be at most {FURTHEST.days} days in the future", path)


def ranked(tokens: list[JSON]) -> list[JSON]:
    """Return the payment methods of a plan with their ranks, which are their places where none is given."""
    return [
        {"payment_token_id": each["payment_token_id"], "rank": int(each.get("rank", place))}
        for place, each in enumerate(tokens, 1)
    ]


def check_token(token: TokenRecord | None, business_id: str, currency: str) -> None:
    """Raise INVALID_PAYMENT_TOKEN_ID unless the plan can be paid with this method."""
    if token is None or token.business_id != business_id or not token.is_active or token.token["currency"] != currency:
        raise bad_request("INVALID_PAYMENT_TOKEN_ID", f"The payment tokens must be ACTIVE and of {currency}")


def forbidden(message: str) -> SandboxError:
    """Return the error about a change that comes too late, or about another business's plan."""
    return SandboxError(403, "REQUEST_FORBIDDEN_ERROR", message)
