"""Dates that must not be over: the first charge of a plan, the end of a permission to charge."""

from datetime import datetime
from typing import Any

from ..errors import validation_error

JSON = dict[str, Any]


def check_anchor(schedule: JSON, now: datetime, path: str) -> None:
    """Raise API_VALIDATION_ERROR for an anchor before today, by the clock of its own offset."""
    anchor = datetime.fromisoformat(schedule["anchor_date"]) if schedule.get("anchor_date") else None
    if anchor and anchor.date() < now.astimezone(anchor.tzinfo).date():
        raise validation_error("must not be in the past", f"{path}/anchor_date")


def check_recurring_expiry(cards: JSON, now: datetime, path: str) -> None:
    """Raise API_VALIDATION_ERROR for a `recurring_expiry` that is no date, or before today."""
    expiry = (cards.get("recurring_configuration") or {}).get("recurring_expiry")
    try:
        is_over = expiry is not None and datetime.strptime(expiry, "%Y-%m-%d").date() < now.date()
    except (TypeError, ValueError):
        raise validation_error('must match format "date"', f"{path}/recurring_configuration/recurring_expiry") from None
    if is_over:
        raise validation_error("must not be in the past", f"{path}/recurring_configuration/recurring_expiry")
