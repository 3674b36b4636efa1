"""What a shopper does on the page that a payment link or an invoice's address opens."""

import re

from playwright.sync_api import Page, expect


def is_open(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/sandbox/(pay|invoice)/"))
    expect(page.locator("body")).to_contain_text("This page imitates Xendit's")


def pay(page: Page, choice: str = "CARDS.visa") -> None:
    """Choose a test card or a channel, and pay with it."""
    is_open(page)
    page.locator(f'input[name=choice][value="{choice}"]').check()
    page.locator("button[value=pay]").click()


def approve(page: Page) -> None:
    """What the shopper would do in a bank's app or at a counter."""
    page.locator("button[value=approve]").click()


def says_declined(page: Page) -> None:
    is_open(page)
    expect(page.get_by_role("alert")).to_contain_text("Nothing was charged")


def leave(page: Page) -> None:
    is_open(page)
    page.get_by_role("link", name="Leave without paying").click()


def let_expire(page: Page) -> None:
    is_open(page)
    page.get_by_role("button", name="Let it expire now").click()
    expect(page.get_by_role("heading", name="Expired")).to_be_visible()
