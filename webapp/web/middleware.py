"""The middleware of every request, outermost first, and the exception handlers."""

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from webapp.accept import accepts
from webapp.config import Settings
from webapp.database.errors import DatabaseUnavailable
from webapp.integrations.errors import XenditError
from webapp.notices import Refusal
from webapp.web.errors import (
    on_database_unavailable,
    on_disconnect,
    on_http_exception,
    on_refusal,
    on_xendit_error,
    refuse,
)
from webapp.web.guard import GuardMiddleware
from webapp.web.own_address import OwnAddressMiddleware
from webapp.web.phones import PhoneMiddleware, is_local
from webapp.web.rate_limits import RateLimitMiddleware
from webapp.web.request_log import RequestLogMiddleware
from webapp.web.security import SecurityMiddleware
from webapp.web.visitor_cookies import VisitorCookiesMiddleware

EXCEPTION_HANDLERS = {
    Refusal: on_refusal,
    XenditError: on_xendit_error,
    DatabaseUnavailable: on_database_unavailable,
    HTTPException: on_http_exception,
    ClientDisconnect: on_disconnect,
}


class CompressionMiddleware(GZipMiddleware):
    """Starlette's, which takes ``gzip;q=0`` for a yes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = scope["type"] != "http" or scope["path"].startswith("/static/")  # static files come compressed
        takes = not own and accepts(Headers(scope=scope).get("accept-encoding", ""), "gzip")
        await (super().__call__ if takes else self.app)(scope, receive, send)


def middleware(settings: Settings) -> list[Middleware]:
    """Return all of it, pure ASGI: each ``BaseHTTPMiddleware`` would cost four times as much."""
    return [
        Middleware(RequestLogMiddleware),
        Middleware(GuardMiddleware, settings=settings),
        Middleware(CompressionMiddleware, minimum_size=1000, compresslevel=3),
        Middleware(
            VisitorCookiesMiddleware,
            secret=settings.derived_secret("cookie"),
            prefix=settings.cookie_prefix,
            https_only=settings.is_https,
        ),
        *([Middleware(PhoneMiddleware, settings=settings)] if is_local(settings.app_url) else []),
        Middleware(OwnAddressMiddleware, settings=settings),
        Middleware(SecurityMiddleware, settings=settings, refuse=refuse),
        Middleware(RateLimitMiddleware, settings=settings, refuse=refuse),
    ]
