"""The start of a payment: its attempt, the shopper's next step, and later changes by the clock.

In: the session, the SDK's request, the card number if there is one. Out: a new attempt in the session. The number is
only an argument here; the attempt holds its outcome, and `card`, which describes the card without its number.
"""

from datetime import datetime, timedelta

from .. import cards, sessions
from ..channels import Channel
from ..clock import to_text
from ..errors import SandboxError, invalid_status, validation_error
from ..markets import MARKETS
from ..records import SessionRecord, attempt_id
from ..sessions import Kind
from . import responses
from .emv import qr_string
from .requests import JSON, inside

PUSH_TAKES = timedelta(seconds=4)
APPROVAL_TAKES = timedelta(seconds=6)
SLOW_CARD_TAKES = timedelta(seconds=4)
# The end of phone numbers that fail, as in Xendit's older e-wallet test numbers.
BLOCKED_PHONE = "21103"


def start_payment(
    record: SessionRecord,
    now: datetime,
    kind: Kind,
    body: JSON,
    card_number: str | None,
    card: JSON | None,
    merchant: str,
) -> JSON:
    """Add the attempt that `body` asks for. Raise SandboxError if the session does not offer the channel."""
    if responses.status_of(record) == "PENDING":
        raise invalid_status("PENDING")
    channel = _chosen(record, body.get("channel_code"))
    common: JSON = {
        "channel_code": channel.code,
        "kind": kind,
        "save": channel.saves and body.get("save_payment_method") is True,
        "card": card,
    }
    if channel.flow == "cards":
        return _begin_card(record, now, common, card_number or "")
    if channel.flow == "push":
        return _begin_push(record, now, common, inside(body, "channel_properties", "account_mobile_number"))
    attempt = sessions.begin_attempt(record, now, **common, status="REQUIRES_ACTION")
    attempt["actions"] = _qr(record, channel, merchant) if channel.flow == "qr" else _redirect(record, channel, attempt)
    return attempt


def _chosen(record: SessionRecord, code: object) -> Channel:
    found = next((channel for channel in responses.offered_channels(record) if channel.code == code), None)
    if not found:
        raise SandboxError(400, "CHANNEL_UNAVAILABLE", f"{code} is not offered for this session")
    return found


def _begin_card(record: SessionRecord, now: datetime, common: JSON, number: str) -> JSON:
    amount = record.session["amount"] if common["kind"] == "payment_request" else 0
    result = cards.outcome(number, amount, record.session["currency"])
    match result.verdict:
        case "refuse":
            raise SandboxError(400, "CARD_NOT_ACCEPTED", "This card cannot be used here")
        case "decline":
            code = result.failure_code
            return sessions.begin_attempt(record, now, **common, status="FAILED", failure_code=code)
        case "slow":
            due = now + SLOW_CARD_TAKES
            return sessions.begin_attempt(record, now, **common, status="PENDING", due=due, due_outcome="SUCCEEDED")
        case "challenge":
            attempt = sessions.begin_attempt(record, now, **common, status="REQUIRES_ACTION")
            attempt["actions"] = [_web(page_path(record, attempt, "3ds"), iframe_capable=True)]
            attempt |= {"page": "3ds", "fails_with": result.failure_code}
            return attempt
    return sessions.begin_attempt(record, now, **common, status="SUCCEEDED")


def _begin_push(record: SessionRecord, now: datetime, common: JSON, phone: object) -> JSON:
    """Start a payment without an action. The shopper would confirm on a phone; here the clock does."""
    if not isinstance(phone, str) or not phone:
        raise validation_error("must be a phone number", "/body/channel_properties/account_mobile_number")
    blocked = phone.endswith(BLOCKED_PHONE)
    return sessions.begin_attempt(
        record,
        now,
        **common,
        status="REQUIRES_ACTION",
        due=now + PUSH_TAKES,
        due_outcome="FAILED" if blocked else "SUCCEEDED",
        failure_code="ACCOUNT_ACCESS_BLOCKED" if blocked else None,
    )


def _qr(record: SessionRecord, channel: Channel, merchant: str) -> list[JSON]:
    value = qr_string(channel.code, record.session["amount"], merchant, record.session["reference_id"])
    return [{"type": "PRESENT_TO_CUSTOMER", "descriptor": "QR_STRING", "value": value, "action_title": channel.brand}]


def _redirect(record: SessionRecord, channel: Channel, attempt: JSON) -> list[JSON]:
    """Return the way to the channel's page. An approval starts in a frame, because its session waits here."""
    path = page_path(record, attempt, "approval" if channel.flow == "approval" else "wallet")
    actions = [_web(path, iframe_capable=channel.flow == "approval")]
    if channel.app:
        # First in the list: the SDK takes the first that the device supports, and only phones support this one.
        actions.insert(0, {"type": "REDIRECT_CUSTOMER", "descriptor": "DEEPLINK_URL", "value": path})
    return actions


def _web(path: str, iframe_capable: bool) -> JSON:
    return {"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": path, "iframe_capable": iframe_capable}


def page_path(record: SessionRecord, attempt: JSON, page: str) -> str:
    """Return a path without a host, because the shop may have several names."""
    return f"/sandbox/{page}/{record.id}/{attempt_id(attempt)}"


def apply_decision(record: SessionRecord, now: datetime, wanted: str, approved: bool) -> None:
    """Apply the button of an imitated bank or wallet, or "I've made this payment" under a QR code."""
    attempt = sessions.find_attempt(record, wanted)
    channel = MARKETS[record.session["currency"]].find(attempt["channel_code"])
    if not approved:
        code = "AUTHENTICATION_FAILED" if attempt["channel_code"] == "CARDS" else "USER_DECLINED_PAYMENT"
        sessions.settle_attempt(record, now, wanted, "FAILED", code)
    elif attempt.get("fails_with"):
        sessions.settle_attempt(record, now, wanted, "FAILED", attempt["fails_with"])
    elif channel and channel.flow == "approval" and attempt["status"] == "REQUIRES_ACTION":
        sessions.settle_attempt(record, now, wanted, "PENDING")
        attempt |= {"due": to_text(now + APPROVAL_TAKES), "due_outcome": "SUCCEEDED"}
    else:
        sessions.settle_attempt(record, now, wanted, "SUCCEEDED")
