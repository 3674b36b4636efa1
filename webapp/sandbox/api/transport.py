"""The frame of each call: its path, put in order, and the headers of its answer.

The limit of calls is told, not enforced. https://docs.xendit.co/apidocs/rate-limits
"""

import re
import uuid
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LIMIT, WINDOW = 60, timedelta(minutes=1)
MAX_COUNTERS = 1_000


class TransportMiddleware:
    """ASGI middleware around the API: `//v2/invoices/` is `/v2/invoices`, and each answer has an id and the limit."""

    def __init__(self, app: ASGIApp, clock: Callable[[], datetime]) -> None:
        self.app, self.clock = app, clock
        self.calls: dict[Any, deque[datetime]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope = {**scope, "path": re.sub("/{2,}", "/", scope["path"]).rstrip("/") or "/"}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers(scope).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _headers(self, scope: Scope) -> dict[str, str]:
        """Count a call of this key to this endpoint, and return the headers of its answer."""
        key = hash(Headers(scope=scope).get("authorization")), scope["method"], scope.get("endpoint")
        now = self.clock()
        if len(self.calls) >= MAX_COUNTERS and key not in self.calls:
            self.calls.clear()
        calls = self.calls.setdefault(key, deque(maxlen=LIMIT))
        while calls and calls[0] <= now - WINDOW:
            calls.popleft()
        calls.append(now)
        return {
            "Request-ID": str(uuid.uuid4()),
            "Rate-Limit-Limit": str(LIMIT),
            "Rate-Limit-Remaining": str(LIMIT - len(calls)),
            "Rate-Limit-Reset": f"{(calls[0] + WINDOW - now).total_seconds():.3f}",
        }
