"""The limits of `metadata`, for sessions, their items and invoices. Only the sizes differ."""

from collections.abc import Mapping
from typing import Any

from ..errors import bad_request


def check_metadata(metadata: Mapping[str, Any] | None, error_code: str, keys: int = 20, value: int = 80) -> None:
    """Raise an error unless there are at most `keys` keys, with texts of at most `value` characters."""
    if len(metadata or {}) > keys:
        raise bad_request(error_code, f"Metadata must have at most {keys} keys")
    for name, content in (metadata or {}).items():
        if not 1 <= len(name) <= 40:
            raise bad_request(error_code, "Metadata key must have at most 40 characters")
        if not isinstance(content, str):
            raise bad_request(error_code, "Metadata value must be a string")
        if len(content) > value:
            raise bad_request(error_code, f"Metadata value must have at most {value} characters")
