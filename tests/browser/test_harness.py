"""The harness itself: it must notice what goes wrong in a browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.leaks import browser_text, secrets_in


@pytest.fixture
def complaining_page(complaints: object, page: Page) -> Page:
    page.goto("/")
    return page


@pytest.mark.complains("script: .*oh no", "console: oh dear")
def test_errors_of_scripts_and_console_are_seen(complaining_page: Page, complaints: "object") -> None:
    complaining_page.evaluate("setTimeout(() => { throw new Error('oh no') }); console.error('oh dear')")
    complaining_page.wait_for_timeout(100)
    assert len(complaints.seen) == 2  # type: ignore[attr-defined]


@pytest.mark.complains(
    "elsewhere: https://example.com", "ERR_NAME_NOT_RESOLVED", "Content Security Policy", "Failed to"
)
def test_no_request_leaves_this_machine(complaining_page: Page, complaints: "object") -> None:
    complaining_page.goto("about:blank")
    complaining_page.evaluate("fetch('https://example.com/').catch(() => 0)")
    assert any("elsewhere" in text for text in complaints.seen)  # type: ignore[attr-defined]


def test_what_a_page_stores_is_read(page: Page) -> None:
    page.goto("/")
    assert not secrets_in(browser_text(page))
    page.evaluate("sessionStorage.setItem('key', 'session-0123456789abcdef0123456789abcdef-pd-MHYw')")
    assert secrets_in(browser_text(page)) == ["components_sdk_key"]


def test_scripts_are_off_where_they_should_be(js_off_page: Page) -> None:
    js_off_page.set_content("<p id=p>off</p><script>document.getElementById('p').textContent = 'on'</script>")
    expect(js_off_page.locator("#p")).to_have_text("off")


def test_a_phone_is_narrow_and_touched(phone_page: Page, new_context: Callable[..., BrowserContext]) -> None:
    phone_page.goto("/")
    assert phone_page.evaluate("[innerWidth, matchMedia('(pointer: coarse)').matches]") == [390, True]
    assert new_context(color_scheme="dark").new_page().evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
