"""Saved payment methods: ACTIVE, then CANCELED by the merchant or EXPIRED by the clock.

https://docs.xendit.co/docs/pay-with-tokens
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any

from .clock import from_text, to_text
from .errors import SandboxError, bad_request
from .events import Event
from .object_records import TokenRecord
from .payment_objects import payment_details, token_object
from .records import SessionRecord, find_attempt

JSON = dict[str, Any]
# Years that a saved wallet or account lasts; ten where the documentation knows no end.
YEARS = {"SHOPEEPAY": 5.0, "UBP_DIRECT_DEBIT": 1.0, "BPI_DIRECT_DEBIT": 0.25, "CHINABANK_DIRECT_DEBIT": 0.25}
OTHERWISE = 10.0


def activate(record: SessionRecord, now: datetime, attempt: JSON) -> TokenRecord:
    """Return the payment method that this attempt saves, and announce it."""
    token = token_object(record.session, attempt, "ACTIVE") | {"updated": to_text(now)}
    token["token_details"] = _details(record, attempt)
    record.outbox.append(Event("payment_token.activation", record.id, token))
    return TokenRecord(token, _end(attempt, now))


def _details(record: SessionRecord, attempt: JSON) -> JSON:
    if attempt["channel_code"] == "CARDS":
        return payment_details(attempt)
    person = (record.customer or {}).get("individual_detail") or {}
    name = " ".join(filter(None, [person.get("given_names"), person.get("surname")]))
    digits = f"{int(hashlib.sha256(attempt['payment_token_id'].encode()).hexdigest(), 16):d}"[:4]
    return {
        "account_name": name or "Test Customer",
        "account_number": f"********{digits}",
        "account_balance": "1000000",
        "account_point_balance": "0",
    }


def _end(attempt: JSON, now: datetime) -> str:
    if card := attempt.get("card"):
        year, month = int(card["expiry_year"]), int(card["expiry_month"])
        return to_text(datetime(year + month // 12, month % 12 + 1, 1, tzinfo=now.tzinfo))
    return to_text(now + timedelta(days=365 * YEARS.get(attempt["channel_code"], OTHERWISE)))


def cancel(record: TokenRecord, now: datetime) -> JSON:
    """Cancel an ACTIVE token and return it. Raise 400 for any other. No webhook is documented for it."""
    if not record.is_active:
        raise not_active(record)
    record.token |= {"status": "CANCELED", "updated": to_text(now)}
    return record.token


def not_active(record: TokenRecord) -> SandboxError:
    """Return the error about a token that cannot be cancelled."""
    status = record.token["status"]
    return bad_request("INELIGIBLE_TRANSACTION_STATUS", f"The payment token is {status}, expecting ACTIVE")


def unsaved(record: SessionRecord, payment_token_id: str) -> TokenRecord | None:
    """Return the token of an attempt that has saved nothing, yet or ever; None if it did. It is not stored."""
    attempt = find_attempt(record, payment_token_id)
    if attempt["status"] == "ACTIVE":
        return None
    return TokenRecord(token_object(record.session, attempt, attempt["status"]), attempt["updated"])


def advance(record: TokenRecord, now: datetime) -> bool:
    """Apply the clock: end an overdue token. Return whether that changed it."""
    if not record.is_active or from_text(record.expires_at) > now:
        return False
    record.token |= {"status": "EXPIRED", "updated": to_text(now)}
    record.outbox.append(Event("payment_token.expiry", record.id, record.token))
    return True


def due_at(record: TokenRecord) -> str | None:
    """Return the time at which the token ends, or None if it has."""
    return record.expires_at if record.is_active else None
