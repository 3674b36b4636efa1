"""The form of the gateway's answers: JSON, readable by the pages of those origins alone that the session names."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response

from ..codec import ApiResponse
from ..errors import SandboxError
from ..links import origin_of
from ..records import SessionRecord
from ..settings import SandboxSettings
from .responses import JSON, envelope, locale_of

PATHS = ("brand_logo_url", "logo_url", "value")


class HasSettings(Protocol):
    """An object with the sandbox's settings."""

    settings: SandboxSettings


def origins_of(record: SessionRecord) -> list[str]:
    """Return the origins whose pages may use the session's key, as its creator named them."""
    named = (record.session.get("components_configuration") or {}).get("origins") or []
    return [origin for name in named if isinstance(name, str) and (origin := origin_of(name))]


def json_endpoint(endpoint: Callable[[Any, Request], Awaitable[JSON]]) -> Callable[[Any, Request], Awaitable[Response]]:
    """Return an endpoint that answers in JSON: with the result, or with the error in the session's language."""

    @wraps(endpoint)
    async def answer(self: HasSettings, request: Request) -> Response:
        try:
            content, status = await endpoint(self, request), 200
        except SandboxError as error:
            record = _session_of(request)
            content, status = envelope(error, locale_of(record) if record else "en"), error.status
        if self.settings.standalone:
            content = _with_host(content, self.settings.public_url)
        return ApiResponse(content, status, _cross_origin(request))

    return answer


def _session_of(request: Request) -> SessionRecord | None:
    record: SessionRecord | None = getattr(request.state, "session", None)
    return record


def _cross_origin(request: Request) -> dict[str, str]:
    origin, record = request.headers.get("origin", ""), _session_of(request)
    if record is None or origin not in origins_of(record):
        return {"Vary": "Origin"}
    return {"Vary": "Origin", "Access-Control-Allow-Origin": origin}


def _with_host(value: Any, host: str) -> Any:
    """Return the answer with whole addresses in place of paths, because the page is of another origin."""
    if isinstance(value, list):
        return [_with_host(item, host) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{host}{item}"
        if name in PATHS and isinstance(item, str) and item.startswith("/sandbox/")
        else _with_host(item, host)
        for name, item in value.items()
    }
