"""The limits of `metadata`, which sessions, their items and invoices share but for their sizes."""

from collections.abc import Mapping
from typing import Any

from ..errors import SandboxError


def refuse(error_code: str, message: str) -> SandboxError:
    return SandboxError(400, error_code, message)


def check_metadata(metadata: Mapping[str, Any] | None, error_code: str, keys: int = 20, value: int = 80) -> None:
    """At most `keys` keys of 40 characters, each with a text of at most `value` characters."""
    if len(metadata or {}) > keys:
        raise refuse(error_code, f"Metadata must have at most {keys} keys")
    for name, content in (metadata or {}).items():
        if not 1 <= len(name) <= 40:
            raise refuse(error_code, "Metadata key must have at most 40 characters")
        if not isinstance(content, str):
            raise refuse(error_code, "Metadata value must be a string")
        if len(content) > value:
            raise refuse(error_code, f"Metadata value must have at most {value} characters")
