"""Faults on purpose, for one caller at a time: calls that fail, webhooks that come late or twice.

A caller is the name that a client sends in the header `x-sandbox-caller`. Xendit has no such header, and without it
no fault happens. The shop sends its visitor's id, so one presenter's outage affects no other visitor.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .clock import to_text
from .codec import ApiResponse
from .document_table import CALLER
from .store import Store

HEADER = "x-sandbox-caller"
SILENCE_SECONDS = 120
FAILURES: Mapping[str, tuple[int, str, str]] = {
    "400": (400, "API_VALIDATION_ERROR", "request/body must be as this presenter wants it: a fault on purpose"),
    "401": (401, "INVALID_API_KEY", "API key is not authorized for this API"),
    "429": (429, "RATE_LIMIT_EXCEEDED", "Too many requests. Please try again later."),
    "500": (500, "SERVER_ERROR", "Something unexpected happened. We are investigating this issue."),
    "down": (503, "SERVICE_UNAVAILABLE", "The service is temporarily unavailable. Please try again later."),
}


@dataclass(frozen=True)
class CallerFaults:
    """The faults of one caller.

    `fail`: the answer to the next call that would create something, a key of FAILURES or `timeout` for no answer.
    `down` fails all calls until it is removed. `delay`: seconds that webhooks are late. `duplicate`: they come twice.
    """

    fail: str = ""
    delay: int = 0
    duplicate: bool = False


def failure_answer(failure: str) -> ApiResponse:
    """Return the answer of a failure, which is a key of FAILURES. After too many calls none is left."""
    status, code, message = FAILURES.get(failure, FAILURES["500"])
    headers = {"Rate-Limit-Remaining": "0"} if status == 429 else None
    return ApiResponse({"error_code": code, "message": message}, status, headers)


async def get_caller_faults(store: Store, caller: str) -> CallerFaults:
    """Return the faults of one caller; none by default."""
    async with store.database.read() as connection:
        row = await store.queries.get_caller_faults(connection, caller=caller)
    return CallerFaults(row["fail"], row["delay"], bool(row["duplicate"])) if row else CallerFaults()


async def set_caller_faults(store: Store, caller: str, changes: Mapping[str, Any]) -> CallerFaults:
    """Change the faults of one caller. Raise ValueError for an unknown fault or a delay out of range."""
    wanted = replace(await get_caller_faults(store, caller), **changes)
    if wanted.fail not in ("", "timeout", *FAILURES) or not 0 <= wanted.delay <= 60:
        raise ValueError("no such fault")
    row = asdict(wanted) | {"duplicate": int(wanted.duplicate), "caller": caller, "set_at": to_text(store.clock())}
    async with store.database.write() as connection:
        if wanted == CallerFaults():
            await store.queries.clear_caller_faults(connection, caller=caller)
        else:
            await store.queries.set_caller_faults(connection, **row)
    return wanted


class FaultMiddleware:
    """ASGI middleware around the API: it answers the calls that must fail."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app, self.store = app, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = Headers(scope=scope).get(HEADER, "")[:64] if scope["type"] == "http" else ""
        CALLER.set(caller)
        failure = await self._failure(caller, scope["method"]) if caller else ""
        if failure == "timeout":
            await asyncio.sleep(SILENCE_SECONDS)  # the client gives up long before
        if failure:
            await failure_answer(failure)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _failure(self, caller: str, method: str) -> str:
        """Return the failure of this call, or an empty text.

        Each failure but `down` happens once, even among parallel calls.
        """
        armed = (await get_caller_faults(self.store, caller)).fail
        if armed in ("", "down") or method != "POST":
            return armed if armed == "down" else ""
        async with self.store.database.write() as connection:
            took = await self.store.queries.clear_failure(connection, caller=caller, fail=armed)
        return armed if took else ""
