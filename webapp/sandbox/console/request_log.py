"""The newest requests of the merchant's API with their answers, in memory. No key and no link is kept whole."""

import re
import shlex
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..clock import to_text
from ..control.next_calls import key_of
from .masking import LONGEST, masked, pretty, shown_key

MOST = 300
HEADERS = ("for-user-id", "idempotency-key", "with-split-rule", "api-version")


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, ready to be shown."""

    number: int
    at: str
    method: str
    path: str
    key: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str
    milliseconds: int

    @property
    def is_imitated(self) -> bool:
        """Return whether the sandbox knows this path."""
        return self.status != 501

    def as_curl(self, public_url: str) -> str:
        """Return the request as a command for a shell. The key is to be put into its environment."""
        globs = ["-g"] if re.search(r"[][{}]", self.path) else []  # else curl takes them for ranges
        words = ["curl", *globs, *(["-X", self.method] if self.method != ("POST" if self.body else "GET") else [])]
        command = f'{" ".join(words)} -u "$XENDIT_KEY:" {shlex.quote(public_url + self.path)}'
        for name, value in self.headers.items():
            command += f" \\\n  -H {shlex.quote(f'{name}: {value}')}"
        return command + (f" \\\n  -d {shlex.quote(self.body)}" if self.body else "")


class RequestLogMiddleware:
    """ASGI middleware around the API that keeps the newest exchanges."""

    def __init__(self, app: ASGIApp, clock: Callable[[], datetime]) -> None:
        self.app, self.clock = app, clock
        self.clear()

    def clear(self) -> None:
        """Forget all exchanges."""
        self.exchanges: deque[Exchange] = deque(maxlen=MOST)
        self.count = 0

    def find(self, number: int) -> Exchange | None:
        """Return the exchange of this number, while it is kept."""
        return next((exchange for exchange in self.exchanges if exchange.number == number), None)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began, at = time.monotonic(), to_text(self.clock())
        asked, answered, status = bytearray(), bytearray(), 0

        async def receive_noted() -> Message:
            message = await receive()
            asked.extend(message.get("body", b"")[: LONGEST - len(asked)])
            return message

        async def send_noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            answered.extend(message.get("body", b"")[: LONGEST - len(answered)])
            await send(message)

        try:
            await self.app(scope, receive_noted, send_noted)
        finally:
            headers, query = Headers(scope=scope), scope["query_string"].decode("latin-1")
            self.count += 1
            self.exchanges.appendleft(
                Exchange(
                    number=self.count,
                    at=at,
                    method=scope["method"],
                    path=masked(scope["path"] + (f"?{query}" if query else "")),
                    key=shown_key(key_of(scope)),
                    headers={name: masked(headers[name]) for name in HEADERS if name in headers},
                    body=pretty(bytes(asked)) if asked else "",
                    status=status,
                    answer=pretty(bytes(answered)),
                    milliseconds=round((time.monotonic() - began) * 1000),
                )
            )
