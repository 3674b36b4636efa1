"""The visitor's session, in one signed cookie for each of its keys. An answer writes only the keys that it changed.

With one cookie for all of it, the last of several answers would undo what the others wrote: a slow checkout, the
product that was added meanwhile in another tab.
"""

import time
from contextlib import suppress
from functools import lru_cache
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_AGE = 30 * 24 * 3600  # seconds since the key was last changed
KEYS = (
    *("visitor", "cart", "currency", "flow", "integration", "language", "options"),
    *("present", "scene", "played", "ordered", "after", "pass", "saves", "brand", "room", "stage"),
    *("list", "done", "began", "opened"),
)


class VisitorCookiesMiddleware:
    """Put the session into ``scope["session"]``, and write what changed in it. Static files need none."""

    def __init__(self, app: ASGIApp, secret: str, prefix: str, https_only: bool) -> None:
        self.app = app
        self.cookies = {key: f"{prefix}-{key}" for key in KEYS}
        self.signers = {key: URLSafeTimedSerializer(secret, salt=key) for key in KEYS}
        self._verified = lru_cache(maxsize=4096)(self._verify)
        self.flags = "Path=/; HttpOnly; SameSite=lax" + ("; Secure" if https_only else "")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            await self.app(scope, receive, send)
            return
        before = self._read(HTTPConnection(scope).cookies)
        scope["session"] = dict(before)

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for key in KEYS:
                    if scope["session"].get(key) != before.get(key):
                        headers.append("Set-Cookie", self._cookie(key, scope["session"].get(key)))
            await send(message)

        await self.app(scope, receive, send_with_cookies)

    def _read(self, cookies: dict[str, str]) -> dict[str, Any]:
        """Return what is signed by this shop and young enough; leave out the rest."""
        session, oldest = {}, time.time() - MAX_AGE
        for key, name in self.cookies.items():
            if name in cookies:
                with suppress(BadData):
                    value, signed_at = self._verified(key, cookies[name])
                    if signed_at >= oldest:
                        session[key] = value
        return session

    def _verify(self, key: str, cookie: str) -> tuple[Any, float]:
        """Return a cookie's value and the time of its signature. Raises BadData.

        Remembering the answers saves a quarter of the time of ``GET /`` (tests/benchmarks/bench_server.py).
        """
        value, signed_at = self.signers[key].loads(cookie, return_timestamp=True)
        return value, signed_at.timestamp()

    def _cookie(self, key: str, value: Any) -> str:
        if value is None:
            return f"{self.cookies[key]}=; Max-Age=0; {self.flags}"
        return f"{self.cookies[key]}={self.signers[key].dumps(value)}; Max-Age={MAX_AGE}; {self.flags}"
