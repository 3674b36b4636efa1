"""Faults that were seen by hand on the first walk, each kept from coming back."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import payment, states
from tests.browser.states import CART


@pytest.mark.complains("ERR_", "htmx:error")
def test_a_choice_that_did_not_arrive_is_not_shown(page: Page) -> None:
    states.filled(page)
    page.context.set_offline(True)
    page.locator("label[for=flow-save]").click()
    expect(page.locator("#offline")).to_contain_text("try again")
    expect(page.locator("#flow-pay")).to_be_checked()
    page.locator("#currency").select_option("PHP")
    expect(page.locator("#currency")).to_have_value("IDR")
    page.context.set_offline(False)


@pytest.mark.complains("ERR_", "htmx:error")
def test_a_poll_that_failed_asks_nothing_of_the_visitor(page: Page) -> None:
    states.waiting(page)
    page.context.set_offline(True)
    expect(page.locator("#offline")).to_contain_text("This page goes on by itself")
    expect(page.get_by_text("try again")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


@pytest.mark.parametrize("width", [992, 1280, 1920])
def test_the_toast_leaves_the_button_free(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 720})
    states.filled(page)
    page.locator("#offline").evaluate("toast => { toast.hidden = false }")
    toast, button = page.locator("#offline").bounding_box(), page.locator(".cart-panel").bounding_box()
    assert toast and button and toast["x"] + toast["width"] <= button["x"]


@pytest.mark.parametrize("again", ["at once", "after a reload"])
def test_another_language_stays_in_the_payment(page: Page, again: str) -> None:
    payment.start(page)
    if again == "after a reload":
        page.reload()
        payment.ready(page)
    page.locator("details.menu:not(.pages) summary").click()
    page.locator("button[name=language][value=id]").click()
    expect(page).to_have_url(re.compile("/orders/[^/]+/resume$"))
    expect(page.locator("html")).to_have_attribute("lang", "id")
    payment.ready(page)


def test_the_title_follows_the_payment(page: Page) -> None:
    page.goto(CART)
    expect(page).to_have_title(re.compile("Coffee from both sides"))
    page.locator("#checkout .go").click()
    expect(page).to_have_title(re.compile("^Payment"))
    expect(page.locator("h1:visible")).to_have_text("How would you like to pay?")
    payment.ready(page)
    payment.pay_by_card(page, payment.GOOD)
    expect(page).to_have_title(re.compile("^Paid · Order selat-"))


def test_a_form_that_was_stopped_can_be_sent_again(page: Page) -> None:
    states.waiting(page)
    page.clock.install()
    page.evaluate("""() => {
      window.sent = 0;
      addEventListener("submit", (event) => {
        window.sent += !event.defaultPrevented;
        event.preventDefault(); // as if the visitor had stopped it
      });
    }""")
    for times in (1, 2):
        page.locator("#pay").click()
        page.locator("#pay").click()
        assert page.evaluate("sent") == times
        page.clock.fast_forward(61_000)


def test_the_title_follows_an_order_that_changes_elsewhere(page: Page) -> None:
    states.waiting(page)
    expect(page).to_have_title(re.compile("^Waiting for your payment · Order selat-"))
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#cancel").click()
    expect(page).to_have_title(re.compile("^Cancelled · Order selat-"))


def test_the_payment_form_leads_back_and_names_its_market(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    payment.start(page, "PHP")
    expect(page.locator("#order-summary")).to_contain_text("PHP · PH")
    gap = """document.querySelector('#inspector-panel').getBoundingClientRect().top
      - document.querySelector('#components .leave').getBoundingClientRect().bottom"""
    assert page.evaluate(gap) < 80
    page.locator("#components").get_by_role("link", name="Back to the shop").click()
    expect(page.locator(".line")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1280])
def test_a_card_number_and_its_network_are_not_broken(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/walkthrough")
    page.locator("#walkthrough-test-data > summary").click()
    cells = page.locator(".test-data table").first.locator("td code, td:nth-child(2)")
    lines = """cells => cells.map(cell => {
      const range = document.createRange()
      range.selectNodeContents(cell)
      return new Set([...range.getClientRects()].map(box => Math.round(box.top))).size
    })"""
    assert set(cells.evaluate_all(lines)) == {1}


@pytest.mark.parametrize("control", ["#card-gayo form", "#more-gayo", "#flows", "#currency"])
def test_a_slow_network_shows_that_something_is_under_way(page: Page, control: str) -> None:
    states.filled(page)
    held: list[Route] = []
    page.route(re.compile("/(cart|choices)/"), lambda route: held.append(route))
    if control == "#currency":
        page.locator(control).select_option("PHP")
    else:
        presses = {"#card-gayo form": "#card-gayo button", "#flows": "label[for=flow-save]"}
        page.locator(presses.get(control, control)).click()
    expect(page.locator(f"{control}.htmx-request")).to_be_attached()
    shown = "element => element.getAnimations({subtree: true}).map(animation => animation.animationName)"
    assert {"wait", "turn"} & set(page.locator(control).evaluate(shown))
    held[0].continue_()
    expect(page.locator(f"{control}.htmx-request")).to_have_count(0)


def test_a_kept_payment_method_is_not_called_nothing(page: Page) -> None:
    states.saved(page)
    expect(page.get_by_role("heading", name="A payment method for later")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("What you ordered")
