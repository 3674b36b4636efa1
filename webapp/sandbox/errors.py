"""The errors of the imitation, in Xendit's envelope `{error_code, message, errors?}`."""

import re
from typing import Any

MAX_ATTEMPTS = 20


class SandboxError(Exception):
    """An error that the caller may read. `errors` holds objects `{message, path}`, as POST /sessions documents."""

    def __init__(
        self,
        status: int,
        error_code: str,
        message: str,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(f"{error_code}: {message}")
        self.status = status
        self.error_code = error_code
        self.message = message
        self.errors = errors

    def body(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {"error_code": self.error_code, "message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def validation_error(message: str, path: str) -> SandboxError:
    """Return an `API_VALIDATION_ERROR` about one place in the request, for example `/body/session_type`.

    A property that must or must not be there is a fault of the object around it.
    """
    place = path.rpartition("/")[0] if re.match("must (NOT )?have .*propert", message) else path
    text = f"request{place or path} {message}"
    return SandboxError(400, "API_VALIDATION_ERROR", text, [{"message": message, "path": path}])


def bad_request(error_code: str, message: str) -> SandboxError:
    """Return a 400 with its own error code."""
    return SandboxError(400, error_code, message)


def not_found(message: str = "Session not found") -> SandboxError:
    """Return the error about an unknown session."""
    return SandboxError(404, "NOT_FOUND", message)


def no_data(message: str = "There is no object of this id") -> SandboxError:
    """Return the error about an unknown payment method, payment or plan."""
    return SandboxError(404, "DATA_NOT_FOUND", message)


def key_used() -> SandboxError:
    """Return the error about an idempotency key that came with another request."""
    return SandboxError(409, "IDEMPOTENCY_ERROR", "This idempotency key was used with another request")


def too_many_attempts() -> SandboxError:
    """Return the error about a session or an invoice with MAX_ATTEMPTS: a record has an end."""
    return SandboxError(429, "TOO_MANY_ATTEMPTS", f"A payment takes at most {MAX_ATTEMPTS} attempts")


def invalid_status(status: str) -> SandboxError:
    """Return the error about a session that is not ACTIVE."""
    return SandboxError(422, "INVALID_SESSION_STATUS", f"Session status is {status}, expecting ACTIVE")
