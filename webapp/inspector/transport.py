"""Record every call to Xendit in the HTTP transport."""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx

from webapp.inspector.masking import masked
from webapp.inspector.recorder import Recorder
from webapp.inspector.secret_names import KEY
from webapp.integrations.errors import parse_json
from webapp.order_context import current_reference_id

REQUEST_HEADERS = ("content-type", "api-version", "idempotency-key", "for-user-id")
RATE_HEADERS = ("rate-limit-limit", "rate-limit-remaining", "rate-limit-reset")
MAX_BODY = 64 * 1024  # bytes that are parsed and masked; a longer body is not recorded
ANSWER_HEADERS = ("content-type", "request-id", "retry-after", *RATE_HEADERS)


class RecordingTransport(httpx.AsyncBaseTransport):
    """A transport that records every attempt with its answer or failure."""

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

        said = {
            "url": str(request.url),
            "request_headers": some(request.headers, REQUEST_HEADERS),
            "request": read_json(request.content),
            "answer_headers": some(response.headers, ANSWER_HEADERS) if response is not None else {},
            "answer": _answer(response) if response is not None else None,
        }
        document: dict[str, Any] = self.recorder.mask.value(said)
        if "authorization" in request.headers:
            document["request_headers"]["authorization"] = f"Basic {masked(KEY)}"
        document |= {"method": request.method, "attempt": attempt, "ms": milliseconds}
        document |= {"status": response.status_code if response is not None else 0}
        document |= {"failure": type(failure).__name__ if failure else None}
        same = ""
        if request.method == "GET" and response is not None and response.is_success:
            answer = json.dumps(document["answer"], sort_keys=True, default=str)
            same = hashlib.sha256(f"{document['url']} {response.status_code} {answer}".encode()).hexdigest()
        self.recorder.record(current_reference_id(), "call", document, same, started=started)


def some(headers: Mapping[str, str], names: tuple[str, ...]) -> dict[str, str]:
    """Return the headers with these names, cut to 200 characters."""
    return {name: value[:200] for name, value in headers.items() if name in names}


def read_json(content: bytes) -> Any:
    """Return parsed JSON. For other or long content return only its length, because secrets in it can't be found."""
    if len(content) > MAX_BODY:
        return f"‹more than {MAX_BODY:,} bytes: not kept›"
    try:
        return parse_json(content) if content else None
    except ValueError:
        return f"‹{len(content)} bytes that are not JSON›"


def _answer(response: httpx.Response) -> Any:
    refused = response.extensions.get("refused")
    return f"‹not read: {refused}›" if refused else read_json(response.content)
