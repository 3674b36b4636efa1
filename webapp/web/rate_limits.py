"""Rate limits: more than a person does is answered 429, with ``Retry-After`` and a page that says so.

Counted in each process for itself (moving windows, by the ``limits`` library): the limit of a shop with two workers is
up to twice the number here, which is enough to keep a script from starving everybody else.
"""

import math
import re
import time

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from webapp.config import Settings
from webapp.notices import N_, Refusal
from webapp.web.security import Refuse

LIMITS: list[tuple[str, re.Pattern[str], RateLimitItem]] = [
    ("POST", re.compile(r"/checkout|/orders/[^/]+/(pay|cancel)"), parse("30/minute")),
    ("POST", re.compile(r"/webhooks/.*"), parse("6000/minute")),
    ("GET", re.compile(r"/orders/.*"), parse("1200/minute")),  # a hall of people behind one address may watch
    ("POST", re.compile(r"/.*"), parse("300/minute")),
]


class RateLimitMiddleware:
    """Pure ASGI; the key is the address that reached us, or the last proxy's word for it where one is configured."""

    def __init__(self, app: ASGIApp, settings: Settings, refuse: Refuse) -> None:
        self.app, self.settings, self.refuse = app, settings, refuse
        self.windows = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.settings.rate_limits:
            method, path = scope["method"], scope["path"]
            for number, (of_method, pattern, limit) in enumerate(LIMITS):
                if method == of_method and pattern.fullmatch(path):
                    who = (str(number), address_of(scope, self.settings))
                    if not await self.windows.hit(limit, *who):
                        await self._too_many(limit, who, scope, receive, send)
                        return
                    break
        await self.app(scope, receive, send)

    async def _too_many(
        self, limit: RateLimitItem, who: tuple[str, str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        resets_at = (await self.windows.get_window_stats(limit, *who)).reset_time
        refusal = Refusal(
            N_("That was quicker than this shop can follow."), 429, hint=N_("Wait a moment, then try again.")
        )
        response = self.refuse(Request(scope, receive), refusal)
        response.headers["Retry-After"] = str(max(1, math.ceil(resets_at - time.time())))
        await response(scope, receive, send)


def address_of(scope: Scope, settings: Settings) -> str:
    """The visitor's address: never the leftmost ``X-Forwarded-For``, which anybody can make up."""
    if settings.behind_proxy:
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        if forwarded:
            return str(forwarded[-1].split(",")[-1].strip())
    client = scope.get("client")
    return str(client[0]) if client else ""
