"""The SDK's requests: a form with one field, which holds JSON."""

from typing import Any

from starlette.requests import Request

from ..codec import read
from ..errors import validation_error

JSON = dict[str, Any]


async def payload_of(request: Request) -> JSON:
    """Return the JSON object in the form's one field."""
    form = await request.form(max_files=0, max_fields=5)
    try:
        payload = read(str(form.get("payload", "")))
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise validation_error("must be a form whose field payload holds a JSON object", "/body/payload")
    return payload


def inside(body: Any, *path: str) -> Any:
    """Return body["a"]["b"] for `inside(body, "a", "b")`, or None if a part is missing."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body
