"""JSON in and out. Whole numbers are int, others Decimal: a float would add noise."""

import json
import re
from decimal import Decimal
from typing import Any

from starlette.responses import Response

MAX_DEPTH = 50
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except ArithmeticError:  # an exponent that no Decimal holds
        raise ValueError("the number is out of range") from None
    if number and not -20 < number.adjusted() < 30:
        raise ValueError("the number is out of range")
    return number


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        # A float prints as the number that was sent, because no calculation comes between.
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def loads(text: str | bytes) -> Any:
    """Read JSON. Raise ValueError for other text, and RecursionError for absurd nesting."""
    return json.loads(text, parse_float=_decimal, parse_constant=_refuse)


def read(text: str | bytes) -> Any:
    """Read JSON from outside. Raise ValueError also for absurd nesting, NUL, and half a surrogate pair."""
    try:
        value = loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not _is_storable(value, MAX_DEPTH):
        raise ValueError("nested too deeply, or text that no database holds")
    return value


def _is_storable(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return not UNSTORABLE.search(value)
    children = [*value, *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else []
    return depth > 0 and all(_is_storable(child, depth - 1) for child in children)


def dumps(value: Any) -> str:
    """Return JSON in ASCII only: any database and any header can hold it."""
    return json.dumps(value, default=_number, separators=(",", ":"))


class ApiResponse(Response):
    """A JSON answer of the imitation. It may hold a key, so caches must not keep it."""

    media_type = "application/json"

    def __init__(
        self,
        content: Any,
        status_code: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(content, status_code, {"Cache-Control": "no-store", **(headers or {})})

    def render(self, content: Any) -> bytes:
        return dumps(content).encode()
