"""The guard of control and console: this machine's own programs only, unless told otherwise, and no foreign page."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..codec import ApiResponse

OWN_NAMES = ("localhost", "127.0.0.1", "::1")
FORWARDED = ("forwarded", "x-forwarded-for")
RESERVED = (".localhost", ".local", ".internal", ".test")
CLOSED = "Only programs of this machine may do that, at localhost. Start with --open-control to allow others."
FOREIGN = "A page of another origin may not do that."
UNKNOWN = "This name may be a page's own that leads here. Use an IP address, a name without dots, or --public-url."


class GuardMiddleware:
    """ASGI middleware: it refuses what comes from elsewhere with 403.

    A name other than localhost may be another's that leads here, and a proxy on this machine may speak for anybody.
    `open_at` is the public address of a sandbox that other machines may control.
    """

    def __init__(self, app: ASGIApp, open_at: str | None) -> None:
        self.app, self.open_at = app, open_at

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        reason = ""
        if headers.get("origin", "null" if is_foreign(headers) else None) not in (None, *own_origins(headers)):
            reason = FOREIGN
        elif self.open_at is None and not is_local(scope, headers):
            reason = CLOSED
        elif self.open_at is not None and not is_safe(host_of(headers), self.open_at):
            reason = UNKNOWN
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
    client = (scope.get("client") or ("",))[0]
    near = is_ip_address(client) and ip_address(client).is_loopback
    return near and host_of(headers) in OWN_NAMES and not any(name in headers for name in FORWARDED)


def is_safe(host: str, public_url: str) -> bool:
    """Return whether no foreign page can have this name: it is no domain that one may own, or it is the sandbox's."""
    known = host == urlsplit(public_url).hostname or host.endswith(RESERVED)
    return known or is_ip_address(host) or (bool(host) and "." not in host)


def host_of(headers: Headers) -> str:
    """Return the name by which a request calls this server, without the port."""
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def is_ip_address(text: str) -> bool:
    """Return whether this is an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
