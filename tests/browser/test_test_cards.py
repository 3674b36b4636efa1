"""Test cards over the payment form: one click each, and the SDK's own list of scenarios, whole."""

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import payment

PATIENCE_MS = 3500  # beyond that of static/js/test-cards.js
FIELDS = ("number", "expiry", "cvn")


@pytest.mark.parametrize(
    ("number", "values"),
    [
        ("4000000000001000", ["4000 0000 0000 1000", "12/39", "123"]),
        ("378282246310005", ["3782 822463 10005", "12/39", "1234"]),
    ],
)
def test_one_click_fills_the_form_and_pays(page: Page, number: str, values: list[str]) -> None:
    payment.start(page, "SGD")
    page.locator(f"[data-number='{number}']").click()
    expect(page.locator("#test-card-said")).to_have_text("Filled in. Press the button below.")
    assert [payment.card_field(page, field).input_value() for field in FIELDS] == values
    payment.pay(page)
    payment.order_page(page)


def test_a_click_before_the_form_has_come_fills_it_once_it_is_there(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/api/sessions/*", lambda route: waiting.append(route), times=1)
    page.goto("/?currency=SGD&flow=pay&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    page.locator("[data-number='4000000000001000']").click()
    page.wait_for_timeout(PATIENCE_MS)
    expect(page.locator("#components")).to_have_attribute("data-state", "loading")
    waiting.pop().continue_()
    expect(page.locator("#test-card-said")).to_have_text("Filled in. Press the button below.")
    payment.pay(page)
    payment.order_page(page)


def test_another_card_takes_its_place_after_a_decline(page: Page) -> None:
    payment.start(page)
    page.get_by_role("button", name="Is declined. Visa").click()
    expect(page.locator("#test-card-said")).not_to_be_empty()
    payment.pay(page)
    payment.complained(page)
    page.get_by_role("button", name="Succeeds at once. Visa").click()
    expect(payment.card_field(page, "number")).to_have_value("4000 0000 0000 1000")
    payment.pay(page)
    payment.order_page(page)


def test_a_card_that_the_sdk_can_not_fill_in_is_copied(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    payment.start(page, "THB")
    page.locator("[data-number='4200350000000801']").click()
    said = "The number is copied. Paste it into the form: 4200 3500 0000 0801, 12/39, 123"
    expect(page.locator("#test-card-said")).to_have_text(said)
    assert page.evaluate("navigator.clipboard.readText()") == "4200350000000801"


def test_without_a_clipboard_the_card_is_there_to_be_typed(page: Page) -> None:
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    payment.start(page, "THB")
    page.locator("[data-number='4200350000000801']").click()
    expect(page.locator("#test-card-said")).to_have_text("Type it into the form: 4200 3500 0000 0801, 12/39, 123")


@pytest.mark.parametrize(("currency", "code"), [("IDR", "EXPIRED_CARD"), ("MYR", "INSUFFICIENT_BALANCE")])
def test_a_total_that_every_card_fails_with_is_one_click_away(page: Page, currency: str, code: str) -> None:
    payment.start(page, currency)
    page.locator(".test-cards summary").click()
    page.locator(".test-cards").get_by_role("link", name=code).click()
    expect(page.locator(".line-name")).to_have_text(code)
    page.locator("#checkout .go").click()
    payment.ready(page)
    page.get_by_role("button", name="Succeeds at once. Visa").click()
    expect(page.locator("#test-card-said")).not_to_be_empty()
    payment.pay(page)
    payment.complained(page)
    page.get_by_role("link", name="Look at the order").click()
    page.locator("#inspector-panel > summary").click()
    expect(page.locator(".steps")).to_contain_text(code)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_sdks_list_of_scenarios_is_not_cut_off(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    payment.start(page)
    payment.choose(page, 0)
    page.get_by_text("Simulate scenario").click()
    page.get_by_text("Select a scenario").click()
    option = page.get_by_role("option", name="Failure").last
    option.click()  # it can be reached with a mouse
    expect(payment.card_field(page, "number")).to_have_value("5200 0000 0000 2151")


def test_no_click_is_lost_while_the_script_of_the_cards_is_on_its_way(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/js/test-cards.js", lambda route: waiting.append(route))
    page.goto("/?currency=SGD&flow=pay&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    card = page.locator("[data-number='4000000000001000']")
    expect(card).to_be_disabled()
    while not waiting:
        page.wait_for_timeout(20)
    waiting.pop().continue_()
    card.click()
    expect(page.locator("#test-card-said")).to_have_text("Filled in. Press the button below.")
