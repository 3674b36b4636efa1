"""The form of the control: JSON in and out, every field optional, and a sentence for what cannot be."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from ..api.reading import body_of
from ..codec import ApiResponse
from ..errors import SandboxError

JSON = dict[str, Any]
Endpoint = Callable[[Any, Request], Awaitable[Any]]


def json_endpoint(endpoint: Endpoint) -> Callable[[Any, Request], Awaitable[Response]]:
    """Return an endpoint that answers in JSON, with a sentence for what cannot be."""

    @wraps(endpoint)
    async def answer(self: Any, request: Request) -> Response:
        try:
            return ApiResponse(await endpoint(self, request))
        except SandboxError as error:
            return ApiResponse(error.body(), error.status)
        except (ValueError, TypeError, OverflowError) as error:
            return ApiResponse({"error_code": "INVALID_CONTROL", "message": str(error)}, 400)

    return answer


async def options_of(request: Request, *known: str) -> JSON:
    """Return the JSON object in the body, or an empty one. Raise ValueError for a field that is not known."""
    body = await body_of(request) if await request.body() else {}
    if unknown := sorted(set(body) - set(known)):
        raise ValueError(f"there is no field {unknown[0]}; there are {', '.join(known) or 'none'}")
    return body


def text_of(body: JSON, name: str) -> str:
    """Return a text of the body, or an empty one."""
    value = body.get(name) or ""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    return value


async def no_call(request: Request, error: Exception) -> Response:
    """Answer a call that there is not, and a body that is too large."""
    assert isinstance(error, HTTPException)  # noqa: S101 - Starlette's handler type is wider than the errors it gets
    if error.status_code == 413:
        return ApiResponse({"error_code": "REQUEST_TOO_LARGE", "message": error.detail}, 413)
    message = f"There is no {request.method} {request.url.path[:200]}"
    return ApiResponse(
        {"error_code": "DATA_NOT_FOUND", "message": message}, error.status_code, dict(error.headers or {})
    )
