"""Read the visitor's options, and keep those that the API documents for a payment method and a flow."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from webapp.notices import N_, Refusal
from webapp.orders.options import CUSTOMER, USUAL, Options
from webapp.orders.order import LineItem
from webapp.orders.status import Flow
from webapp.shop.brand import clean
from webapp.shop.channels import channels_of
from webapp.shop.currencies import Currency
from webapp.shop.fees import FEES, fee_line
from webapp.shop.visitor import LANGUAGES, Visitor

MAX_CHANNELS, MAX_LENGTH = 10, 100
MAX_TYPED = 500  # characters of a name that are looked at
PAYING = (Flow.PAY, Flow.PAY_SAVE, Flow.AUTHORIZE)
OPTION_FIELDS = ("channels", "save", "capture", "fee", "minutes", "locale", *CUSTOMER)


def offered(integration: str, flow: Flow) -> tuple[str, ...]:
    """Return the names of the options that Xendit's API documents for this payment method and flow."""
    session = integration != "invoice"
    documented = {
        "channels": flow is not Flow.AUTHORIZE,  # cards alone can hold an amount
        "save": session and flow is Flow.PAY_SAVE,
        "capture": session and flow in (Flow.PAY, Flow.PAY_SAVE),
        "fee": flow in PAYING,  # ITEMS_NOT_SUPPORTED otherwise
    }
    return tuple(name for name in OPTION_FIELDS if documented.get(name, True))


def applied(options: Options, integration: str, flow: Flow, currency: Currency) -> Options:
    """Return the options without those that this payment method, flow or market can't have."""
    names = offered(integration, flow)
    kept = replace(options, **{name: getattr(USUAL, name) for name in OPTION_FIELDS if name not in names})
    here = {channel.code for channel in channels_of(currency.code, integration)}
    manual = kept.capture == "MANUAL"
    return replace(kept, channels=() if manual else tuple(code for code in kept.channels if code in here))


def options_of(visitor: Visitor) -> Options:
    """Return the visitor's options that apply to what they have chosen."""
    return applied(visitor.options, visitor.integration, visitor.flow, visitor.currency)


def total_of(visitor: Visitor) -> Decimal:
    """Return the amount of the visitor's cart with its fee."""
    lines, fee = visitor.cart.lines(visitor.currency), fee_of(visitor)
    return sum((line.amount for line in (*lines, fee) if line), Decimal(0))


def fee_of(visitor: Visitor) -> LineItem | None:
    """Return the fee of what is in the cart; None without one."""
    fee = options_of(visitor).fee
    return fee_line(fee, visitor.currency) if fee and visitor.cart.count else None


def read_options(fields: Mapping[str, str], before: Options) -> Options:
    """Return ``before`` with the options in a form or a link. An empty field is the default. Raises Refusal.

    What Xendit alone would refuse is read: see ``option_rules.py``.
    """
    changes: dict[str, Any] = {}
    checks: dict[str, Callable[[str], object]] = {
        "channels": _channels,
        "save": lambda text: _one_of(text.upper(), ("OPTIONAL", "FORCED")),
        "capture": lambda text: _one_of(text.upper(), ("AUTOMATIC", "MANUAL")),
        "fee": lambda text: _one_of(text.lower(), tuple(FEES)),
        "minutes": _minutes,
        "locale": lambda text: _one_of(text.lower(), tuple(LANGUAGES)),
    }
    for name in OPTION_FIELDS:
        if name in fields:
            text = fields[name].strip().rstrip(",;")
            value = checks.get(name, _text)(text) if text else getattr(USUAL, name)
            changes[name] = value
    return replace(before, **changes)


def _channels(text: str) -> tuple[str, ...]:
    """Return the codes of ``QRIS,CARDS``, in this order, each once."""
    codes = list(dict.fromkeys(code.strip() for code in text.upper().split(",") if code.strip()))
    if len(codes) > MAX_CHANNELS or not all(re.fullmatch(r"[A-Z0-9_]{2,40}", code) for code in codes):
        raise Refusal(N_("Payment channels are at most ten of Xendit's codes, such as QRIS,CARDS."))
    return tuple(codes)


def _minutes(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text) or int(text) == 0:
        raise Refusal(N_("A lifetime is a whole number of minutes."))
    return int(text)


def _one_of(text: str, known: tuple[str, ...]) -> str:
    if text not in known:
        raise Refusal(N_("There is no such option: %(value)s."), value=text[:40])
    return text


def _text(text: str) -> str:
    text = clean(text[:MAX_TYPED])
    if len(text) > MAX_LENGTH:
        raise Refusal(N_("A customer's name, e-mail and phone have at most 100 characters, on one line."))
    return text
