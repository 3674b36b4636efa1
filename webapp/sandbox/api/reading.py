"""The start of every call: the API key (401) and the JSON body (400)."""

import base64
import re
from typing import Any

from starlette.requests import Request

from .. import keys
from ..codec import read
from ..errors import SandboxError, validation_error

SECRET_KEY = re.compile(r"xnd_development_[\w+/=-]+")


def business_of(request: Request) -> str:
    """Return the business of the secret key, which is the user name of HTTP Basic. Any test-mode key is right."""
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:  # not base64, not UTF-8, or not even ASCII
        user, password = "", ""
    if scheme.lower() != "basic" or password or not SECRET_KEY.fullmatch(user):
        raise SandboxError(401, "INVALID_API_KEY", "API key is not authorized for this API")
    if "\0" in request.scope["path"] or any("\0" in text for text in request.query_params.values()):
        raise validation_error("must not hold a NUL", "/path")  # Postgres stores no text with it
    return keys.business_id(user)


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object in the body."""
    try:
        body = read(await request.body())
    except ValueError:
        raise SandboxError(400, "INVALID_JSON_FORMAT", "Request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise validation_error("must be object", "/body")
    return body
