"""A first-time visitor buys on Xendit's hosted page: several markets, every flow, with JavaScript and without."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hosted
from tests.browser.states import waiting
from tests.leaks import browser_text, secrets_in

FINAL = {"pay": "paid", "pay_save": "paid", "save": "saved", "subscription": "subscribed"}
WALKS = [
    ("IDR", "payment_link", "pay", "Rp480.000"),
    ("IDR", "payment_link", "save", "Rp0"),
    ("IDR", "payment_link", "pay_save", "Rp480.000"),
    ("IDR", "payment_link", "subscription", "Rp480.000"),
    ("IDR", "invoice", "pay", "Rp480.000"),
    ("PHP", "payment_link", "pay", "₱1,760"),
    ("PHP", "invoice", "pay", "₱1,760"),
    ("SGD", "payment_link", "pay", "S$44"),
]
walks = pytest.mark.parametrize(("currency", "integration", "flow", "total"), WALKS)


def add_two_bags(page: Page) -> None:
    for count in ("1 item", "2 items"):
        page.get_by_role("button", name="Add Gayo Highlands", exact=True).click()
        expect(page.locator("#cart-panel")).to_contain_text(count)


def checkout(page: Page) -> None:
    page.locator("#checkout .bar button").click()


def arrives(page: Page, flow: str, total: str) -> None:
    """On the order's own page, which says what Xendit answered, and holds no secret."""
    expect(page).to_have_url(re.compile(r"/orders/[\w-]+$"))
    expect(page.locator("#order-status")).to_have_attribute("data-status", FINAL[flow])
    if flow != "save":
        expect(page.locator("main")).to_contain_text(total)
        expect(page.locator("main")).to_contain_text("Gayo Highlands")
    assert not secrets_in(page.content())


@walks
def test_a_visitor_buys_on_the_hosted_page(page: Page, currency: str, integration: str, flow: str, total: str) -> None:
    page.goto("/")
    page.locator("#currency").select_option(currency)
    expect(page.locator("#shelf")).to_contain_text(re.sub(r"[\d.,]+", "", total))
    add_two_bags(page)
    page.locator(f"label[for=flow-{flow}]").click()
    expect(page.locator("#flow-pitch")).to_be_visible()
    page.locator(f"label[for=method-{integration}]").click()
    expect(page.locator(f"#method-{integration}")).to_be_checked()
    expect(page.locator("#checkout .total")).to_contain_text(total)
    checkout(page)
    hosted.pay(page)
    arrives(page, flow, total)
    assert not secrets_in(browser_text(page))


@walks
def test_a_visitor_buys_without_javascript(
    js_off_page: Page, currency: str, integration: str, flow: str, total: str
) -> None:
    page = js_off_page
    page.goto("/")
    page.locator("#currency").select_option(currency)
    page.get_by_role("button", name="Change").click()
    add_two_bags(page)
    page.locator(f"#flow-{flow}").check()
    page.get_by_role("button", name="Use these choices").click()
    expect(page.locator(f"#flow-{flow}")).to_be_checked()
    page.locator(f"#method-{integration}").check()
    page.get_by_role("button", name="Use these choices").click()
    expect(page.locator(f"#method-{integration}")).to_be_checked()
    expect(page.locator("#checkout .total")).to_contain_text(total)
    checkout(page)
    hosted.pay(page)
    arrives(page, flow, total)


def test_without_javascript_an_order_that_waits_has_a_link_to_look_again(js_off_page: Page) -> None:
    waiting(js_off_page)
    js_off_page.request.post(f"{js_off_page.url}/cancel")
    js_off_page.get_by_role("link", name="Look again").click()
    expect(js_off_page.locator(".state-cancelled")).to_be_visible()
    expect(js_off_page.get_by_role("link", name="Look again")).to_have_count(0)


def chosen(page: Page) -> list[object]:
    """What the visitor has in the cart and has chosen, as the page shows it."""
    expect(page.locator("#method-payment_link")).to_be_checked()
    return [
        page.locator("#currency").input_value(),
        page.locator("#flow-pay_save").is_checked(),
        page.locator("#cart-panel .line-name").all_inner_texts(),
        page.locator("#checkout .total").inner_text(),
    ]


def set_up(page: Page) -> list[object]:
    page.goto("/?currency=PHP&flow=pay_save&integration=payment_link&cart=gayo:1")
    page.get_by_role("button", name="Add Toraja Sapan", exact=True).click()
    expect(page.locator("#cart-panel")).to_contain_text("2 items")
    before = chosen(page)
    assert before[:2] == ["PHP", True]
    assert len(before[2]) == 2  # type: ignore[arg-type]
    return before


def test_a_refresh_keeps_cart_and_choices(page: Page) -> None:
    before = set_up(page)
    page.reload()
    assert chosen(page) == before


def test_back_keeps_cart_and_choices(page: Page) -> None:
    before = set_up(page)
    page.get_by_role("link", name="Orders").click()
    expect(page).to_have_url(re.compile("/orders$"))
    page.go_back()
    assert chosen(page) == before


def test_back_from_the_payment_page_keeps_cart_and_choices(page: Page) -> None:
    before = set_up(page)
    checkout(page)
    hosted.is_open(page)
    page.go_back()
    assert chosen(page) == before
    expect(page.locator("#checkout .bar button")).to_be_enabled()


def test_a_second_tab_shows_the_same_cart_and_choices(page: Page) -> None:
    before = set_up(page)
    tab = page.context.new_page()
    tab.goto("/")
    assert chosen(tab) == before


def test_another_visitor_sees_nothing_of_it(page: Page, js_off_page: Page) -> None:
    set_up(page)
    js_off_page.goto("/")
    expect(js_off_page.locator("#cart-panel .line-name")).to_have_count(0)
    js_off_page.goto("/orders")
    expect(js_off_page.locator(".order-row")).to_have_count(0)


def test_a_declined_payment_can_be_tried_again(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")
    checkout(page)
    hosted.pay(page, "CARDS.declined")
    hosted.says_declined(page)
    hosted.pay(page)
    arrives(page, "pay", "Rp480.000")


def test_who_leaves_the_payment_page_can_go_on_later(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")
    checkout(page)
    hosted.leave(page)
    expect(page.locator("#order-status")).to_have_attribute("data-status", "waiting")
    page.get_by_role("button", name="Continue to payment").click()
    hosted.pay(page)
    arrives(page, "pay", "Rp480.000")


@pytest.mark.parametrize(("currency", "channel"), [("IDR", "CARDS.challenge"), ("IDR", "QRIS"), ("PHP", "GCASH")])
def test_a_payment_that_needs_a_further_step(page: Page, currency: str, channel: str) -> None:
    page.goto(f"/?currency={currency}&flow=pay&integration=payment_link&cart=gayo:2")
    checkout(page)
    hosted.pay(page, channel)
    hosted.approve(page)
    arrives(page, "pay", "Gayo")


def test_an_expired_payment_can_be_ordered_again(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")
    checkout(page)
    hosted.let_expire(page)
    page.goto("/orders")
    page.locator(".order-row").first.click()
    expect(page.locator("#order-status")).to_have_attribute("data-status", "expired")
    page.get_by_role("button", name="Order again").click()
    expect(page.locator("#cart-panel")).to_contain_text("2 items")
    checkout(page)
    hosted.pay(page)
    arrives(page, "pay", "Rp480.000")


def test_a_phone_shows_the_total_before_paying(phone_page: Page) -> None:
    phone_page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")
    expect(phone_page.locator("#checkout .total")).to_be_in_viewport()
    expect(phone_page.locator("#checkout .total")).to_contain_text("Rp480.000")
    checkout(phone_page)
    hosted.pay(phone_page)
    arrives(phone_page, "pay", "Rp480.000")


@pytest.mark.parametrize("present", ["qr", "iframe"])
def test_a_shown_payment_is_kept_by_reload_and_language_and_left_by_back(page: Page, present: str) -> None:
    page.goto(f"/?currency=PHP&flow=pay&integration=payment_link&cart=gayo:1&present={present}")
    checkout(page)
    expect(page.locator("#present")).to_be_visible()
    order = re.compile(r"/orders/[\w-]+$")
    expect(page).to_have_url(order)
    page.locator("header details.menu:has(#language-next) summary").click()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")
    expect(page.locator("#order-status")).to_have_attribute("data-status", "waiting")
    page.goto("/")
    checkout(page)
    expect(page.locator("#present")).to_be_visible()
    page.reload()
    expect(page.locator("#order-status")).to_have_attribute("data-status", "waiting")
    expect(page).to_have_url(order)
    page.goto("/")
    checkout(page)
    expect(page.locator("#present")).to_be_visible()
    page.go_back()
    expect(page.locator("#checkout .bar button")).to_be_enabled()
    page.go_forward()
    expect(page.locator("#order-status")).to_have_attribute("data-status", "waiting")
