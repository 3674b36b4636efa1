"""What a screen reader hears, beside test_look.py: each answer to a press, and what comes by itself."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import behind, options_refused, refunding, waiting, walkthrough

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


def cheating(page: Page) -> None:
    waiting(page)
    page.goto(f"{page.url.partition('?')[0]}/cheat")


def dressed(page: Page) -> None:
    page.goto("/?brand=Kopi+Kita")
    page.goto("/brand")


# Of each control its name and description, if another one that does something else has the same.
ALIKE = """() => {
  const text = id => document.getElementById(id).textContent
  const does = each =>
    each.dataset.copy ?? each.getAttribute('href') ?? (each.value || each.form?.getAttribute('action'))
  const found = [...document.querySelectorAll('main :is(button, a[href], input[type=checkbox])')].map(each => [
    [each.ariaLabel ?? (each.closest('label') ?? each).textContent.trim(),
      ...(each.getAttribute('aria-describedby') ?? '').split(' ').filter(Boolean).map(text)].join(', '), does(each)])
  return found.filter(([name, what]) => found.some(([other, otherwise]) => other === name && otherwise !== what))
}"""


@pytest.mark.parametrize("arrive", [walkthrough, cheating, behind, dressed], ids=lambda state: state.__name__)
def test_no_two_controls_of_a_page_are_named_and_described_alike(page: Page, arrive: Callable[[Page], None]) -> None:
    arrive(page)
    assert page.evaluate(ALIKE) == []
