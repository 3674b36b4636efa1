"""The gateway's texts in the session's language: labels of fields and groups, hints, errors, pages.

The SDK has its own texts for the rest, in these five languages only. Any other locale would show raw translation keys,
so it gets English.
"""

import tomllib
from pathlib import Path

LOCALES = ("en", "id", "th", "vi", "es")
TEXTS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def known_locale(locale: object) -> str:
    """Return the locale if the SDK knows it, else English."""
    return locale if isinstance(locale, str) and locale in LOCALES else "en"


def text(name: str, locale: str, **values: str) -> str:
    """Return the named text in one of LOCALES."""
    return TEXTS[name][locale].format(**values)
