"""A clock that a test turns forward. Each day between is lived through, so that nothing due is left out."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from ..clock import from_text, utcnow

SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
MONTHS = {"month": 1, "year": 12}
LONGEST = timedelta(days=3660)


class TurnableClock:
    """The machine's clock, plus the time that was skipped."""

    def __init__(self) -> None:
        self.skipped = timedelta()

    def __call__(self) -> datetime:
        return utcnow() + self.skipped

    def advance(self, wanted: datetime) -> Iterator[datetime]:
        """Go forward to a time, by a day at most for each step. Raise ValueError for the past and for too far."""
        left = wanted - self()
        if not timedelta() <= left <= LONGEST:
            raise ValueError("the clock goes forward only, and ten years at most")
        while left > timedelta():
            step = min(left, timedelta(days=1))
            self.skipped += step
            left -= step
            yield self()


def time_after(now: datetime, words: str) -> datetime:
    """Return the time `1 month` or `3 days` after now, or the time that the words are. Raise ValueError for others."""
    match = re.fullmatch(r"(\d{1,5}) ?(second|minute|hour|day|week|month|year)s?", words.strip())
    if not match:
        try:
            return from_text(words)
        except ValueError:
            raise ValueError('advance must be a time, such as "3 days" or "2030-01-01T00:00:00Z"') from None
    number, unit = int(match[1]), match[2]
    if unit in SECONDS:
        return now + timedelta(seconds=number * SECONDS[unit])
    years, month = divmod(now.month - 1 + number * MONTHS[unit], 12)
    first = now.replace(year=now.year + years, month=month + 1, day=1)
    next_month = (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=min(now.day, (next_month - first).days) - 1)  # the 31st becomes the last of a month
