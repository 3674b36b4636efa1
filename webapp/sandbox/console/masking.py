"""Masks for the console: a screen may be shared, and a link, a key or a card pays."""

import json
import re
from typing import Any

from ..codec import dumps

API_KEY = re.compile(r"xnd_(development|production)_[\w+/=-]+")
BROWSER_KEY = re.compile(r"session-[0-9a-f]{32}(-[\w+/=-]+)?")
CARD = re.compile(
    r"""(?<!masked)(?<!masked_)((?:card_?number|security_?code|cvn|cv[vc]2?)\\*["']?(?:\s*[:=]\s*|\s+))"""
    r"""(?:(\\*["'])[^"'\\]+|[^\s"'\\,}&]+(?: \d+)*)""",  # JSON, JSON in a text of JSON, or a form
    re.IGNORECASE,
)
LINK = re.compile(r"(/sandbox/(?:pay|invoice|(?:authorize|3ds|wallet|approval)/[\w-]+)/)[\w-]+")
LONGEST = 20_000


def masked(text: str) -> str:
    """Return the text without keys, data of cards and the codes of links."""
    text = API_KEY.sub(r"xnd_\1_…", text)
    text = CARD.sub(r"\1\2…", text)
    text = BROWSER_KEY.sub("session-…", text)
    return LINK.sub(r"\1…", text)


def shown_key(key: str) -> str:
    """Return an API key as far as one needs it to tell it from another: its last four signs, if it is long."""
    rest = key.removeprefix("xnd_development_")
    return f"xnd_development_…{rest[-4:] if len(rest) > 8 else ''}" if rest != key else "no test key"


def pretty(value: Any) -> str:
    """Return masked JSON, one field on a line. Text that is no JSON stays as it is."""
    try:
        parsed = json.loads(value if isinstance(value, str | bytes) else dumps(value))
        text = json.dumps(parsed, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    text = text.encode(errors="backslashreplace").decode()  # half a surrogate pair is in no page
    return masked(text)[:LONGEST]
