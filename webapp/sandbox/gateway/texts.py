"""The gateway's texts in the session's language: labels of fields and groups, hints, refusals, its pages.

The SDK brings its own texts for everything else, in exactly these five languages; any other locale would show its raw
translation keys, so such a session is answered in English.
"""

import tomllib
from pathlib import Path

LOCALES = ("en", "id", "th", "vi", "es")
TEXTS: dict[str, dict[str, str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def known_locale(locale: object) -> str:
    """The locale if the SDK speaks it, else English."""
    return locale if isinstance(locale, str) and locale in LOCALES else "en"


def text(name: str, locale: str, **values: str) -> str:
    """The named text in one of LOCALES."""
    return TEXTS[name][locale].format(**values)
