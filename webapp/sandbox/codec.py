"""JSON in and out. Numbers stay what they were: whole ones are int, others Decimal; never a float with noise."""

import json
from decimal import Decimal
from typing import Any

from starlette.responses import Response


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if number and not -20 < number.adjusted() < 30:
        raise ValueError("a number far out of any amount's range")
    return number


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        # The shortest text of a float is what was sent, as long as nobody calculates with it.
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} is not JSON")


def loads(text: str | bytes) -> Any:
    """ValueError (or RecursionError, for absurd nesting) if the text is not JSON."""
    return json.loads(text, parse_float=_decimal, parse_constant=_refuse)


def dumps(value: Any) -> str:
    """ASCII only: text that a database or a header cannot hold travels escaped."""
    return json.dumps(value, default=_number, separators=(",", ":"))


class ApiResponse(Response):
    """An answer of the imitation. It may hold a key, so nobody is to keep it."""

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
