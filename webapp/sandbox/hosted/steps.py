"""The step outside the hosted page: a bank's or wallet's question, a code to scan, an account for a transfer."""

from dataclasses import dataclass

import segno
from markupsafe import Markup

from .. import cards
from ..channels import Channel
from ..gateway.emv import qr_string
from ..ids import account_number
from ..invoice_channels import all_channels
from ..sessions import Outcome
from .checkout_view import JSON, CheckoutView
from .choices import CARDS
from .texts import APPROVE, APPROVE_OTHERWISE, STEPS


@dataclass(frozen=True)
class Step:
    """The content of the step. `question` and `approve` get translated.

    `code` is a number to pay with, `drawing` an SVG of a code to scan.
    """

    brand: str
    question: str
    approve: str
    code: str | None
    drawing: Markup | None


def channel_of(checkout: CheckoutView, attempt: JSON) -> Channel:
    """Return the channel of an attempt."""
    return next(each for each in all_channels(checkout.currency) if each.code == attempt["channel_code"])


def step_of(checkout: CheckoutView, attempt: JSON, merchant_name: str) -> Step:
    """Return the step of an attempt."""
    channel = channel_of(checkout, attempt)
    numbered = channel.pm_type in ("VIRTUAL_ACCOUNT", "OVER_THE_COUNTER")
    return Step(
        brand=channel.brand,
        question=STEPS[channel.pm_type],
        approve=APPROVE.get(channel.pm_type, APPROVE_OTHERWISE),
        code=grouped(account_number(attempt["id"])) if numbered else None,
        drawing=qr_drawing(channel, checkout, attempt["id"], merchant_name) if channel.pm_type == "QR_CODE" else None,
    )


def outcome_of(checkout: CheckoutView, attempt: JSON, decision: str) -> tuple[Outcome, str | None]:
    """Return the outcome and the failure code of a decision. A magic amount fails even if approved."""
    is_card = channel_of(checkout, attempt).pm_type == "CARDS"
    if decision == "approve":
        magic = (
            cards.outcome(CARDS["challenge"][1], checkout.amount, checkout.currency).failure_code if is_card else None
        )
        return ("FAILED", magic) if magic else ("SUCCEEDED", None)
    if decision == "decline":
        return "FAILED", "AUTHENTICATION_FAILED" if is_card else "USER_DECLINED_PAYMENT"
    return "CANCELED", None


def grouped(number: str) -> str:
    """Return a number as people read it aloud."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def qr_drawing(channel: Channel, checkout: CheckoutView, attempt_id: str, merchant_name: str) -> Markup:
    """Return the SVG of the attempt's QR code."""
    text = qr_string(channel.code, checkout.amount, merchant_name, attempt_id[-12:])
    drawing = segno.make(text, error="m").svg_inline(
        scale=4, omitsize=True, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawing)  # noqa: S704 - segno's own SVG, made of squares
