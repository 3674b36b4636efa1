"""Rate limits: more than a person does is answered 429, with ``Retry-After`` and a page that says so.

Counted in each process for itself: the limit of a shop with two workers is up to twice the number here, which is enough
to keep a script from starving everybody else.
"""

import math
import re
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from webapp.config import Settings
from webapp.notices import N_, Refusal
from webapp.web.rate_limiter import Limit, RateLimiter
from webapp.web.security import Refuse

# Of one visitor at one address, and of one address: a hall of people may share it.
LIMITS: list[tuple[str, re.Pattern[str], Limit, Limit]] = [
    (
        "POST",
        re.compile(r"/checkout(/.*)?|/orders/[^/]+/(pay|cancel|refund|capture|release)"),
        Limit(30, 60),
        Limit(1200, 60),
    ),
    ("POST", re.compile(r"/orders/[^/]+/(month|retry|stop)"), Limit(30, 60), Limit(1200, 60)),
    ("POST", re.compile(r"/stage"), Limit(10, 3600), Limit(30, 3600)),  # a room is open for 12 hours
    ("POST", re.compile(r"/webhooks/.*"), Limit(6000, 60), Limit(6000, 60)),
    ("GET", re.compile(r"/(orders|shared|stage|join)/.*"), Limit(1200, 60), Limit(60_000, 60)),
    ("POST", re.compile(r"/.*"), Limit(300, 60), Limit(12_000, 60)),
]


class RateLimitMiddleware:
    """Pure ASGI. It counts by address and visitor together, and by address alone."""

    def __init__(self, app: ASGIApp, settings: Settings, refuse: Refuse) -> None:
        self.app, self.settings, self.refuse = app, settings, refuse
        self.limiter = RateLimiter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self.settings.rate_limits:
            method, path = scope["method"], scope["path"]
            found = next((row for row in LIMITS if row[0] == method and row[1].fullmatch(path)), None)
            if found:
                address, visitor = address_of(scope, self.settings), str(scope["session"].get("visitor", ""))
                for limit, *who in (
                    (found[2], found[1].pattern, address, visitor),
                    (found[3], found[1].pattern, address),
                ):
                    if seconds := self.limiter.wait(limit, *who):
                        await self._too_many(seconds, scope, receive, send)
                        return
        await self.app(scope, receive, send)

    async def _too_many(self, seconds: float, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = Refusal(
            N_("That was quicker than this shop can follow."), 429, hint=N_("Wait a moment, then try again.")
        )
        response = self.refuse(Request(scope, receive), refusal)
        response.headers["Retry-After"] = str(math.ceil(seconds))
        await response(scope, receive, send)


def address_of(scope: Scope, settings: Settings) -> str:
    """Return the visitor's address: of IPv6 the /64 network, which is one household's; without a port.

    Never the leftmost ``X-Forwarded-For``, which anybody can make up.
    """
    client = scope.get("client")
    address = str(client[0]) if client else ""
    if settings.behind_proxy:
        forwarded = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        address = forwarded[-1].rpartition(",")[2].strip() if forwarded else address
    if (bracketed := re.fullmatch(r"\[(.+)\](:\d+)?", address)) or (
        bracketed := re.fullmatch(r"([\d.]+):\d+", address)
    ):
        address = bracketed[1]
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else address
