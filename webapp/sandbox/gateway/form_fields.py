"""The form fields of a channel, in the shape that the SDK draws.

A field: `{label, placeholder, type, channel_property, required, span}`. `span` 1 is half a row, `join` joins a field
to the one before, `group_label` starts a block. The card's three fields are iframes: no typed text passes through here.
"""

from typing import Any

from ..channels import Channel
from .texts import text

JSON = dict[str, Any]
NAME = {"name": "text", "min_length": 1, "max_length": 50}
LINE = {"name": "text", "max_length": 255}


def form_of(channel: Channel, locale: str, customer: JSON | None) -> list[JSON]:
    """Return the fields of one channel, filled with known data of the customer."""
    if channel.flow == "cards":
        return _card(locale, customer or {}) + _billing(locale)
    if channel.flow == "push":
        known = (customer or {}).get("mobile_number")
        return [_field(locale, "phone", {"name": "phone_number"}, "account_mobile_number", 2, known)]
    return []


def hints_of(channel: Channel, locale: str) -> list[str] | None:
    """Return two sentences for a channel without a form. The SDK ignores any other number of them."""
    if channel.flow == "cards":
        return None
    first = "redirect" if channel.flow == "approval" else channel.flow
    return [
        text(f"{first}_hint_1", locale, brand=channel.brand),
        text(f"{channel.flow}_hint_2", locale, brand=channel.brand),
    ]


def _field(
    locale: str, label: str, kind: JSON, name: str | list[str], span: int, known: str | None = None, **more: Any
) -> JSON:
    words = text(label, locale)
    field = {
        "label": words,
        "placeholder": words,
        "type": kind,
        "channel_property": name,
        "required": True,
        "span": span,
    }
    return field | more | ({"initial_value": known} if known else {})


def _card(locale: str, customer: JSON) -> list[JSON]:
    person = customer.get("individual_detail") or {}
    expiry = ["card_details.expiry_month", "card_details.expiry_year"]
    return [
        _field(
            locale, "card_number", {"name": "credit_card_number"}, "card_details.card_number", 2,
            group_label=text("card_details", locale),
        ),
        _field(locale, "expiry", {"name": "credit_card_expiry"}, expiry, 1, join=True),
        _field(locale, "cvn", {"name": "credit_card_cvn"}, "card_details.cvn", 1, join=True),
        _field(
            locale, "first_name", NAME, "card_details.cardholder_first_name", 1, person.get("given_names"),
            group_label=text("cardholder", locale),
        ),
        _field(locale, "last_name", NAME, "card_details.cardholder_last_name", 1, person.get("surname"), join=True),
        _field(
            locale, "email", {"name": "email"}, "card_details.cardholder_email", 2, customer.get("email"), join=True
        ),
    ]  # fmt: skip


def _billing(locale: str) -> list[JSON]:
    """Return the fields of a billing address.

    The SDK shows them only for payments, and only after card_info has answered `require_billing_information`.
    """
    rows: list[tuple[str, JSON, str, int]] = [
        ("country", {"name": "country"}, "country", 1),
        ("province", {"name": "province"}, "province_state", 1),
        ("city", LINE, "city", 2),
        ("street", LINE, "street_line1", 2),
        ("postal_code", {"name": "postal_code"}, "postal_code", 2),
    ]
    flags = {"require_billing_information": True}
    fields = [
        _field(locale, label, kind, f"billing_information.{name}", span, flags=flags, join=position > 0)
        for position, (label, kind, name, span) in enumerate(rows)
    ]
    fields[0]["group_label"] = text("billing", locale)
    return fields
