"""Answer every request with the security headers, crashes included."""

import contextlib
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webapp.config import Settings
from webapp.web.errors import on_crash
from webapp.web.own_address import THIS_MACHINE
from webapp.web.security import content_security_policy, may_pay

HSTS = "max-age=31536000; includeSubDomains"
# A stylesheet, a script or a drawing obeys none of these; without them a first visit weighs 2.6 KB of 34 less.
PAGES_ONLY = (b"content-security-policy", b"referrer-policy", b"permissions-policy", b"cross-origin-opener-policy")
FILE_POLICY = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}  # of a drawing opened alone


class GuardMiddleware:
    """Add the security headers that an answer lacks. A crash gets our own page with them, and is raised again.

    It stands outside all that can crash. The server logs what is raised, under the request's id.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.headers = _raw(security_headers(settings))
        self.file_headers = [header for header in self.headers if header[0] not in PAGES_ONLY] + _raw(FILE_POLICY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                own = message.get("headers", ())
                present = {name for name, _ in own}
                is_file = scope["path"].startswith("/static/") and message["status"] == 200
                headers = self.file_headers if is_file else self.headers
                message["headers"] = [*own, *(header for header in headers if header[0] not in present)]
            await send(message)

        try:
            await self.app(scope, receive, send_guarded)
        except Exception as error:
            if not started:
                await (await _sorry(Request(scope, receive), error))(scope, receive, send_guarded)
            raise


def _raw(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def _sorry(request: Request, error: Exception) -> Response:
    with contextlib.suppress(Exception):  # what broke may be what draws the page
        return await on_crash(request, error)
    return PlainTextResponse("Something broke on our side. Please try again.\n", 500)


def security_headers(settings: Settings) -> dict[str, str]:
    """Return the security headers of a page. No HSTS for localhost: its other programs speak plain http."""
    headers = {
        "Content-Security-Policy": content_security_policy(settings),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": f"camera=(), microphone=(), geolocation=(), payment=({may_pay(settings)})",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if settings.is_https and urlsplit(settings.app_url).hostname not in THIS_MACHINE:
        headers["Strict-Transport-Security"] = HSTS
    return headers
