"""Reading of what the SDK sends: a form with one field, which holds JSON."""

from typing import Any

from starlette.requests import Request

from ..codec import loads
from ..errors import validation_error

JSON = dict[str, Any]


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
