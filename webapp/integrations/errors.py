"""What went wrong at Xendit, as Xendit said it."""

import httpx


class XenditError(Exception):
    """An answer that is not the object we asked for, or no answer at all.

    ``status`` is the HTTP status (0: no answer came), ``error_code`` and ``message`` are Xendit's
    (https://docs.xendit.co/apidocs/errors), ``errors`` its list of details. Never holds a key or a payment URL.
    """

    def __init__(self, status: int, error_code: str, message: str, errors: list[object] | None = None) -> None:
        super().__init__(f"{status} {error_code}")
        self.status, self.error_code, self.message, self.errors = status, error_code, message, errors or []

    @classmethod
    def from_response(cls, response: httpx.Response) -> "XenditError":
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
            return cls(response.status_code, "UNEXPECTED_ANSWER", "Xendit's answer could not be read.")

    @classmethod
    def from_failure(cls, failure: httpx.HTTPError) -> "XenditError":
        """No whole answer came: ``TIMEOUT`` or ``CONNECTION_FAILED``."""
        code = "TIMEOUT" if isinstance(failure, httpx.TimeoutException) else "CONNECTION_FAILED"
        return cls(0, code, "Xendit did not answer.")


def read_answer(response: httpx.Response, *required: str) -> dict[str, object]:
    """Xendit's object, if the answer is 2xx and a JSON object with the ``required`` keys. Raises XenditError if not."""
    if not response.is_success:
        raise XenditError.from_response(response)
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict) or not all(isinstance(body.get(key), str) for key in required):
        raise XenditError(response.status_code, "UNEXPECTED_ANSWER", "Xendit's answer could not be read.")
    return body
