"""The answers to the SDK: a session with its channels, the state of one attempt, errors. Shapes as in SDK 0.0.24."""

from typing import Any

from ..channels import PICKER_GROUPS, Channel, offered
from ..errors import SandboxError
from ..markets import MARKETS
from ..records import SessionRecord
from .form_fields import form_of, hints_of
from .texts import known_locale, text

JSON = dict[str, Any]
SESSION_FIELDS = [
    *("payment_session_id", "created", "updated", "reference_id", "session_type", "mode", "currency", "amount"),
    *("country", "expires_at", "description", "allow_save_payment_method", "capture_method", "items", "subscription"),
    *("business_id", "customer_id"),
]
CARD_BRANDS = ("VISA", "MASTERCARD", "JCB", "AMEX")


def locale_of(record: SessionRecord) -> str:
    """Return the session's locale, if the SDK knows it."""
    return known_locale(record.session.get("locale"))


def logo_url(name: str) -> str:
    """Return the path of a channel's or a network's logo."""
    return f"/sandbox/logos/{name}.svg"


def offered_channels(record: SessionRecord) -> list[Channel]:
    """Return the channels of the SDK's picker, in their order."""
    return offered(MARKETS[record.session["currency"]].embedded, record.session)


def status_of(record: SessionRecord) -> str:
    """Return the session's status for the browser: PENDING during an approval by a second person.

    The merchant's API has no such status; the session is ACTIVE there.
    """
    market = MARKETS[record.session["currency"]]
    waits = record.is_active and any(
        attempt["status"] == "PENDING"
        and (channel := market.find(attempt["channel_code"]))
        and channel.flow == "approval"
        for attempt in record.attempts
    )
    return "PENDING" if waits else record.status


def session(record: SessionRecord) -> JSON:
    """Return the session for the browser."""
    shown = {field: record.session[field] for field in SESSION_FIELDS if record.session.get(field) is not None}
    return shown | {"locale": locale_of(record), "status": status_of(record)}


def opening(record: SessionRecord, merchant_name: str) -> JSON:
    """Return the answer to the SDK's first call."""
    locale = locale_of(record)
    groups = [{"id": group, "label": text(group, locale), "icon_url": ""} for group in PICKER_GROUPS.values()]
    return {
        "session": session(record),
        "business": {"name": merchant_name, "country_of_operation": record.session["country"]},
        "customer": _customer(record.customer),
        "channels": [_channel(channel, record, locale) for channel in offered_channels(record)],
        "channel_ui_groups": groups,
    } | _succeeded(record)


def polled(record: SessionRecord, attempt: JSON | None) -> JSON:
    """Return the answer to a poll. It holds the whole session, because the SDK replaces its own."""
    answer = {"session": session(record)} | _succeeded(record)
    return answer | {attempt["kind"]: entity(attempt)} if attempt else answer


def entity(attempt: JSON) -> JSON:
    """Return a payment request or a payment token. The SDK distinguishes them by the id property."""
    id_field = f"{attempt['kind']}_id"
    shown = {id_field: attempt[id_field]} | {field: attempt[field] for field in ("status", "channel_code", "actions")}
    return shown | {"failure_code": attempt["failure_code"]} if attempt["status"] == "FAILED" else shown


def _succeeded(record: SessionRecord) -> JSON:
    code = next(
        (a["channel_code"] for a in record.attempts if a["status"] in ("SUCCEEDED", "AUTHORIZED", "ACTIVE")), None
    )
    return {"succeeded_channel": {"channel_code": code, "logo_url": logo_url(code)}} if code else {}


def _customer(customer: JSON | None) -> JSON | None:
    if not customer:
        return None
    kept = {field: customer.get(field) for field in ("id", "email", "mobile_number")}
    return kept | {"type": "INDIVIDUAL", "individual_detail": customer.get("individual_detail") or {}}


def _channel(channel: Channel, record: SessionRecord, locale: str) -> JSON:
    shown: JSON = {
        "channel_code": channel.code,
        "brand_name": text("cards", locale) if channel.flow == "cards" else channel.brand,
        "brand_logo_url": logo_url(channel.code),
        "brand_color": channel.colour,
        "ui_group": channel.group,
        "pm_type": channel.pm_type,
        "min_amount": channel.minimum,
        "allow_save": channel.saves,
        "allow_pay_without_save": True,
        "requires_customer_details": False,
        "form": form_of(channel, locale, record.customer),
    }
    if channel.maximum is not None:
        shown["max_amount"] = channel.maximum
    if channel.flow == "cards":
        shown["card"] = {"brands": [{"name": brand, "logo_url": logo_url(brand)} for brand in CARD_BRANDS]}
    if hints := hints_of(channel, locale):
        shown["instructions"] = hints
    return shown


def envelope(error: SandboxError, locale: str) -> JSON:
    """Return Xendit's error body. The SDK shows `error_content` to the shopper, and the page gets the rest."""
    kind = {"INVALID_SESSION_STATUS": "closed", "CARD_NOT_ACCEPTED": "refused"}.get(error.error_code, "failed")
    content = {"title": text(f"{kind}_title", locale), "message_1": text(f"{kind}_1", locale)}
    if kind != "closed":
        content["message_2"] = text("refused_2", locale) if kind == "refused" else error.message
    return error.body() | {"error_content": content}
