"""Refuse what can't be meant: another site's POST, large bodies, impossible addresses. And the page's policy."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webapp.config import XENDIT_API_URL, Settings
from webapp.notices import N_, Refusal
from webapp.web.first_visit import STYLES_SOURCE
from webapp.web.own_address import THIS_MACHINE, same_site_post
from webapp.web.phones import network_host
from webapp.web.unknown_address import host_of, unknown_address
from webapp.xendit_hosts import ASSETS, GATEWAYS, PAGES

WEBHOOK_PATHS = ("/webhooks/",)
ORDER_PAGE = re.compile(r"/orders/[^/]+")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
ANY_HOST = ("/healthz", "/readyz")  # asked for by address
HEADER_LIMIT = 32 * 1024
BODY_LIMIT = 64 * 1024
BODY_SECONDS = 20
WEBHOOK_BODY_LIMIT = 1024 * 1024

# Xendit's SDK injects one <style> whose text never changes; this is its hash (version: static/vendor/NOTICE.md).
SDK_STYLE_HASH = "'sha256-yt2cpFJnw1YhKeh5PvNFiPuSCdLxExmO6SJP3eBEmh8='"


Refuse = Callable[[Request, Refusal], Response]


def content_security_policy(settings: Settings, framed_by: str = "'none'") -> str:
    """Return the policy of the shop's pages. With real keys it names Xendit's hosts and only them; ``frame-src https:``
    because a card's bank serves the 3-D Secure page, and nobody knows all banks. A sandbox alone serves all itself."""
    real = not settings.sandbox
    others = [settings.xendit_api_url] if real and settings.xendit_api_url != XENDIT_API_URL else []
    alone = f" {settings.sandbox_url}" if settings.sandbox_url else ""
    directives = {
        "default-src": "'none'",
        "script-src": f"'self'{alone}",
        "style-src": f"'self' {STYLES_SOURCE} {SDK_STYLE_HASH}",
        "img-src": "'self' blob: data:" + (f" {ASSETS}" if real else "") + alone,
        "connect-src": "'self'" + (" " + " ".join(GATEWAYS) if real else "") + alone,
        "frame-src": "'self'" + (" https:" if real else "") + alone,
        "form-action": " ".join(
            ["'self'", *(PAGES if real else ()), *others]
        ),  # Chromium checks a form's redirects too
        "manifest-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": framed_by,
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def may_pay(settings: Settings) -> str:
    """Return who may ask the browser's own wallets, such as Google Pay: with real keys Xendit's page in a frame too."""
    return " ".join(["self", *(f'"{origin}"' for origin in PAGES if not settings.sandbox)])


class SecurityMiddleware:
    """Refuse foreign POSTs (403), large bodies (413) and impossible addresses (404)."""

    def __init__(self, app: ASGIApp, settings: Settings, refuse: Refuse) -> None:
        self.app, self.refuse = app, refuse
        self.settings, self.origin = settings, settings.app_url
        self.host = urlsplit(settings.app_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        webhook = scope["path"].startswith(WEBHOOK_PATHS)
        limit = WEBHOOK_BODY_LIMIT if webhook else BODY_LIMIT
        headers = Headers(scope=scope)
        refusal = None
        if scope["path"] not in ANY_HOST and (wrong := self._wrong_host(scope["path"], headers)):
            refusal = wrong
        elif scope["method"] not in ("GET", "HEAD", "OPTIONS") and not webhook and not self._same_site(scope):
            refusal = Refusal(N_("This form was sent from another site, so nothing was done."), 403)
        elif CONTROL.search(scope["path"]):  # of no address: routes take "/checkout\n" for "/checkout", limits don't
            refusal = Refusal(N_("There is nothing at this address."), 404)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_LIMIT:
            refusal = Refusal(N_("That was more than this shop takes in one request."), 431)
        elif not _length_within(headers, limit):
            refusal = Refusal(N_("That was more than this shop takes in one request."), 413)
        if refusal:
            await self.refuse(Request(scope, receive), refusal)(scope, receive, send)
            return
        await self.app(scope, _limited(receive, limit), send)

    def _same_site(self, scope: Scope) -> bool:
        """Return whether a POST is ours. A bank may come back to an order's page by POST: it changes nothing."""
        request = Request(scope)
        back = ORDER_PAGE.fullmatch(scope["path"]) is not None
        return back or same_site_post(request, self.origin)

    def _wrong_host(self, path: str, headers: Headers) -> Refusal | None:
        if self.settings.address_unknown:
            drawn = path.startswith("/static/") or self._own_host(host_of(headers))
            return None if drawn else unknown_address(self.settings, headers)
        if self._own_host(headers.get("host", "")):
            return None
        return Refusal(N_("This shop answers at %(address)s only."), 400, address=self.origin)

    def _own_host(self, host: str) -> bool:
        """Return whether ``Host`` is the shop's own or this machine's. PhoneMiddleware alone makes redirects of it."""
        if host == self.host:
            return True
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name in (urlsplit(self.origin).hostname, *THIS_MACHINE) or host == network_host(self.settings)


def _length_within(headers: Headers, limit: int) -> bool:
    length = headers.get("content-length")
    return length is None or (length.isascii() and length.isdigit() and len(length) < 20 and int(length) <= limit)


def _limited(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    """Return the same stream. It ends in a 413 after ``limit`` bytes, and in a 408 after BODY_SECONDS."""
    seen, more, began = 0, True, time.monotonic()

    async def receive_limited() -> Message:
        nonlocal seen, more
        try:
            async with asyncio.timeout(max(0, began + BODY_SECONDS - time.monotonic()) if more else None):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None
        more = message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return receive_limited
