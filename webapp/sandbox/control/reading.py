"""The form of the control: JSON in and out, every field optional, and a sentence for what cannot be."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

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
