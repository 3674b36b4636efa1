"""Replace secrets before anything is stored; the replacement says why. Pure functions on JSON and text."""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from webapp.inspector.card_numbers import DIGITS, hide_cards
from webapp.inspector.secret_names import CARD, FIELDS, OPENS, SHAPES

MIN_SECRET_LENGTH = 6
MAX_DEPTH = 30
MAX_DECODINGS = 5  # an address within an address within an address …

Finder = tuple[str | re.Pattern[str], str]


def masked(why: str) -> str:
    """Return the text that replaces a secret."""
    return f"‹masked: {why}›"


class Mask:
    """Masks by field name, by shape, and by value: whatever is a secret in one place is one in every other."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """``secrets``: value → why. Each is also looked for as Base64, as Basic credentials and URL-encoded."""
        self._known = {form: why for secret, why in secrets.items() for form in _forms(secret)}

    def value(self, value: Any) -> Any:
        """Return a copy of JSON without its secrets. Give a whole exchange: what is secret in it is so throughout."""
        texts: list[str] = []
        found: dict[str, str] = {}
        copy = _hide(value, texts, found, 0)
        finders = _finders("\n".join(texts), {**Mask(found)._known, **self._known})
        return _walk(copy, finders) if finders else copy

    def text(self, text: str) -> str:
        """Return a text without its secrets; the rest of it stays readable."""
        return _replace(text, _finders(text, self._known))


def _finders(everything: str, known: Mapping[str, str]) -> list[Finder]:
    """Return those that find something in all texts together, so that each text is searched for these alone.

    Saves a quarter of the processor time of a checkout (tests/benchmarks/bench_shortcuts.py).
    """
    if "%" in everything:
        everything += "\n" + unquote(everything)
    secrets = [(secret, why) for secret, why in known.items() if secret in everything]
    secrets.sort(key=lambda item: -len(item[0]))  # the longest first: one may be part of another
    return [*secrets, *((shape, why) for shape, why in (*SHAPES, (DIGITS, CARD)) if shape.search(everything))]


def _replace(text: str, finders: list[Finder]) -> str:
    """Return the text without secrets; decoded, if one of them is URL-encoded in it."""
    text = plain = _replace_plain(text, finders)
    for _ in range(MAX_DECODINGS):
        if not finders or "%" not in plain or (decoded := unquote(plain)) == plain:
            return text
        plain = _replace_plain(decoded, finders)
        text = text if plain == decoded else plain
    return masked("encoded too often")


def _replace_plain(text: str, finders: list[Finder]) -> str:
    for wanted, why in finders:
        if isinstance(wanted, str):
            text = text.replace(wanted, masked(why))
        elif wanted is DIGITS:
            text = hide_cards(text, masked(CARD))
        else:
            text = wanted.sub(masked(why), text)
    return text


def _hide(value: Any, texts: list[str], found: dict[str, str], depth: int) -> Any:
    """Return a copy without what a name gives away. Collect that, and every name, text and number that stays."""
    if depth > MAX_DEPTH:
        return masked("nested too deeply")
    if isinstance(value, str | int | float):
        texts.append(str(value))
        return value
    if isinstance(value, list | tuple):
        return [_hide(child, texts, found, depth + 1) for child in value]
    if not isinstance(value, Mapping):
        return value
    copy = {}
    for name, child in value.items():
        texts.append(name)
        why = _why(name, value)
        if why and isinstance(child, str):
            found.update((part, why) for part in _parts(child))
            copy[name] = masked(why) if child else child
        else:
            kept = _hide(child, texts, found, depth + 1)
            hidden = why and child not in (None, [], {}) and not isinstance(child, bool)
            copy[name] = masked(why) if why and hidden else kept
    return copy


def _walk(value: Any, finders: list[Finder]) -> Any:
    """Return a copy without what the finders find."""
    if isinstance(value, str):
        return _replace(value, finders)
    if isinstance(value, list):
        return [_walk(child, finders) for child in value]
    if isinstance(value, dict):
        return {_replace(name, finders): _walk(child, finders) for name, child in value.items()}
    text = _replace(str(value), finders)
    return value if text == str(value) else text


def _why(name: str, parent: Mapping[Any, Any]) -> str | None:
    redirects = parent.get("type") == "REDIRECT_CUSTOMER" or parent.get("descriptor") in ("WEB_URL", "DEEPLINK_URL")
    if name == "value" and redirects:
        return OPENS  # an action of a payment request: where the shopper confirms it
    if name == "expiry_date" and "external_id" in parent:
        return None  # an invoice's end, not a card's
    return FIELDS.get(name.replace("_", "").replace("-", "").lower())


def _parts(secret: str) -> Iterable[str]:
    """Return a secret, and of a short link its code, which opens the payment too. (An invoice's code is its id.)"""
    if len(secret) < MIN_SECRET_LENGTH + 2:
        return
    yield secret
    code = secret.rstrip("/").rpartition("/")[2].partition("?")[0]
    if "://" in secret and len(code) >= 8 and not re.fullmatch(r"[0-9a-f]{24}|[\w.-]+\.[a-z]+(:\d+)?", code):
        yield code


def _forms(secret: str) -> Iterable[str]:
    if len(secret) < MIN_SECRET_LENGTH:
        return
    raw = secret.encode()
    yield from (secret, quote(secret, safe=""), base64.b64encode(raw).decode(), base64.b64encode(raw + b":").decode())
