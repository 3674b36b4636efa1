"""The gateway's manners: how a request's body is read, and what an error looks like to the SDK."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..codec import ApiResponse, loads
from ..errors import SandboxError, validation_error
from .texts import text

JSON = dict[str, Any]
Endpoint = Callable[[Any, Request], Awaitable[JSON]]


def envelope(error: SandboxError, locale: str) -> JSON:
    """Xendit's error body; the SDK shows `error_content` to the shopper and hands the rest to the page."""
    kind = {"INVALID_SESSION_STATUS": "closed", "CARD_NOT_ACCEPTED": "refused"}.get(error.error_code, "failed")
    content = {"title": text(f"{kind}_title", locale), "message_1": text(f"{kind}_1", locale)}
    if kind != "closed":
        content["message_2"] = text("refused_2", locale) if kind == "refused" else error.message
    return error.body() | {"error_content": content}


def answering(endpoint: Endpoint) -> Callable[[Any, Request], Awaitable[Response]]:
    """Answers with what the endpoint returns, or with the error envelope in the session's language."""

    @wraps(endpoint)
    async def answer(self: Any, request: Request) -> Response:
        try:
            return ApiResponse(await endpoint(self, request))
        except SandboxError as error:
            return ApiResponse(envelope(error, getattr(request.state, "locale", "en")), error.status)

    return answer


async def payload_of(request: Request) -> JSON:
    """The JSON object in the form's one field."""
    form = await request.form(max_files=0, max_fields=5)
    try:
        payload = loads(str(form.get("payload", "")))
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise validation_error("must be a form whose field payload holds a JSON object", "/body/payload")
    return payload


def inside(body: Any, *path: str) -> Any:
    """`inside(body, "a", "b")` is body["a"]["b"], or None where there is no such thing."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body
