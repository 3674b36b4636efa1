"""Read Xendit's answers, and raise its errors. Copy this beside each other file."""

from __future__ import annotations

import json
import re
from typing import TypeVar

import httpx

Answer = TypeVar("Answer")
MAX_TEXT = 2_000  # of an id, a key, a URL
MAX_VALUES = 50_000
ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
MAX_DEPTH = 50  # lists and objects within each other


class XenditError(Exception):
    """An answer that is not the object we asked for, or no answer at all.

    ``status`` is the HTTP status (0: no answer came). ``error_code``, ``message`` and ``errors`` are Xendit's
    (https://docs.xendit.co/apidocs/errors). It never holds a key or a payment URL.
    """

    def __init__(self, status: int, error_code: str, message: str, errors: list[object] | None = None) -> None:
        super().__init__(f"{status} {error_code}")
        self.status, self.error_code, self.message, self.errors = status, error_code, message, errors or []

    @classmethod
    def from_response(cls, response: httpx.Response) -> XenditError:
        """Read the error envelope ``{error_code, message, errors?}``; anything else becomes ``UNEXPECTED_ANSWER``."""
        try:
            body = parse_json(response.content)
        except ValueError:
            body = None
        if not isinstance(body, dict) or not isinstance(body.get("error_code"), str):
            return cls.unexpected(response.status_code)
        code, message, errors = body["error_code"][:100], str(body.get("message", ""))[:1000], body.get("errors")
        return cls(response.status_code, code, message, errors if isinstance(errors, list) else [])

    @classmethod
    def from_failure(cls, failure: httpx.HTTPError) -> XenditError:
        """Return ``TIMEOUT`` or ``CONNECTION_FAILED``: no whole answer came."""
        code = "TIMEOUT" if isinstance(failure, httpx.TimeoutException) else "CONNECTION_FAILED"
        return cls(0, code, "Xendit did not answer.")

    @classmethod
    def unexpected(cls, status: int) -> XenditError:
        """Return ``UNEXPECTED_ANSWER``: an answer came that can't be what was asked for."""
        return cls(status, "UNEXPECTED_ANSWER", "Xendit's answer could not be read.")


async def call_xendit(
    client: httpx.AsyncClient,
    method: str,
    url: str,
    api_key: str,
    answer: type[Answer],
    *,
    payload: dict[str, object] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Call Xendit, signed in with the secret API key, and return its object. Raises XenditError."""
    try:
        response = await client.request(method, url, json=payload, headers=headers, auth=(api_key, ""))
    except httpx.HTTPError as failure:
        raise XenditError.from_failure(failure) from None
    return read_answer(response, answer)


def read_answer(response: httpx.Response, answer: type[Answer]) -> Answer:
    """Return Xendit's object: a 2xx answer in JSON, in which every key of the TypedDict ``answer`` is a short text.

    Ids become parts of addresses: only letters, digits, ``-`` and ``_``. Raises XenditError for anything else.
    """
    if not response.is_success:
        raise XenditError.from_response(response)
    try:
        body = parse_json(response.content)
    except ValueError:
        body = None
    if not isinstance(body, dict) or not all(_is_plain(key, body.get(key)) for key in answer.__annotations__):
        raise XenditError.unexpected(response.status_code)
    return body  # type: ignore[return-value]  # just checked


def is_id(value: object) -> bool:
    """Return whether this can be one of Xendit's ids."""
    return isinstance(value, str) and ID.fullmatch(value) is not None


def _is_plain(name: str, value: object) -> bool:
    return is_id(value) if name.split("_")[-1] == "id" else isinstance(value, str) and len(value) <= MAX_TEXT


def parse_json(content: bytes) -> object:
    """Return what the JSON says. Raises ValueError where it is none, or says what no shop could store or compute.

    That is text with a NUL or half a surrogate pair, NaN and Infinity (``1e400`` is one), and absurd nesting.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > MAX_VALUES:
        raise ValueError("too many values")
    try:
        body = json.loads(content)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    _check_depth(body, MAX_DEPTH)
    text = json.dumps(body, ensure_ascii=False, allow_nan=False)  # ValueError: a number without end
    text.encode()  # ValueError: half a surrogate pair
    if "\\u0000" in text.replace("\\\\", ""):  # as JSON writes it
        raise ValueError("text with a NUL")
    return body


def _check_depth(value: object, depth: int) -> None:
    if depth < 0:
        raise ValueError("nested too deeply")
    if isinstance(value, (dict, list)):
        for child in value.values() if isinstance(value, dict) else value:
            _check_depth(child, depth - 1)
