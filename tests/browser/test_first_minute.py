"""The ways in, as a visitor finds them: within the first screen, and from every page of a phone."""

import pytest
from playwright.sync_api import Page, expect

WAYS = ("Walkthrough", "Behind the counter")


@pytest.mark.parametrize("size", [(1280, 720), (390, 844), (320, 640)], ids=str)
def test_the_first_screen_says_what_this_is_and_shows_the_ways_in(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto("/")
    expect(page.locator(".about")).to_be_in_viewport(ratio=1)
    for way in WAYS:
        expect(page.get_by_role("link", name=way, exact=True).locator("visible=true").first).to_be_in_viewport(ratio=1)


def test_a_phone_has_them_in_a_menu_on_every_page(phone_page: Page) -> None:
    phone_page.goto("/orders")
    phone_page.locator(".pages > summary").click()
    phone_page.locator(".pages").get_by_role("link", name="Behind the counter").click()
    expect(phone_page).to_have_url("/inspector")
    phone_page.locator(".pages > summary").click()
    phone_page.locator(".pages").get_by_role("link", name="Walkthrough").click()
    expect(phone_page).to_have_url("/walkthrough")
    expect(phone_page.locator(".menu:not(.pages) > summary")).to_have_accessible_name("Language: en")


@pytest.mark.parametrize("width", [1152, 1280])
@pytest.mark.parametrize("language", ["en", "id", "th", "vi", "es"])
def test_the_header_stays_one_row_on_wide_screens(page: Page, language: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(f"/?language={language}")
    height = page.locator("header.top").evaluate("header => header.offsetHeight")
    assert height <= 80


def test_a_sample_order_takes_one_click(page: Page) -> None:
    page.goto("/")
    page.locator("#sample").press("Enter")
    expect(page.locator(".line")).to_have_count(2)
    expect(page.locator("#announcer")).to_have_text("2 in your cart, Rp510.000.")
    expect(page.locator("#cart-panel-title")).to_be_focused()


def test_a_sample_order_needs_no_javascript(js_off_page: Page) -> None:
    js_off_page.goto("/inspector")
    js_off_page.get_by_role("button", name="Take a sample order").click()
    expect(js_off_page.locator(".line")).to_have_count(2)


def test_a_link_is_shown_as_a_code_where_the_visitor_chooses_that(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    page.locator("label[for=present-qr]").click()
    expect(page.locator("#present-qr[checked]")).to_be_checked()
    page.locator("#checkout .go").click()
    expect(page.locator("#present .qr-code svg")).to_be_visible()
