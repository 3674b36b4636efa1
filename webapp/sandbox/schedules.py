"""The dates of a subscription: its anchor, then one interval after another.

The day of a month is at most 28 by the anchor's own offset, so they are counted there: in UTC it may be the 31st.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

JSON = dict[str, Any]
DAYS = {"DAY": 1, "WEEK": 7}
MONTHS = {"MONTH": 1, "YEAR": 12}
LAST_YEAR = 9000  # ours: dates end in 9999, and retries come later


def first_charge(now: datetime) -> datetime:
    """Return this time of tomorrow, or of the 1st if tomorrow is past the 28th (Xendit's limit)."""
    day = now + timedelta(days=1)
    while day.day > 28:
        day += timedelta(days=1)
    return day


def next_after(schedule: JSON, moment: datetime) -> datetime | None:
    """Return the first date that is later than a moment, or None after the last year; the anchor itself is one."""
    anchor, count = datetime.fromisoformat(schedule["anchor_date"]), int(schedule["interval_count"])
    if moment < anchor:
        return anchor.astimezone(UTC)
    if days := DAYS.get(schedule["interval"]):
        step = timedelta(days=days * count)
        return (anchor + step * ((moment - anchor) // step + 1)).astimezone(UTC)
    months, there = MONTHS[schedule["interval"]] * count, moment.astimezone(anchor.tzinfo)
    passed = (there.year - anchor.year) * 12 + there.month - anchor.month
    date = _later(anchor, passed // months * months)
    return date if date is None or date > moment else _later(anchor, (passed // months + 1) * months)


def _later(anchor: datetime, months: int) -> datetime | None:
    years, month = divmod(anchor.month - 1 + months, 12)
    if anchor.year + years > LAST_YEAR:
        return None
    return anchor.replace(year=anchor.year + years, month=month + 1).astimezone(UTC)


def next_retry(schedule: JSON, attempts: int, now: datetime) -> datetime | None:
    """Return the time of the next try after so many failed ones, or None if there is no further one."""
    if attempts > (schedule.get("total_retry") or 0):
        return None
    return now + timedelta(days=int(schedule.get("retry_interval_count") or 1))
