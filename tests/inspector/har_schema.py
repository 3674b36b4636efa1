"""The members that HAR 1.2 requires, with their types, and a check of an archive against them."""

from datetime import datetime
from typing import Any

NUMBER = (int, float)
PAIR = {"name": str, "value": str}
BODY = {"mimeType": str, "text": str}
OPTIONAL = {"postData": BODY, "comment": str, "pages": list}
REQUEST = {
    "method": str,
    "url": str,
    "httpVersion": str,
    "cookies": [PAIR],
    "headers": [PAIR],
    "queryString": [PAIR],
    "headersSize": int,
    "bodySize": int,
}
RESPONSE = {
    "status": int,
    "statusText": str,
    "httpVersion": str,
    "cookies": [PAIR],
    "headers": [PAIR],
    "content": {"size": int, "mimeType": str, "text": str},
    "redirectURL": str,
    "headersSize": int,
    "bodySize": int,
}
ENTRY = {
    "startedDateTime": datetime,
    "time": NUMBER,
    "request": REQUEST,
    "response": RESPONSE,
    "cache": {},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
}
ARCHIVE = {"log": {"version": str, "creator": {"name": str, "version": str}, "entries": [ENTRY]}}


def faults(value: Any, rule: Any = ARCHIVE, place: str = "$") -> list[str]:
    """Return what is missing, of another type, or no member of HAR 1.2."""
    if isinstance(rule, dict):
        if not isinstance(value, dict):
            return [f"{place} is no object"]
        found = [f"{place}.{name} is missing" for name in rule if name not in value]
        for name, child in value.items():
            known = rule.get(name, OPTIONAL.get(name))
            if known is None and not name.startswith("_"):
                found.append(f"{place}.{name} is no member")
            elif known is not None:
                found += faults(child, known, f"{place}.{name}")
        return found
    if isinstance(rule, list):
        if not isinstance(value, list):
            return [f"{place} is no list"]
        return [fault for each, child in enumerate(value) for fault in faults(child, rule[0], f"{place}[{each}]")]
    if rule is datetime:
        return [] if datetime.fromisoformat(value).tzinfo else [f"{place} has no time zone"]
    return [] if isinstance(value, rule) and not isinstance(value, bool) else [f"{place} is {value!r}"]
