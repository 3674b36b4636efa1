"""The dates of a subscription: its anchor, then one interval after another. The day of a month is at most 28."""

from datetime import datetime, timedelta
from typing import Any

from .clock import from_text

JSON = dict[str, Any]
DAYS = {"DAY": 1, "WEEK": 7}
MONTHS = {"MONTH": 1, "YEAR": 12}


def next_after(schedule: JSON, moment: datetime) -> datetime:
    """Return the first date of the schedule that is later than a moment; the anchor itself is one."""
    anchor, count = from_text(schedule["anchor_date"]), int(schedule["interval_count"])
    if moment < anchor:
        return anchor
    if days := DAYS.get(schedule["interval"]):
        step = timedelta(days=days * count)
        return anchor + step * ((moment - anchor) // step + 1)
    months = MONTHS[schedule["interval"]] * count
    passed = (moment.year - anchor.year) * 12 + moment.month - anchor.month
    date = _later(anchor, passed // months * months)
    return date if date > moment else _later(anchor, (passed // months + 1) * months)


def _later(anchor: datetime, months: int) -> datetime:
    years, month = divmod(anchor.month - 1 + months, 12)
    return anchor.replace(year=anchor.year + years, month=month + 1)


def next_retry(schedule: JSON, attempts: int, now: datetime) -> datetime | None:
    """Return the time of the next try after so many failed ones, or None if there is no further one."""
    if attempts > (schedule.get("total_retry") or 0):
        return None
    return now + timedelta(days=int(schedule.get("retry_interval_count") or 1))
