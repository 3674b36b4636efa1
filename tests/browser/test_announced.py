"""What a screen reader hears, beside test_look.py: each answer to a press, and what comes by itself."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import options_refused, refunding

pytestmark = pytest.mark.usefixtures("short_patience")


def test_the_outcome_of_a_refund_is_announced(page: Page) -> None:
    """Its page has loaded before Xendit's answer comes."""
    refunding(page)
    expect(page.locator("#announcer")).to_have_text("Paid. Refunded: Rp90.000 of Rp750.000.")
    page.get_by_label("Amount to refund").fill("20301")  # the sandbox's amount whose refund fails
    page.locator("#refund").click()
    expect(page.locator("#announcer")).to_contain_text("Rp20.301: failed: INSUFFICIENT_BALANCE")


def test_every_choice_is_announced_with_what_the_server_made_of_it(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=invoice&cart=gayo:1")
    page.locator("label[for=flow-save]").click()
    expect(page.locator("#announcer")).to_have_text("Pay right here, Save. Nothing is charged now.")
    page.locator("label[for=method-payment_link]").click()
    expect(page.locator("#announcer")).to_have_text("Pay on Xendit's page, Save. Nothing is charged now.")
    page.locator("label[for=flow-pay]").click()
    expect(page.locator("#announcer")).to_have_text("Pay on Xendit's page, Pay. Rp240.000, once, when you pay.")
    silence(page)
    page.locator("label[for=present-qr]").click()
    expect(page.locator("#announcer")).to_have_text("Pay on Xendit's page, Pay. Rp240.000, once, when you pay.")
    silence(page)
    page.locator("#checkout .go").click()  # what was said of the cart is not said again
    expect(page.locator("#present svg")).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("")


def silence(page: Page) -> None:
    page.locator("#announcer").evaluate("announcer => { announcer.textContent = '' }")


def test_every_mistake_is_announced_also_the_second_time(page: Page) -> None:
    options_refused(page)
    for mistake in ("ayu at", "ayu"):
        silence(page)
        page.locator("#option-email").fill(mistake)
        page.locator("#option-email").press("Tab")
        expect(page.locator("#announcer")).to_contain_text(page.locator("#refusal-email").inner_text())
        expect(page.locator("#announcer")).to_contain_text(page.locator("#refusal-minutes").inner_text())
