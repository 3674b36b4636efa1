"""Next month, by the words on the order's page: a month that fails and then works, and the end."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hosted, payment


def subscribe(page: Page) -> None:
    page.goto("/?currency=MYR&flow=subscription&integration=payment_link&cart=johor:1")
    page.get_by_role("button", name="Subscribe", exact=True).click()
    hosted.pay(page)
    payment.order_page(page, "subscribed")
    expect(page.locator(".plan")).to_contain_text("No month has been charged yet.")


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def month(page: Page, number: int, status: str) -> None:
    row = page.locator(".plan li", has_text=f"Month {number}")
    expect(row).to_contain_text(re.compile(rf"RM[\d.,]+\s+{status}"), timeout=10_000)


def test_a_month_that_fails_and_then_works(page: Page) -> None:
    subscribe(page)
    press(page, "A month later")
    month(page, 1, "paid")
    expect(page.locator(".state-text")).to_contain_text("will be charged every month, next on")
    press(page, "… and the card fails")
    month(page, 2, "failed")
    expect(page.locator(".plan li").first).to_contain_text("there was not enough money; charged again on")
    expect(page.locator(".state-text")).to_contain_text("could not be charged. Xendit tries again by itself.")
    press(page, "A day later the retry works")
    month(page, 2, "paid")
    month(page, 1, "paid")
    assert len(set(page.locator(".plan time").all_inner_texts())) == 2  # each month has a day of its own
    page.locator("#inspector-panel > summary").click()
    told = page.locator(".inspector .steps")
    for step in ("/simulate", "recurring.cycle.retrying", "/force_attempt", "recurring.cycle.succeeded"):
        expect(told).to_contain_text(step)


@pytest.mark.complains("status of 409")
@pytest.mark.parametrize("scripts", [True, False])
def test_stop(page: Page, js_off_page: Page, scripts: bool) -> None:
    tab = page if scripts else js_off_page
    subscribe(tab)
    old = tab.context.new_page()
    old.goto(tab.url)
    tab.get_by_text("Stop", exact=True).click()
    expect(tab.locator(".plan")).to_contain_text("This ends the subscription for good")
    press(tab, "Yes, stop it")
    payment.order_page(tab, "stopped")
    expect(tab.locator(".state-text")).to_have_text("The subscription has ended. Nothing more will be charged.")
    expect(tab.get_by_role("button", name="A month later")).to_have_count(0)
    press(old, "A month later")
    expect(old.get_by_role("alert")).to_contain_text("This subscription has been stopped already.")
