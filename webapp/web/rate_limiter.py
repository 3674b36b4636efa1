"""Count what was done lately, in this process."""

import math
import time
from collections.abc import Callable
from typing import NamedTuple

Counts = dict[tuple[object, ...], int]


class Limit(NamedTuple):
    """At most so many in so many seconds."""

    most: int
    seconds: int


class RateLimiter:
    """Count by key in a moving window: the present stretch of time, and a part of the one before.

    A stretch is forgotten as a whole: nothing looks for what is old, however many visitors there were.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.clock = clock
        self._stretches: dict[int, tuple[float, Counts, Counts]] = {}

    def wait(self, limit: Limit, *who: str, cost: int = 1) -> float:
        """Count ``cost`` more and return 0. Where that is too many, return the seconds to wait instead."""
        stretch, passed = divmod(self.clock(), limit.seconds)
        last, counts, before = self._stretches.get(limit.seconds, (stretch, {}, {}))
        if stretch != last:
            counts, before = {}, counts if stretch == last + 1 else {}
        self._stretches[limit.seconds] = stretch, counts, before
        key = (limit, *who)
        still = before.get(key, 0) * (1 - passed / limit.seconds)
        if counts.get(key, 0) + math.ceil(still) + cost > limit.most:
            return limit.seconds - passed
        counts[key] = counts.get(key, 0) + cost
        return 0
