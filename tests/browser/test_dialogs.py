"""The SDK's windows are dialogs: a name, the focus inside, Escape closes them, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser import payment


def opened_by_qr(page: Page) -> Locator:
    payment.start(page)
    payment.choose(page, 1)
    payment.pay(page)
    return page.locator(".xendit-dialog")


def opened_by_bank(page: Page) -> Locator:
    payment.start(page)
    payment.pay_by_card(page, payment.CHALLENGED)
    return page.locator(".xendit-dialog")


OPENED = {"qr": opened_by_qr, "bank": opened_by_bank}


@pytest.mark.parametrize("kind", OPENED)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_window_of_the_sdk_is_a_dialog(page: Page, kind: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
    dialog = OPENED[kind](page)
    expect(page.get_by_role("dialog", name="Payment")).to_be_visible()
    expect(dialog).to_have_attribute("aria-modal", "true")
    expect(dialog).to_be_focused()
    expect(page.locator("main")).to_have_js_property("inert", True)
    dialog.locator("svg, iframe").first.wait_for()
    page.wait_for_timeout(700)  # it slides in, half transparent
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:100] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("kind", OPENED)
def test_escape_closes_it_and_the_page_wakes_up(page: Page, kind: str) -> None:
    dialog = OPENED[kind](page)
    expect(dialog).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.xendit-dialog') !== null")
    dialog.press("Escape")  # a bank's frame, of another origin, keeps its keys to itself
    expect(dialog).to_have_count(0)
    payment.ready(page)
    expect(page.locator("main")).to_have_js_property("inert", False)
    expect(page.locator("#components-title")).to_be_focused()
    page.locator("#components-pay:enabled").press("Enter")
    expect(page.get_by_role("dialog", name="Payment")).to_be_visible()


def test_a_section_says_whether_it_is_open(page: Page) -> None:
    payment.start(page)
    headers = page.locator(".xendit-accordion-item-header")
    expect(headers.nth(0)).to_have_attribute("aria-expanded", "false")
    payment.choose(page, 0)
    expect(headers.nth(0)).to_have_attribute("aria-expanded", "true")
    expect(headers.nth(1)).to_have_attribute("aria-expanded", "false")


def test_the_code_has_a_name(page: Page) -> None:
    expect(opened_by_qr(page).get_by_role("button", name="QR code", exact=True)).to_be_visible()
