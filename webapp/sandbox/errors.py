"""The answer to a refused call: Xendit's envelope `{error_code, message, errors?}`."""

from typing import Any


class SandboxError(Exception):
    """A refusal that the caller may read. `errors` holds objects `{message, path}`, as POST /sessions documents."""

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
        body: dict[str, Any] = {"error_code": self.error_code, "message": self.message}
        if self.errors is not None:
            body["errors"] = self.errors
        return body


def validation_error(message: str, path: str) -> SandboxError:
    """`API_VALIDATION_ERROR` for one place in the body, e.g. path `/body/session_type`."""
    return SandboxError(
        400,
        "API_VALIDATION_ERROR",
        f"request/body {message}",
        [{"message": message, "path": path}],
    )


def not_found(message: str = "Session not found") -> SandboxError:
    return SandboxError(404, "NOT_FOUND", message)


def invalid_status(status: str) -> SandboxError:
    return SandboxError(422, "INVALID_SESSION_STATUS", f"Session status is {status}, expecting ACTIVE")
