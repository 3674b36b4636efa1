"""Two tabs and a slow Xendit: what is changed while an answer is under way stays changed, in a real browser."""

import asyncio

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment
from webapp.xendit.sandbox_transport import SandboxTransport

SLOW_SECONDS = 3


@pytest.fixture(autouse=True)
def slow_xendit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Xendit takes three seconds to create a session."""
    quick = SandboxTransport.handle_async_request

    async def slow(self: SandboxTransport, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            await asyncio.sleep(SLOW_SECONDS)
        return await quick(self, request)

    monkeypatch.setattr(SandboxTransport, "handle_async_request", slow)


def two_tabs(page: Page) -> Page:
    """Put two kinds of bags into the cart, and return a second tab that shows it too."""
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1,flores:1")
    other = page.context.new_page()
    other.goto("/")
    return other


def check_out(page: Page) -> None:
    """Press the button, and return while the answer is under way."""
    with page.expect_request("**/checkout"):
        page.locator("#checkout .go").click()
    expect(page.locator("#components")).to_have_count(0)


def test_every_change_made_in_another_tab_meanwhile_stays(page: Page) -> None:
    other = two_tabs(page)
    check_out(page)
    other.locator("#card-toraja .add").click()
    expect(other.locator("#line-toraja")).to_be_visible()
    other.locator("#remove-flores").click()
    expect(other.locator("#line-flores")).to_have_count(0)
    other.locator("label[for=flow-pay_save]").click()
    expect(other.locator("#flow-pay_save")).to_have_attribute("checked", "")
    other.locator("label[for=method-payment_link]").click()
    expect(other.locator("#method-payment_link")).to_have_attribute("checked", "")
    other.locator("#currency").select_option("PHP")
    expect(other.locator("#shop")).to_have_attribute("data-currency", "PHP")
    assert page.locator("#components").count() == 0, "the answer was not slow enough for all changes"
    payment.ready(page)
    expect(page.locator("#order-summary")).to_contain_text("Rp")  # the order is of what its own tab showed

    other.goto("/")
    expect(other.locator("#line-toraja")).to_be_visible()
    expect(other.locator("#line-gayo")).to_be_visible()
    expect(other.locator("#line-flores")).to_have_count(0)
    expect(other.locator("#flow-pay_save")).to_be_checked()
    expect(other.locator("#method-payment_link")).to_be_checked()
    expect(other.locator("#currency")).to_have_value("PHP")


def test_a_language_chosen_meanwhile_stays(page: Page) -> None:
    other = two_tabs(page)
    check_out(page)
    other.locator("details.menu summary").last.click()
    other.locator("button[name=language][value=id]").click()
    expect(other.locator("html")).to_have_attribute("lang", "id")
    assert page.locator("#components").count() == 0, "the answer was not slow enough"
    payment.ready(page)
    other.goto("/")
    expect(other.locator("html")).to_have_attribute("lang", "id")


def test_two_checkouts_at_the_same_time_are_both_on_the_list(page: Page) -> None:
    other = two_tabs(page)
    check_out(page)
    other.locator("#card-toraja .add").click()
    expect(other.locator("#line-toraja")).to_be_visible()
    check_out(other)
    payment.ready(page)
    payment.ready(other)
    ids = {payment.reference_id(page), payment.reference_id(other)}
    page.goto("/orders")
    listed = page.locator("main a[href*='/orders/']").evaluate_all("links => links.map(link => link.pathname)")
    assert {f"/orders/{reference_id}" for reference_id in ids} <= set(listed)
