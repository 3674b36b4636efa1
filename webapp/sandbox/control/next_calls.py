"""Faults of the next calls of the API: an error, no answer at all, or a late one. They are kept in memory."""

import asyncio
import base64
import contextlib
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ..caller_faults import FAILURES, SILENCE_SECONDS, failure_answer

LONGEST_DELAY = 120


@dataclass(frozen=True)
class NextCalls:
    """The fault of some calls.

    `fail`: a key of FAILURES, `timeout`, or nothing. `delay`: seconds before the answer. `times`: how many calls, None
    for all. `method`, `path` (its beginning) and `key` choose the calls.
    """

    fail: str = ""
    delay: float = 0
    times: int | None = 1
    method: str = ""
    path: str = ""
    key: str = ""

    def meets(self, method: str, path: str, key: str) -> bool:
        """Return whether a call is one of those meant."""
        return self.method in ("", method) and path.startswith(self.path) and self.key in ("", key)


def read_fault(body: dict[str, Any]) -> NextCalls:
    """Return the fault that a request describes. Raise ValueError with a sentence for what it cannot be."""
    if unknown := sorted(set(body) - set(NextCalls.__dataclass_fields__)):
        raise ValueError(f"there is no field {unknown[0]}; there are {', '.join(NextCalls.__dataclass_fields__)}")
    for name in ("fail", "method", "path", "key"):
        if not isinstance(body.get(name, ""), str):
            raise ValueError(f"{name} must be text")
    fault = NextCalls(**body)
    fault = replace(fault, method=fault.method.upper())
    if fault.fail not in ("", "timeout", *FAILURES):
        raise ValueError(f"fail must be one of {', '.join(FAILURES)}, timeout")
    if type(fault.delay) not in (int, float, Decimal) or not 0 <= fault.delay <= LONGEST_DELAY:
        raise ValueError(f"delay must be seconds, {LONGEST_DELAY} at most")
    if fault.times is not None and (type(fault.times) is not int or fault.times < 1):
        raise ValueError("times must be 1 or more, or null for all calls")
    return fault


class NextCallsMiddleware:
    """ASGI middleware around the API. The first fault in the list that meets a call is applied."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.faults: list[NextCalls] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        fault = self._take(scope["method"], scope["path"], key_of(scope)) if scope["type"] == "http" else None
        if fault:
            await asyncio.sleep(float(fault.delay))
        if fault and fault.fail == "timeout":
            await silence(receive)
        if fault and fault.fail:
            await failure_answer(fault.fail)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _take(self, method: str, path: str, key: str) -> NextCalls | None:
        for place, fault in enumerate(self.faults):
            if fault.meets(method, path, key):
                if fault.times == 1:
                    del self.faults[place]
                elif fault.times:
                    self.faults[place] = replace(fault, times=fault.times - 1)
                return fault
        return None


async def silence(receive: Receive) -> None:
    """Wait until the client gives up, or for two minutes."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SILENCE_SECONDS):
            while (await receive())["type"] != "http.disconnect":
                pass


def key_of(scope: Scope) -> str:
    """Return the API key of a request, or an empty text."""
    _, _, credentials = Headers(scope=scope).get("authorization", "").partition(" ")
    try:
        return base64.b64decode(credentials).decode().partition(":")[0]
    except ValueError:
        return ""
