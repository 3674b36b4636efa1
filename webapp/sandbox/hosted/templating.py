"""The templates of the hosted pages, with one environment for each language, and the headers of every page."""

import gettext
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from ..links import origin_of

TEMPLATES = Path(__file__).parents[1] / "templates"


class Templates:
    """The templates in all languages. A language without `translations` is shown in English."""

    def __init__(self, translations: Mapping[str, gettext.NullTranslations]) -> None:
        self.translations = translations
        self.environment = cache(self._environment)

    def _environment(self, language: str) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        translations = self.translations.get(language, gettext.NullTranslations())
        environment.globals |= {
            "_": lambda message, **values: _filled(translations.gettext(message), values),
            "ngettext": lambda one, many, num: _filled(translations.ngettext(one, many, num), {"num": num}),
        }
        environment.filters["day"] = lambda text: _day(datetime.fromisoformat(text), language)
        return environment

    def page(
        self, name: str, locale: str, *, status: int = 200, leads_to: tuple[str | None, ...] = (), **context: Any
    ) -> HTMLResponse:
        """Return a whole page. `leads_to`: the addresses where its forms may end, which may also frame it."""
        language = locale if locale in self.translations else "en"
        html = self.environment(language).get_template(f"hosted/{name}").render(language=language, **context)
        return HTMLResponse(html, status, headers(*leads_to))


def _day(date: datetime, language: str) -> str:
    """Return the date in words. Only a shop has other languages than English, and Babel for them."""
    if language == "en":
        return f"{date:%B} {date.day}, {date.year}"
    from babel.dates import format_date

    return format_date(date, "long", locale=language)


def _filled(text: str, values: Mapping[str, object]) -> str:
    """Return plain text, which the template escapes: Jinja's own gettext would return markup."""
    return text % values if values else text


def headers(*leads_to: str | None) -> dict[str, str]:
    """Return a strict policy and other headers.

    Chromium checks redirects after a form too, so the policy names the shop's origin.
    """
    origins = " ".join(["'self'", *sorted({origin for url in leads_to if (origin := origin_of(url))})])
    policy = {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "form-action": origins,
        "frame-ancestors": origins,
        "base-uri": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
