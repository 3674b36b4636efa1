"""What an integrator copies: static/js/components.js alone, with the HTML of its own first lines."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import payment

COPIED = Path("static/js/components.js")
HEADER = COPIED.read_text(encoding="utf-8").split("\nasync function")[0]


def smallest_page(fragment: str) -> str:
    """Return the HTML that the copied file documents, with addresses and key from the shop's own fragment."""
    html = "\n".join(re.findall(r"^//   (.*)", HEADER, re.MULTILINE))
    key = re.search(r'<template id="components-key">(.+?)</template>', fragment)
    assert key
    for name in ("sdk", "page"):
        address = re.search(rf'data-{name}-url="[^"]+"', fragment)
        assert address
        html = re.sub(rf'data-{name}-url="[^"]+"', address[0], html)
    return "<!doctype html><title>A shop</title>" + html.replace("COMPONENTS_SDK_KEY", key[1])


def loaded(page: Page) -> list[str]:
    """Return the paths of all that the page has fetched."""
    names: list[str] = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    return [urlsplit(name).path for name in names]


@pytest.fixture
def copied_page(page: Page) -> Page:
    """Open a bare page under this shop's policy, with the copied file beside it."""
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    with page.expect_response("**/checkout") as answer:
        page.locator("#checkout .go").click()
    html, policy = smallest_page(answer.value.text()), answer.value.headers["content-security-policy"]
    payment.ready(page)

    def serve(route: Route) -> None:
        route.fulfill(body=html, content_type="text/html", headers={"content-security-policy": policy})

    page.route("**/bare-page", serve)
    page.route("**/components.js", lambda route: route.fulfill(path=COPIED, content_type="text/javascript"))
    page.goto("/bare-page")
    payment.ready(page)
    assert [path for path in loaded(page) if not path.startswith(("/sandbox/", "/api/"))] == ["/components.js"]
    return page


def test_the_copied_file_is_short() -> None:
    assert len(COPIED.read_text(encoding="utf-8").splitlines()) <= 80


def test_the_storefront_loads_nothing_of_the_payment_form(page: Page) -> None:
    page.goto("/")
    assert not [path for path in loaded(page) if "components" in path]


def test_the_copied_file_alone_declines_a_card_and_takes_another(copied_page: Page) -> None:
    assert copied_page.locator("#components-key").count() == 0
    payment.pay_by_card(copied_page, payment.DECLINED)
    payment.complained(copied_page)
    payment.type_card(copied_page, payment.CHALLENGED)
    payment.pay(copied_page)
    payment.state(copied_page, "acting")
    expect(copied_page.locator("#components-pay")).to_be_hidden()
    expect(copied_page.locator("#components-stop")).to_be_visible()
    payment.decide(copied_page, "approve")
    payment.order_page(copied_page)


def test_the_copied_file_alone_goes_on_when_the_shopper_stops_an_attempt(copied_page: Page) -> None:
    payment.choose(copied_page, 1)
    payment.pay(copied_page)
    payment.close_window(copied_page)
    expect(copied_page.locator("#components-alert")).to_be_hidden()
    expect(copied_page.locator("#components-pay")).to_be_enabled()


@pytest.mark.complains("status of 404")
def test_a_payment_goes_through_without_the_extras(page: Page) -> None:
    page.route("**/components-extras.js", lambda route: route.fulfill(status=404))
    payment.start(page)
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page)
