"""Unhappy paths on purpose, for one caller at a time: calls that fail, webhooks that come late or twice.

A caller is whatever a client calls itself in the header `x-sandbox-caller`; Xendit has no such header, and without it
nothing here happens. The shop names its visitor there, so that one presenter's outage is nobody else's.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .codec import ApiResponse
from .document_table import CALLER
from .store import Store

HEADER = "x-sandbox-caller"
NEVER_SECONDS = 120
FAILURES: Mapping[str, tuple[int, str, str]] = {
    "400": (400, "API_VALIDATION_ERROR", "request/body must be as this presenter wants it: a failure on purpose"),
    "401": (401, "INVALID_API_KEY", "API key is not authorized for this API"),
    "500": (500, "SERVER_ERROR", "Something unexpected happened. We are investigating this issue."),
    "down": (503, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable. Please try again later."),
}


@dataclass(frozen=True)
class CallerFaults:
    """`fail`: what the next call that would create something answers: a key of FAILURES, or `timeout` for silence;
    `down` fails every call until it is switched off. `delay`: seconds that webhooks are late. `duplicate`: they come
    twice."""

    fail: str = ""
    delay: int = 0
    duplicate: bool = False


async def get_caller_faults(store: Store, caller: str) -> CallerFaults:
    async with store.database.read() as connection:
        row = await store.queries.get_caller_faults(connection, caller=caller)
    return CallerFaults(row["fail"], row["delay"], bool(row["duplicate"])) if row else CallerFaults()


async def set_caller_faults(store: Store, caller: str, changes: Mapping[str, Any]) -> CallerFaults:
    """ValueError for what cannot be."""
    wanted = replace(await get_caller_faults(store, caller), **changes)
    if wanted.fail not in ("", "timeout", *FAILURES) or not 0 <= wanted.delay <= 60:
        raise ValueError("no such fault")
    row = asdict(wanted) | {"duplicate": int(wanted.duplicate), "caller": caller}
    async with store.database.write() as connection:
        await store.queries.set_caller_faults(connection, **row)
    return wanted


class FaultMiddleware:
    """The API, but for the calls that were told to fail. ASGI middleware."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app, self.store = app, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = Headers(scope=scope).get(HEADER, "")[:64] if scope["type"] == "http" else ""
        CALLER.set(caller)
        failure = await self._failure(caller, scope["method"]) if caller else ""
        if failure == "timeout":
            await asyncio.sleep(NEVER_SECONDS)  # the client gives up long before
        if failure:
            status, code, message = FAILURES.get(failure, FAILURES["500"])
            await ApiResponse({"error_code": code, "message": message}, status)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _failure(self, caller: str, method: str) -> str:
        """Return how this call fails; each failure but `down` is taken by one call only."""
        armed = (await get_caller_faults(self.store, caller)).fail
        if armed in ("", "down") or method != "POST":
            return armed if armed == "down" else ""
        async with self.store.database.write() as connection:
            took = await self.store.queries.clear_failure(connection, caller=caller, fail=armed)
        return armed if took else ""
