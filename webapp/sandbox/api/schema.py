"""A small part of JSON Schema: types, lengths, limits, required names. Complaints are worded as Xendit's are."""

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
    """http or https, with a host, and nothing that could break out of a header or a policy."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(host) and bool(re.fullmatch(r"[!#$&-;=?-Z_a-z~%\[\]]+", value))


def is_moment(value: str) -> bool:
    try:
        from_text(value)
    except (ValueError, OverflowError):
        return False
    return "T" in value


def is_day(value: str) -> bool:
    try:
        datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        return False
    return True


FORMATS: dict[str, Callable[[str], bool]] = {
    "date-time": is_moment,
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
    """One value. `least` and `most` limit a text's or a list's length, or a number; `names` are those of an object."""

    type: str
    least: int | None = None
    most: int | None = None
    one_of: tuple[str, ...] = ()
    pattern: str = ""
    format: str = ""
    nullable: bool = False
    required: tuple[str, ...] = ()
    names: Mapping[str, "Rule"] = field(default_factory=dict)
    each: "Rule | None" = None


def complaints(value: Any, rule: Rule, path: str = "") -> Iterator[tuple[str, str, str]]:
    """`(where, what is wrong, path to show)` for everything in `value` that breaks the rule."""
    if value is None and rule.nullable:
        return
    if not TYPES[rule.type](value):
        yield path, f"must be {rule.type}", path
    elif rule.type == "object":
        for name in rule.required:
            if name not in value:
                yield path, f"must have required property '{name}'", f"{path}/{name}"
        for name, child in rule.names.items():
            if name in value:
                yield from complaints(value[name], child, f"{path}/{name}")
    elif rule.type in ("number", "integer"):
        if rule.least is not None and value < rule.least:
            yield path, f"must be >= {rule.least}", path
        if rule.most is not None and value > rule.most:
            yield path, f"must be <= {rule.most}", path
    elif rule.type == "array":
        yield from _length(value, rule, path, "items")
        for position, child in enumerate(value):
            if rule.each:
                yield from complaints(child, rule.each, f"{path}/{position}")
    elif rule.type == "string":
        yield from _length(value, rule, path, "characters")
        if rule.one_of and value not in rule.one_of:
            yield path, f"must be equal to one of the allowed values: {', '.join(rule.one_of)}", path
        if rule.pattern and not re.fullmatch(rule.pattern, value):
            yield path, f'must match pattern "{rule.pattern}"', path
        if rule.format and not FORMATS[rule.format](value):
            yield path, f'must match format "{rule.format}"', path


def _length(value: Any, rule: Rule, path: str, what: str) -> Iterator[tuple[str, str, str]]:
    if rule.least is not None and len(value) < rule.least:
        yield path, f"must NOT have fewer than {rule.least} {what}", path
    if rule.most is not None and len(value) > rule.most:
        yield path, f"must NOT have more than {rule.most} {what}", path


def check(body: Any, rule: Rule) -> None:
    """Raises API_VALIDATION_ERROR with one entry in `errors` for each complaint (the first fifty)."""
    found = [entry for entry, _ in zip(complaints(body, rule), range(50), strict=False)]
    if found:
        message = ", ".join(f"request/body{where} {what}" for where, what, _ in found)
        errors = [{"message": what, "path": f"/body{shown}"} for _, what, shown in found]
        raise SandboxError(400, "API_VALIDATION_ERROR", message, errors)
