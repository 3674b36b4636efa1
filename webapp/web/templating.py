"""The Jinja environment, one a language."""

import gettext
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from webapp.integrations import docs_url
from webapp.shop.brand import Brand, initial, worn
from webapp.shop.clock import local_time
from webapp.shop.currencies import CURRENCIES, Currency
from webapp.shop.storefront import shelf
from webapp.shop.visitor import LANGUAGES
from webapp.web.assets import Asset

FOLDER = Path(__file__).parents[2] / "templates"


class Templates:
    """Renders pages and fragments in the visitor's language."""

    def __init__(
        self, assets: Mapping[str, Asset], translations: Mapping[str, gettext.NullTranslations], **shared: object
    ) -> None:
        """``translations``: translations by language; English needs none. ``shared``: in every template's context."""
        self.languages = ["en", *(code for code in LANGUAGES if code in translations and code != "en")]
        self.environment = cache(lambda language: self._environment(language, assets, translations, shared))

    def _environment(
        self,
        language: str,
        assets: Mapping[str, Asset],
        translations: Mapping[str, gettext.NullTranslations],
        shared: Mapping[str, object],
    ) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        texts = translations.get(language, gettext.NullTranslations())
        environment.globals.update(
            shared,
            _=_translate(texts),
            ngettext=_translate_count(texts),
            asset=lambda path: assets[path].url,
            money=lambda amount, code: CURRENCIES[code].format(amount),
            docs_url=lambda flow, integration: docs_url(integration, flow),
            language=language,
            languages=[(code, LANGUAGES[code]) for code in self.languages],
        )
        environment.filters.update(
            date=_date_in(language), minute=_minute_in(language), second=_second, initial=initial
        )
        environment.globals["shelf_html"] = _shelf_html(environment)
        return environment

    def text(self, language: str, name: str, context: Mapping[str, Any]) -> str:
        """Return a template as text."""
        return self.environment(language).get_template(name).render({"brand": worn()} | dict(context))

    def response(
        self, language: str, name: str, context: Mapping[str, Any], *, status: int = 200, secret: bool = False
    ) -> HTMLResponse:
        """Answer with a template. Pages are the visitor's own: not cached by others; ``secret`` ones by nobody."""
        response = self.answer(language, self.text(language, name, context), status=status, secret=secret)
        response.headers["X-Template"] = name  # static/js/shop.js lets htmx swap fragments/… and nothing else
        return response

    def answer(self, language: str, html: str | bytes, *, status: int = 200, secret: bool = False) -> HTMLResponse:
        """Return rendered HTML as an answer; or its bytes, compressed or not."""
        headers = {
            "Cache-Control": "no-store" if secret else "private, no-cache",
            "Vary": "Cookie, HX-Request, Accept-Language",
            "Content-Language": language,
        }
        return HTMLResponse(html, status, headers)


def _translate(translations: gettext.NullTranslations) -> Callable[..., str]:
    """Return ``_`` for templates. Jinja escapes what it returns.

    Jinja's own i18n extension trusts a text as HTML, and takes a quarter of an order page's processor time.
    """

    def translate(message: str, **values: object) -> str:
        text = translations.gettext(message)
        return text % values if values else text

    return translate


def _translate_count(translations: gettext.NullTranslations) -> Callable[[str, str, int], str]:
    return lambda one, many, num: translations.ngettext(one, many, num) % {"num": num}


def _date_in(language: str) -> Callable[[datetime, str], str]:
    """Return a filter that shows the day of a moment by the clock of a market: ``November 25, 2026``."""
    return lambda moment, code: format_date(local_time(moment, code), "long", locale=language)


def _minute_in(language: str) -> Callable[[datetime, str], str]:
    """Return a filter that shows a moment by the clock of a market: ``Nov 25, 2026, 14:03 WIB``."""

    def minute(moment: datetime, code: str) -> str:
        local = local_time(moment, code)
        return f"{format_date(local, 'medium', locale=language)}, {local:%H:%M %Z}"

    return minute


def _second(moment: datetime, code: str) -> str:
    """Return a moment by the clock of a market: ``14:03:05 WIB``."""
    return f"{local_time(moment, code):%H:%M:%S %Z}"


def _shelf_html(environment: Environment) -> Callable[[Brand, Currency, str], Markup]:
    """Return ``shelf_html`` for templates: the shelf of a brand, a market and a flow is the same for every visitor.

    Rendering it once saves a quarter of the processor time of another market (tests/benchmarks/bench_shortcuts.py).
    """

    @lru_cache(maxsize=100)
    def html(brand: Brand, currency: Currency, flow: str) -> Markup:
        context = {"brand": brand, "shelf": shelf(brand, currency), "flow": flow}
        return Markup(environment.get_template("fragments/shelf.html").render(context))  # noqa: S704

    return html
