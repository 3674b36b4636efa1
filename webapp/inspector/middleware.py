"""Record the answers of routes to browsers and webhooks."""

import re
import time
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webapp.inspector.masking import masked
from webapp.inspector.recorder import Recorder
from webapp.inspector.secret_names import OPENS, TOKEN
from webapp.inspector.transport import MAX_BODY, read_json, some
from webapp.order_context import current_reference_id, forget_order

WEBHOOK_HEADERS = ("content-type", "webhook-id", "user-agent")
REFERENCE = re.compile(rb'"(?:reference_id|external_id)"\s*:\s*"([\w-]{1,64})"')


class RecordingMiddleware:
    """A middleware that records the answers of one route. ``kind`` is ``answer`` or ``webhook``."""

    def __init__(self, app: ASGIApp, kind: str) -> None:
        self.app, self.kind = app, kind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started, recorder = time.perf_counter(), scope["app"].state.shop.recorder
        start: Message = {}
        answer = bytearray()

        async def send_and_keep(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif self.kind == "webhook":
                answer.extend(message.get("body", b""))
            await send(message)

        body = b""
        if self.kind == "webhook":
            body, receive = await _read_ahead(receive)
        with forget_order():
            await self.app(scope, receive, send_and_keep)
            if self.kind == "answer":
                _record_answer(recorder, scope, start["status"], Headers(raw=start["headers"]))
            else:
                _record_webhook(recorder, Headers(scope=scope), body, start["status"], bytes(answer), started)


def _record_answer(recorder: Recorder, scope: Scope, status: int, headers: Headers) -> None:
    """Record status, template and headers, but not the content, which may hold a key."""

    text = recorder.mask.text
    moved = {name: headers[name] for name in ("hx-redirect", "location") if name in headers}
    moved = {name: text(url) if url.startswith("/") else masked(OPENS) for name, url in moved.items()}
    document = {
        "method": scope["method"],
        "path": text(scope["path"]),
        "htmx": Headers(scope=scope).get("hx-request") == "true",
        "status": status,
        "template": headers.get("x-template"),
        "headers": moved | some(headers, ("cache-control",)),
    }
    recorder.record(current_reference_id(), "answer", document)


def _record_webhook(
    recorder: Recorder, headers: Headers, body: bytes, status: int, answer: bytes, started: float
) -> None:
    """Record a webhook and its verdict. Its content is left out if the token was refused."""
    took_ms = round((time.perf_counter() - started) * 1000, 1)
    refused = status in (401, 503)
    reference_id = current_reference_id()
    if refused:
        found = REFERENCE.search(body)
        reference_id = found[1].decode() if found else ""

    sent, verdict = None if refused else read_json(body), read_json(answer)
    said = {
        "event": _event(sent),
        "headers": {} if refused else some(headers, WEBHOOK_HEADERS),
        "body": sent,
        "verdict": str(verdict.get("message", "")) if isinstance(verdict, Mapping) else "",
    }
    token = {"x-callback-token": masked(TOKEN)} if headers.get("x-callback-token") else {}
    document = recorder.mask.value(said) | {"status": status, "ms": took_ms}
    document["headers"] = token | document["headers"]
    same = f"refused {status}" if refused else ""
    recorder.record(reference_id, "webhook", document, same, started=started)


async def _read_ahead(receive: Receive) -> tuple[bytes, Receive]:
    """Read a body until it exceeds MAX_BODY. Return it with a ``receive`` that replays the messages."""
    messages = [await receive()]
    body = bytearray(messages[0].get("body", b""))
    while messages[-1].get("more_body") and len(body) <= MAX_BODY:
        messages.append(await receive())
        body.extend(messages[-1].get("body", b""))

    async def again() -> Message:
        return messages.pop(0) if messages else await receive()

    return bytes(body), again


def _event(body: Any) -> str:
    if not isinstance(body, Mapping):
        return ""
    return str(body.get("event") or f"invoice.{str(body.get('status', '')).lower()}")[:100]
