"""Say what Xendit would refuse of an order's options, before it is sent.

A test compares it with the sandbox's answers.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from webapp.notices import N_
from webapp.orders.options import Options
from webapp.orders.status import Flow
from webapp.shop.channels import channels_of
from webapp.shop.currencies import Currency

LEAST_MINUTES, MOST_MINUTES = 10, 365 * 24 * 60
EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
E164 = re.compile(r"\+[1-9][0-9]{1,49}")
SAVING = (Flow.SAVE, Flow.SUBSCRIPTION)


@dataclass(frozen=True)
class Foretold:
    """A refusal that Xendit would answer with: the option, the rule in words, and Xendit's error code."""

    option: str
    rule: str
    error_code: str
    values: dict[str, Any] = field(default_factory=dict)


def foretold(options: Options, integration: str, flow: Flow, currency: Currency) -> list[Foretold]:
    """Return what Xendit would refuse of these options, which are applied already."""
    rules = _of_an_invoice(options) if integration == "invoice" else _of_a_session(options, integration, flow, currency)
    return list(rules)


def _of_an_invoice(options: Options) -> Iterator[Foretold]:
    if options.minutes > MOST_MINUTES:
        yield Foretold("minutes", N_("An invoice lives for 365 days at most."), "API_VALIDATION_ERROR")
    if not EMAIL.fullmatch(options.email):
        yield Foretold("email", N_("This is no e-mail address."), "EMAIL_FORMAT_ERROR")


def _of_a_session(options: Options, integration: str, flow: Flow, currency: Currency) -> Iterator[Foretold]:
    for name in ("given_names", "surname"):
        if len(getattr(options, name)) > 50:
            yield Foretold(name, N_("A session's customer has names of 50 characters at most."), "API_VALIDATION_ERROR")
    if not EMAIL.fullmatch(options.email):
        yield Foretold("email", N_("This is no e-mail address."), "API_VALIDATION_ERROR")
    elif not 4 <= len(options.email) <= 50:
        yield Foretold("email", N_("A session's customer has an e-mail of 4 to 50 characters."), "API_VALIDATION_ERROR")
    if options.mobile_number and not E164.fullmatch(options.mobile_number):
        rule = N_("A phone number is in E.164: a plus, the country's code, digits alone.")
        yield Foretold("mobile_number", rule, "API_VALIDATION_ERROR")
    if flow in SAVING or (flow is Flow.PAY_SAVE and options.save == "FORCED"):
        saves = {channel.code for channel in channels_of(currency.code, integration) if channel.saves}
        if others := ", ".join(code for code in options.channels if code not in saves):
            rule = N_("What can't be saved is not offered where saving is a must: %(channels)s.")
            yield Foretold("channels", rule, "INVALID_PAYMENT_CHANNEL", {"channels": others})
    if options.minutes <= LEAST_MINUTES:
        rule = N_("A session lives for 10 minutes or more, and the way to Xendit takes a moment: write 11 or more.")
        yield Foretold("minutes", rule, "INVALID_EXPIRY_DATE")
    if options.minutes > MOST_MINUTES:
        rule = N_("Xendit has a longest lifetime, and does not document it. In the sandbox it is 365 days.")
        yield Foretold("minutes", rule, "INVALID_EXPIRY_DATE")
