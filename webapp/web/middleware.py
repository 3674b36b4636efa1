"""What stands round every request, outermost first, and what becomes of what goes wrong inside."""

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.types import Receive, Scope, Send

from webapp.config import Settings
from webapp.database.errors import DatabaseUnavailable
from webapp.integrations.errors import XenditError
from webapp.notices import Refusal
from webapp.web.errors import on_crash, on_database_unavailable, on_http_exception, on_refusal, on_xendit_error, refuse
from webapp.web.rate_limits import RateLimitMiddleware
from webapp.web.request_log import RequestLogMiddleware
from webapp.web.security import SecurityMiddleware

EXCEPTION_HANDLERS = {
    Refusal: on_refusal,
    XenditError: on_xendit_error,
    DatabaseUnavailable: on_database_unavailable,
    HTTPException: on_http_exception,
    Exception: on_crash,
}


class VisitorSessionMiddleware(SessionMiddleware):
    """No cookie is read or written for a static file: the browser sends it along with each."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        static = scope["type"] == "http" and scope["path"].startswith("/static/")
        await (self.app if static else super().__call__)(scope, receive, send)


def middleware(settings: Settings) -> list[Middleware]:
    """All of it pure ASGI: each ``BaseHTTPMiddleware`` would cost four times as much."""
    return [
        Middleware(RequestLogMiddleware),
        Middleware(GZipMiddleware, minimum_size=1000, compresslevel=3),
        Middleware(
            VisitorSessionMiddleware,
            secret_key=settings.derived_secret("cookie"),
            session_cookie="__Host-selat" if settings.is_https else "selat",
            https_only=settings.is_https,
            max_age=30 * 24 * 3600,
        ),
        Middleware(SecurityMiddleware, settings=settings, refuse=refuse),
        Middleware(RateLimitMiddleware, settings=settings, refuse=refuse),
    ]
