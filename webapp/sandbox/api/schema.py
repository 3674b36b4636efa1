"""A small part of JSON Schema: types, lengths, limits, required properties. Errors are worded as Xendit's are."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from ..clock import from_text
from ..errors import SandboxError


def is_web_url(value: str) -> bool:
    """Return whether this is http or https, has a host, and is safe inside a header or a policy."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and bool(re.fullmatch(r"[!#$&-;=?-Z_a-z~%\[\]]+", value))


def is_time(value: str) -> bool:
    """Return whether this is a date and time with an offset."""
    try:
        from_text(value)
    except (ValueError, OverflowError):
        return False
    return "T" in value


def is_day(value: str) -> bool:
    """Return whether this is a date."""
    try:
        datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        return False
    return True


FORMATS: dict[str, Callable[[str], bool]] = {
    "date-time": is_time,
    "date": is_day,
    "uri": is_web_url,
    "origin": lambda value: is_web_url(value) and value == "{0.scheme}://{0.netloc}".format(urlsplit(value)),
    "email": lambda value: re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+", value) is not None,
}
TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | Decimal) and not isinstance(value, bool),
    "integer": lambda value: TYPES["number"](value) and value == int(value),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
}


@dataclass(frozen=True)
class Rule:
    """The rule for one value, in JSON Schema's words.

    `minimum` and `maximum` limit a number, or the length of a text or a list.
    """

    type: str
    minimum: int | None = None
    maximum: int | None = None
    enum: tuple[str, ...] = ()
    pattern: str = ""
    format: str = ""
    nullable: bool = False
    required: tuple[str, ...] = ()
    properties: Mapping[str, "Rule"] = field(default_factory=dict)
    items: "Rule | None" = None


def violations(value: Any, rule: Rule, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Return `(place, error, path to show)` for each value that breaks the rule."""
    if value is None and rule.nullable:
        return
    if not TYPES[rule.type](value):
        yield path, f"must be {rule.type}", path
    elif rule.type == "object":
        for name in rule.required:
            if name not in value:
                yield path, f"must have required property '{name}'", f"{path}/{name}"
        for name, child in rule.properties.items():
            if name in value:
                yield from violations(value[name], child, f"{path}/{name}")
    elif rule.type in ("number", "integer"):
        if rule.minimum is not None and value < rule.minimum:
            yield path, f"must be >= {rule.minimum}", path
        if rule.maximum is not None and value > rule.maximum:
            yield path, f"must be <= {rule.maximum}", path
    elif rule.type == "array":
        yield from _length(value, rule, path, "items")
        for position, child in enumerate(value):
            if rule.items:
                yield from violations(child, rule.items, f"{path}/{position}")
    elif rule.type == "string":
        yield from _length(value, rule, path, "characters")
        if rule.enum and value not in rule.enum:
            yield path, f"must be equal to one of the allowed values: {', '.join(rule.enum)}", path
        if rule.pattern and not re.fullmatch(rule.pattern, value):
            yield path, f'must match pattern "{rule.pattern}"', path
        if rule.format and not FORMATS[rule.format](value):
            yield path, f'must match format "{rule.format}"', path


def _length(value: Any, rule: Rule, path: str, what: str) -> Iterator[tuple[str, str, str]]:
    if rule.minimum is not None and len(value) < rule.minimum:
        yield path, f"must NOT have fewer than {rule.minimum} {what}", path
    if rule.maximum is not None and len(value) > rule.maximum:
        yield path, f"must NOT have more than {rule.maximum} {what}", path


def check_schema(body: Any, rule: Rule, place: str = "body") -> None:
    """Raise API_VALIDATION_ERROR with one entry in `errors` for each violation, at most fifty."""
    found = [entry for entry, _ in zip(violations(body, rule), range(50), strict=False)]
    if found:
        message = ", ".join(f"request/{place}{where} {what}" for where, what, _ in found)
        errors = [{"message": what, "path": f"/{place}{shown}"} for _, what, shown in found]
        raise SandboxError(400, "API_VALIDATION_ERROR", message, errors)


def check_query(query: Mapping[str, str], rule: Rule) -> None:
    """Raise API_VALIDATION_ERROR for a query whose texts break the rule."""
    check_schema(dict(query), rule, "query")
