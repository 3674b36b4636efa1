"""The look, for every hand and screen: axe, contrast, small screens, keyboard, focus and announcements, weight."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.looks import COLOURS, WORDS, axe_findings, misfits
from tests.browser.states import (
    CART,
    FLEETING,
    STATES,
    Arrive,
    filled,
    refunding,
    subscribing,
    waiting,
    walkthrough,
)

pytestmark = pytest.mark.usefixtures("short_patience")

states = pytest.mark.parametrize("arrive", STATES, ids=lambda state: state.__name__)
NewContext = Callable[..., BrowserContext]


@states
@pytest.mark.complains("status of [45]")
def test_axe_finds_nothing_and_nothing_is_cut(new_context: NewContext, arrive: Arrive) -> None:
    """Light and dark, wide and on the smallest phone, in all five languages."""
    page = new_context(reduced_motion="reduce").new_page()
    arrive(page)
    assert axe_findings(page) == []
    assert misfits(page) == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert axe_findings(page, COLOURS) == []
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.set_viewport_size({"width": 320, "height": 640})
    assert misfits(page) == []
    for language in ("id", "th", "vi", "es"):
        page.request.post("/choices", form={"language": language})
        if arrive in FLEETING:
            arrive(page)
        else:
            page.reload()
        expect(page.locator("html")).to_have_attribute("lang", language)
        assert misfits(page) == [], language
    assert axe_findings(page, WORDS) == []  # the words differ, not how they are marked up: one other language is enough


@pytest.mark.parametrize("arrive", [filled, subscribing, waiting])
def test_what_a_finger_presses_is_at_least_44_pixels_high(phone_page: Page, arrive: Callable[[Page], None]) -> None:
    page = phone_page
    arrive(page)
    small = page.evaluate(
        """[...document.querySelectorAll('button, select, summary, label.choice, nav a, a.go')].filter(each => {
          const box = each.getBoundingClientRect();
          return box.height && (box.height < 44 || box.width < 44);
        }).map(each => each.outerHTML)"""
    )
    assert small == []


def test_a_finger_on_a_price_removes_nothing_and_one_on_remove_does(new_context: NewContext) -> None:
    """A tablet that lies is as wide as a desk, but nothing hovers."""
    page = new_context(has_touch=True, is_mobile=True).new_page()
    page.set_viewport_size({"width": 1180, "height": 820})
    page.goto(CART)
    price, remove = (page.locator(f"#line-gayo {each}").bounding_box() for each in (".each", ".remove"))
    assert price and remove
    assert price["y"] + price["height"] <= remove["y"]
    page.locator("#line-gayo .each").tap()
    page.locator("#remove-gayo").tap()
    expect(page.locator("#line-gayo")).to_have_count(0)


def test_a_pointer_over_a_line_sees_remove_in_place_of_the_price(page: Page) -> None:
    page.goto(CART)
    price, remove = (page.locator(f"#line-gayo {each}") for each in (".each", ".remove"))
    expect(price).to_have_css("opacity", "1")
    expect(remove).to_have_css("opacity", "0")
    expect(remove).to_have_css("pointer-events", "none")
    page.locator("#line-gayo .line-name").hover()
    expect(price).to_have_css("opacity", "0")
    expect(remove).to_have_css("opacity", "1")
    remove.click()
    expect(page.locator("#line-gayo")).to_have_count(0)


def test_the_total_and_the_way_to_pay_stay_in_reach_on_a_phone(phone_page: Page) -> None:
    phone_page.goto(CART)
    expect(phone_page.locator(".bar")).to_be_in_viewport(ratio=1)
    expect(phone_page.locator(".bar")).to_contain_text("Rp750.000, once, when you pay.")
    phone_page.mouse.wheel(0, 900)
    expect(phone_page.locator(".bar .go")).to_be_in_viewport(ratio=1)


def test_the_keyboard_reaches_everything(page: Page) -> None:
    filled(page)
    wanted = set(
        page.evaluate(
            """[...document.querySelectorAll('a[href], button, select, summary, input[type=radio]:checked')]
            .filter(each => each.checkVisibility() && !each.disabled)
            .map((each, place) => each.dataset.walk = String(place))"""
        )
    )
    reached = set()
    for _ in range(len(wanted) + 8):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.walk"))
    assert wanted <= reached


def test_an_order_by_keyboard_alone(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add Gayo Highlands")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#cart-panel")).to_contain_text("1 item")
    page.locator("#flow-pay").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#flow-save")).to_be_checked()
    expect(page.locator("#flow-pitch")).to_contain_text("Keep a payment method")
    expect(page.locator("#flow-save")).to_be_focused()
    page.locator("#checkout .go").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#components-title")).to_be_focused()


def test_focus_is_visible(page: Page) -> None:
    filled(page)
    for _ in range(12):
        page.keyboard.press("Tab")
        outline = "getComputedStyle(document.activeElement.closest('label') ?? document.activeElement).outlineStyle"
        assert page.evaluate(outline) != "none", page.evaluate("document.activeElement.outerHTML")


def test_changes_are_announced_and_the_focus_stays(page: Page) -> None:
    filled(page)
    page.locator("#more-gayo").press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Rp990.000")
    expect(page.locator("#more-gayo")).to_be_focused()
    page.locator("#remove-toraja").press("Enter")
    expect(page.locator("#announcer")).to_contain_text("Rp720.000")
    expect(page.locator("#cart-panel-title")).to_be_focused()


def test_a_changed_order_is_announced(page: Page, new_context: NewContext) -> None:
    waiting(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#cancel").click()
    expect(page.locator(".state-cancelled")).to_be_visible()
    expect(page.locator("#announcer")).to_contain_text("Cancelled. This order was cancelled, and nothing was charged.")


def test_a_choice_that_can_not_be_says_why_and_gives_way(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=invoice&cart=gayo:1")
    page.locator("label[for=flow-save]").click()
    invoice = page.locator("#method-invoice")
    expect(invoice).to_be_disabled()
    expect(invoice).not_to_be_checked()
    expect(page.locator("#method-components")).to_be_checked()
    described = page.locator(f"#{invoice.get_attribute('aria-describedby')}")
    expect(described).to_have_text("Invoices can only be paid: no saving, no subscription.")


def test_escape_closes_the_language_menu(page: Page) -> None:
    page.goto("/")
    summary = page.locator("details.menu:not(.pages) summary")
    summary.press("Enter")
    expect(page.locator("details.menu:not(.pages) form")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(page.locator("details.menu:not(.pages) form")).to_be_hidden()
    expect(summary).to_be_focused()


@pytest.mark.complains("ERR_", "htmx:error")
def test_a_lost_connection_is_said_and_forgotten(page: Page) -> None:
    filled(page)
    page.context.set_offline(True)
    page.locator("#more-gayo").click()
    expect(page.locator("#offline")).to_be_visible()
    page.context.set_offline(False)
    page.locator("#more-gayo").click()
    expect(page.locator("#offline")).to_be_hidden()


def test_back_from_the_hosted_page_finds_a_button_that_works(page: Page) -> None:
    page.goto(CART.replace("components", "payment_link"))
    page.locator("#checkout .go").click()
    page.wait_for_url("**/sandbox/**")
    page.go_back()
    expect(page.locator("#checkout .go")).to_be_enabled()
    expect(page.locator(".htmx-request")).to_have_count(0)


def test_nothing_moves_for_who_asks_for_calm(new_context: NewContext) -> None:
    page = new_context(reduced_motion="reduce").new_page()
    filled(page)
    assert page.evaluate("getComputedStyle(document.querySelector('.go')).transitionDuration") in ("0s", "none")


def test_a_first_visit_weighs_at_most_45_kb_in_6_requests(new_context: NewContext) -> None:
    page = new_context().new_page()
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response))
    page.goto("/", wait_until="networkidle")
    sizes = [response.request.sizes() for response in seen]
    weight = sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
    assert len(seen) <= 6, [response.url for response in seen]
    assert weight <= 45_000, sizes


def test_the_order_prints_as_a_receipt(page: Page) -> None:
    waiting(page)
    page.emulate_media(media="print")
    expect(page.locator("#order-status .actions")).to_be_hidden()
    expect(page.locator(".foot")).to_be_hidden()
    expect(page.locator("main")).to_contain_text(re.compile("selat-[0-9a-f]{32}"))


def test_an_open_inspector_prints_with_its_order(page: Page) -> None:
    waiting(page)
    page.locator("#inspector-panel > summary").click()
    page.emulate_media(media="print")
    expect(page.locator("#inspector-panel")).to_be_hidden()
    page.emulate_media(media="screen")
    page.locator("#inspector-panel > summary").click()
    page.emulate_media(media="print")
    expect(page.locator("#inspector-panel .steps")).to_be_visible()


def test_a_first_visit_looks_as_a_later_one_and_waits_for_no_stylesheet(page: Page, base_url: str) -> None:
    files: list[str] = []
    page.on("request", lambda request: files.append(request.url))
    page.goto("/")
    first = page.screenshot(full_page=True, animations="disabled")
    assert not any(file.endswith("/css/shop.css") for file in files)
    page.context.add_cookies([{"name": "seen", "value": "1", "url": base_url}])
    page.goto("/")
    assert any(file.endswith("/css/shop.css") for file in files)
    assert page.screenshot(full_page=True, animations="disabled") == first


@pytest.mark.parametrize("arrive", [filled, refunding, walkthrough], ids=lambda state: state.__name__)
def test_text_that_the_browser_makes_twice_as_large_is_not_cut(page: Page, arrive: Callable[[Page], None]) -> None:
    arrive(page)
    sizes = {"standard": 32, "fixed": 26}
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
    expect(page.locator("html")).to_have_css("font-size", "32px")
    assert misfits(page) == []
    for control in page.locator("select, .menu > summary").all():
        expect(control).not_to_have_css("line-height", "24px")
    page.set_viewport_size({"width": 640, "height": 800})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 640
