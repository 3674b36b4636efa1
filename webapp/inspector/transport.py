"""Where the inspector listens: the transport to Xendit, the webhooks that come in, and what the shopper is answered."""

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Mapping
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response

from webapp.inspector.masking import masked
from webapp.inspector.recorder import Recorder, now_about
from webapp.inspector.secret_names import KEY, OPENS, TOKEN

REQUEST_HEADERS = ("content-type", "api-version", "idempotency-key", "for-user-id")
RATE_HEADERS = ("rate-limit-limit", "rate-limit-remaining", "rate-limit-reset")
ANSWER_HEADERS = ("content-type", "request-id", "retry-after", *RATE_HEADERS)
WEBHOOK_HEADERS = ("content-type", "webhook-id", "user-agent")
REFERENCE = re.compile(rb'"(?:reference_id|external_id)"\s*:\s*"([\w-]{1,64})"')


class RecordingTransport(httpx.AsyncBaseTransport):
    """Passes every attempt on, and tells the recorder how it went. The integrations know nothing of it."""

    def __init__(self, inner: httpx.AsyncBaseTransport, recorder: Recorder) -> None:
        self.inner, self.recorder = inner, recorder

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        attempt = request.extensions["attempt"] = request.extensions.get("attempt", 0) + 1
        started = time.perf_counter()
        try:
            response = await self.inner.handle_async_request(request)
            await response.aread()
        except (httpx.HTTPError, asyncio.CancelledError) as failure:
            self._record(request, attempt, started, failure=failure)
            raise
        self._record(request, attempt, started, response=response)
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()

    def _record(
        self,
        request: httpx.Request,
        attempt: int,
        started: float,
        *,
        response: httpx.Response | None = None,
        failure: BaseException | None = None,
    ) -> None:
        milliseconds = round((time.perf_counter() - started) * 1000, 1)

        def tell() -> tuple[dict[str, Any], str]:
            said = {
                "url": str(request.url),
                "request_headers": _some(request.headers, REQUEST_HEADERS),
                "request": _json(request.content),
                "answer_headers": _some(response.headers, ANSWER_HEADERS) if response is not None else {},
                "answer": _json(response.content) if response is not None else None,
            }
            document: dict[str, Any] = self.recorder.mask.value(said)
            document["request_headers"] |= _authorized(request)
            document |= {"method": request.method, "attempt": attempt, "ms": milliseconds}
            document |= {"status": response.status_code if response is not None else 0}
            document |= {"failure": type(failure).__name__ if failure else None}
            if request.method != "GET" or response is None or not response.is_success:
                return document, ""
            answer = json.dumps(document["answer"], sort_keys=True, default=str)
            same = f"{document['url']} {response.status_code} {answer}"
            return document, hashlib.sha256(same.encode()).hexdigest()

        reference_id = now_about() or _reference(request.content) or _reference(response.content if response else b"")
        self.recorder.record(reference_id, "call", tell, took_ms=milliseconds)


def record_webhook(recorder: Recorder, request: Request, body: bytes, response: Response, took_ms: float) -> None:
    """A webhook and our verdict. Of one that was refused for its token nothing is kept but that it came."""
    refused = response.status_code in (401, 503)
    reference_id = now_about()
    if refused:
        found = REFERENCE.search(body[:65536])
        reference_id = found[1].decode() if found else ""

    def tell() -> tuple[dict[str, Any], str]:
        sent = None if refused else _json(body)
        verdict = _json(bytes(response.body))
        said = {
            "event": _event(sent),
            "headers": {} if refused else _some(request.headers, WEBHOOK_HEADERS),
            "body": sent,
            "verdict": str(verdict.get("message", "")) if isinstance(verdict, Mapping) else "",
        }
        token = {"x-callback-token": masked(TOKEN)} if request.headers.get("x-callback-token") else {}
        document = recorder.mask.value(said) | {"status": response.status_code, "ms": round(took_ms, 1)}
        document["headers"] = token | document["headers"]
        return document, f"refused {response.status_code}" if refused else ""

    recorder.record(reference_id, "webhook", tell, took_ms=took_ms)


def record_answer(recorder: Recorder, request: Request, response: Response) -> None:
    """What the browser got: a fragment, a page or a redirect. Never its content, which may hold a key."""

    def tell() -> tuple[dict[str, Any], str]:
        headers = {}
        for name in ("hx-redirect", "location"):
            if target := response.headers.get(name):
                headers[name] = recorder.mask.text(target) if target.startswith("/") else masked(OPENS)
        document = {
            "method": request.method,
            "path": recorder.mask.text(request.url.path),
            "htmx": request.headers.get("hx-request") == "true",
            "status": response.status_code,
            "template": getattr(response, "template", None),
            "headers": headers | _some(response.headers, ("cache-control",)),
        }
        return document, ""

    recorder.record(now_about(), "answer", tell)


def _authorized(request: httpx.Request) -> dict[str, str]:
    return {"authorization": f"Basic {masked(KEY)}"} if "authorization" in request.headers else {}


def _some(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    return {name: headers[name][:200] for name in names if name in headers}


def _json(content: bytes) -> Any:
    """What was said. Of what is not JSON, only how much it was: a secret in it could not be told from the rest."""
    if not content:
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return f"‹{len(content)} bytes that are not JSON›"


def _reference(content: bytes) -> str:
    document = _json(content)
    if isinstance(document, list) and document:
        document = document[0]
    if not isinstance(document, Mapping):
        return ""
    return next((str(document[key]) for key in ("reference_id", "external_id") if document.get(key)), "")


def _event(body: Any) -> str:
    if not isinstance(body, Mapping):
        return ""
    return str(body.get("event") or f"invoice.{str(body.get('status', '')).lower()}")[:100]
