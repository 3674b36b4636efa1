"""Five languages: complete translations, and the visitor's choice on every page, in errors, at Xendit."""

import json
import re
from collections.abc import Iterator

import httpx
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, fake_xendit
from webapp.i18n.extract import extract
from webapp.i18n.translations import LOCALE, Translations
from webapp.shop.visitor import LANGUAGES

TRANSLATED = [language for language in LANGUAGES if language != "en"]
FORMS = {"id": 1, "th": 1, "vi": 1, "es": 2}
PLACEHOLDER = re.compile(r"%\(\w+\)s")
# What stays as it is in every language: names, and whatever looks like code.
PROPER = re.compile(
    r"Xendit|JavaScript|QRIS|GCash|webhook|\$\w+|\b\w+_\w+\b|\b[a-z]+\.[a-z]+(?:\.[a-z]+)?\b|\b\d{2,}\b", re.IGNORECASE
)
every_language = pytest.mark.parametrize("language", TRANSLATED)


def catalogue(language: str) -> Catalog:
    with (LOCALE / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


def texts(language: str) -> Iterator[tuple[Message, list[str], list[str]]]:
    """Each message with its English texts and its translations; both are lists because of plurals."""
    for message in catalogue(language):
        if message.id:
            english = [message.id] if isinstance(message.id, str) else list(message.id)
            theirs = [message.string] if isinstance(message.string, str) else list(message.string)
            yield message, english, theirs


def plain(language: str) -> dict[str, str]:
    return {english[0]: theirs[0] for _, english, theirs in texts(language) if len(english) == 1}


@every_language
def test_a_catalogue_has_what_code_and_templates_say_and_nothing_else(language: str) -> None:
    fresh = {message.id for message in extract() if message.id}
    theirs = {message.id for message in catalogue(language) if message.id}
    assert theirs == fresh, "run `make messages` and translate what is new"
    assert not catalogue(language).obsolete


@every_language
def test_every_message_is_translated_and_none_is_a_guess(language: str) -> None:
    missing = [english[0] for _, english, theirs in texts(language) if not all(theirs)]
    assert not missing
    assert not [english[0] for message, english, _ in texts(language) if message.fuzzy]


@every_language
def test_placeholders_and_proper_names_survive(language: str) -> None:
    for _, english, theirs in texts(language):
        for text in theirs:
            for kept in (PLACEHOLDER, PROPER) if text else ():
                wanted = {found.lower() for found in kept.findall(english[-1])}
                assert {found.lower() for found in kept.findall(text)} >= wanted, text
            assert set(PLACEHOLDER.findall(text)) <= set(PLACEHOLDER.findall(english[-1])), text


@every_language
def test_texts_are_whole(language: str) -> None:
    for _, english, theirs in texts(language):
        for text in theirs:
            assert text == text.strip(), text
            assert "  " not in text, text
            assert text.endswith("…") == english[-1].endswith("…"), text
            assert "<" not in text, "markup belongs to templates"


@every_language
def test_plural_forms_count_right(language: str) -> None:
    assert catalogue(language).num_plurals == FORMS[language]
    plurals = [theirs for _, english, theirs in texts(language) if len(english) == 2]
    assert plurals
    assert {len(theirs) for theirs in plurals} == {FORMS[language]}


def test_spanish_counts() -> None:
    spanish = Translations()["es"]
    assert [spanish.ngettext("%(num)s item", "%(num)s items", number) % {"num": number} for number in (1, 2)] == [
        "1 artículo",
        "2 artículos",
    ]


def test_a_catalogue_file_holds_no_dates_and_no_names() -> None:
    for language in TRANSLATED:
        head = (LOCALE / f"{language}.po").read_text(encoding="utf-8").split("\n\n")[0]
        assert set(re.findall(r'"([\w-]+):', head)) == {
            "Language",
            "MIME-Version",
            "Content-Type",
            "Content-Transfer-Encoding",
            "Plural-Forms",
        }


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("th-TH,th;q=0.9,en;q=0.8", "th"),
        ("es-MX", "es"),
        ("de;q=1, vi;q=0.5", "vi"),
        ("en;q=0.4, id;q=0.9", "id"),
        ("th;q=0, fr", "en"),
        ("*;;;q=x", "en"),
        ("", "en"),
    ],
)
async def test_the_language_of_the_browser_is_the_default(shop: Shop, header: str, language: str) -> None:
    page = await shop.get("/", headers={"Accept-Language": header})
    assert f'<html lang="{language}">' in page.text
    assert page.headers["Content-Language"] == language
    assert "Accept-Language" in page.headers["Vary"]


@pytest.mark.anyio
@every_language
async def test_the_menu_chooses_and_the_cookie_remembers(shop: Shop, language: str) -> None:
    answer = await shop.post("/choices", data={"language": language, "next": "/orders"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/orders")
    for path in ("/", "/orders", "/nowhere"):
        page = await shop.get(path, headers={"Accept-Language": "en"})
        assert f'<html lang="{language}">' in page.text
        assert page.headers["Content-Language"] == language
        assert plain(language)["Skip to content"] in page.text


@pytest.mark.anyio
@every_language
async def test_fragments_notices_and_errors_are_in_the_chosen_language(shop: Shop, language: str) -> None:
    said = plain(language)
    await shop.choose(language=language)
    page = (await shop.get("/")).text
    for text in ("Pay right here", "Cedar, dark chocolate and a long, quiet finish.", "Sold out", "Philippines"):
        assert said[text] in page, text
    panel = await shop.add("gayo", 2, **HTMX)
    assert panel.headers["Content-Language"] == language
    added = said["%(name)s added. %(count)s in your cart, %(amount)s."]
    assert added % {"name": "Gayo Highlands", "count": 2, "amount": "Rp480.000"} in panel.text
    refused = await shop.add("cup", **HTMX)
    assert refused.status_code == 422
    assert said["%(name)s is sold out."] % {"name": "Kopitiam Cup"} in refused.text
    assert said["There is nothing at this address."] in (await shop.get("/nowhere")).text


@pytest.mark.anyio
async def test_failures_of_xendit_are_in_the_chosen_language(open_shop: OpenShop) -> None:
    refusal = httpx.Response(401, json={"error_code": "INVALID_API_KEY", "message": "no"})
    async with open_shop(fake_xendit(sessions=refusal)) as shop:
        answer = await check_out(shop, "vi", "payment_link")
    assert answer.status_code == 502
    assert plain("vi")["Xendit did not accept this shop's key."] in answer.text


async def check_out(shop: Shop, language: str, integration: str) -> httpx.Response:
    await shop.choose(language=language)
    await shop.add("gayo")
    return await shop.checkout(integration, **HTMX)


@pytest.mark.anyio
@pytest.mark.parametrize("integration", ["payment_link", "components", "invoice"])
async def test_xendit_is_told_the_locale(open_shop: OpenShop, integration: str) -> None:
    router = fake_xendit()
    async with open_shop(router) as shop:
        await check_out(shop, "th", integration)
    assert [json.loads(call.request.content)["locale"] for call in router.calls] == ["th"]


@pytest.mark.anyio
@every_language
async def test_the_hosted_page_and_the_order_are_in_the_chosen_language(shop: Shop, language: str) -> None:
    said = plain(language)
    away = await check_out(shop, language, "payment_link")
    hosted = await shop.get(away.headers["HX-Redirect"])
    assert f'<html lang="{language}">' in hosted.text
    for text in ("How would you like to pay?", "Leave without paying", "Is declined"):
        assert said[text] in hosted.text, text
    order = (await shop.newest_order()).reference_id
    assert said["Waiting for your payment"] in (await shop.get(f"/orders/{order}")).text
    fragment = await shop.get(f"/orders/{order}/status", headers=HTMX)
    assert fragment.headers["Content-Language"] == language
    assert said["Waiting for your payment"] in fragment.text


@pytest.mark.anyio
async def test_the_page_with_components_is_in_the_chosen_language(shop: Shop) -> None:
    answer = await check_out(shop, "es", "components")
    assert plain("es")["Getting the payment form…"] in answer.text
    assert (await shop.newest_order()).locale == "es"


@pytest.mark.anyio
async def test_dates_are_written_as_the_language_writes_them(shop: Shop) -> None:
    await shop.choose(language="id")
    order = await shop.place(flow="subscription")
    await shop.pay(order)
    await shop.post(f"/orders/{order.reference_id}/pay")  # asks at once
    page = (await shop.get(f"/orders/{order.reference_id}")).text
    assert re.search(r"pertama kali pada \d{1,2} [A-Z][a-z]+ \d{4}", page)
