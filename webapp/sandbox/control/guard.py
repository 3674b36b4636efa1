"""The guard of control and console: this machine's own programs only, unless told otherwise, and no foreign page."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..codec import ApiResponse

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for")
CLOSED = "Only programs of this machine may do that, at localhost. Start with --open-control to allow others."
FOREIGN = "A page of another origin may not do that."


class GuardMiddleware:
    """ASGI middleware: it refuses what comes from elsewhere with 403.

    A name other than localhost may be another's that leads here, and a proxy on this machine may speak for anybody.
    """

    def __init__(self, app: ASGIApp, is_open: bool) -> None:
        self.app, self.is_open = app, is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        reason = ""
        if headers.get("origin", "null" if is_foreign(headers) else None) not in (None, *own_origins(headers)):
            reason = FOREIGN
        elif not self.is_open and not is_local(scope, headers):
            reason = CLOSED
        if reason:
            await ApiResponse({"error_code": "FORBIDDEN", "message": reason}, 403)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def is_foreign(headers: Headers) -> bool:
    """Return whether a browser says that another site's page makes this request, and is not following a link."""
    return headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"


def own_origins(headers: Headers) -> list[str]:
    """Return this server's origin, as the request names it."""
    return [f"{scheme}://{headers.get('host', '')}" for scheme in ("http", "https")]


def is_local(scope: Scope, headers: Headers) -> bool:
    """Return whether a request comes from this machine, for this machine, and not through a proxy."""
    try:
        host = urlsplit(f"//{headers.get('host', '')}").hostname
        near = ip_address((scope.get("client") or ("",))[0]).is_loopback
    except ValueError:
        return False
    return near and host in OWN_NAMES and not any(name in headers for name in FORWARDED)
