"""Read Xendit's answers, and raise its errors. Copy this beside each other file."""

from __future__ import annotations

from typing import TypeVar

import httpx

Answer = TypeVar("Answer")


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
            body = response.json()
            errors = body.get("errors")
            return cls(
                response.status_code,
                str(body["error_code"])[:100],
                str(body.get("message", ""))[:1000],
                errors if isinstance(errors, list) else [],
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return cls.unexpected(response.status_code)

    @classmethod
    def from_failure(cls, failure: httpx.HTTPError) -> XenditError:
        """Return ``TIMEOUT`` or ``CONNECTION_FAILED``: no whole answer came."""
        code = "TIMEOUT" if isinstance(failure, httpx.TimeoutException) else "CONNECTION_FAILED"
        return cls(0, code, "Xendit did not answer.")

    @classmethod
    def unexpected(cls, status: int) -> XenditError:
        """Return ``UNEXPECTED_ANSWER``: an answer came that can't be what was asked for."""
        return cls(status, "UNEXPECTED_ANSWER", "Xendit's answer could not be read.")


def read_answer(response: httpx.Response, answer: type[Answer]) -> Answer:
    """Return Xendit's object: a 2xx answer in JSON, in which every key of the TypedDict ``answer`` is a text.

    Raises XenditError for anything else.
    """
    if not response.is_success:
        raise XenditError.from_response(response)
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in answer.__annotations__):
        raise XenditError.unexpected(response.status_code)
    return body  # type: ignore[return-value]  # just checked
