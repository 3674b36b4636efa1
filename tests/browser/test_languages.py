"""Long words on small phones: at 320 px nothing is cut, nothing sticks out, no button becomes a paragraph."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment
from tests.browser.conftest import NewContext

LANGUAGES = ["en", "id", "th", "vi", "es"]
WIDTH = 320

# What is wrong on the page now, as a list of sentences. The SDK's own elements are Xendit's to test.
LOOK = """() => {
  const ours = element => !element.closest('xendit-channel-picker, .xendit-dialog, pre, table, svg, .sequence')
  const shown = element => element.checkVisibility({visibilityProperty: true}) && !element.closest('.vh, .skip')
  const words = element => element.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60)
  const name = element => `${element.tagName.toLowerCase()} “${words(element)}”`
  for (const spoken of document.querySelectorAll('.vh')) spoken.style.display = 'none'
  const wrong = []
  const page = document.scrollingElement
  if (page.scrollWidth > innerWidth) wrong.push(`the page is ${page.scrollWidth} wide`)
  for (const element of document.querySelectorAll('button, label, legend, summary, h1, h2, h3, a, .badge, .chip')) {
    if (!ours(element) || !shown(element) || getComputedStyle(element).display === 'inline') continue
    if (element.scrollWidth > element.clientWidth + 1) wrong.push(`${name(element)} is cut or sticks out`)
    if (element.scrollHeight > element.clientHeight + 1 && getComputedStyle(element).overflowY !== 'visible')
      wrong.push(`${name(element)} is cut below`)
  }
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement
    if (!text.data.trim() || !ours(parent) || !shown(parent) || parent.closest('select')) continue
    const range = document.createRange()
    range.selectNodeContents(text)
    const boxes = [...range.getClientRects()].filter(box => box.width > 1)
    if (boxes.some(box => box.left < 0 || box.right > innerWidth + 0.5)) wrong.push(`${name(parent)} leaves the screen`)
    let block = parent
    while (getComputedStyle(block).display.startsWith('inline')) block = block.parentElement
    const edge = block.getBoundingClientRect().right + 1
    if (boxes.some(box => box.right > edge)) wrong.push(`${name(parent)} leaves its box`)
    const lines = new Set(boxes.map(box => Math.round(box.top))).size
    if (lines > 2 && parent.closest('button, .badge, .chip')) wrong.push(`${name(parent)} takes ${lines} lines`)
  }
  for (const spoken of document.querySelectorAll('.vh')) spoken.style.display = ''
  return wrong
}"""


def fits(page: Page, where: str) -> None:
    wrong: list[Any] = page.evaluate(LOOK)
    assert not wrong, f"{where}:\n" + "\n".join(wrong)


@pytest.fixture(params=LANGUAGES)
def small(request: pytest.FixtureRequest, new_context: NewContext) -> Page:
    """The smallest phone there is, in each language."""
    page = new_context().new_page()
    page.set_viewport_size({"width": WIDTH, "height": 640})
    page.goto(f"/?language={request.param}")
    expect(page.locator("html")).to_have_attribute("lang", request.param)
    return page


@pytest.mark.parametrize("flow", ["pay", "save", "pay_save", "subscription"])
def test_the_storefront_fits(small: Page, flow: str) -> None:
    small.goto(f"/?currency=IDR&flow={flow}&integration=components&cart=")
    fits(small, "an empty counter")
    small.goto(f"/?currency=VND&flow={flow}&integration=components&cart=gayo:2,nanyang:12,dripper:1")
    fits(small, "a full counter")
    for menu in small.locator("header details > summary").all():
        menu.click()
    fits(small, "the menus")


def test_the_way_over_a_hosted_page_fits(small: Page, base_url: str) -> None:
    small.goto("/?currency=IDR&flow=subscription&integration=payment_link&cart=gayo:2,nanyang:12")
    small.locator("#checkout .go").click()
    small.wait_for_url("**/sandbox/pay/**")
    fits(small, "the hosted page")
    hosted = small.url
    small.go_back()
    small.goto("/orders")
    small.locator(".order-row").first.click()
    fits(small, "an open order")
    small.goto(hosted)
    small.locator("button[value=decline]").click()
    fits(small, "a declined attempt")
    small.locator("button[value=pay]").click()
    expect(small.locator("#order-status")).to_have_attribute("data-status", "subscribed")
    fits(small, "a subscription")
    small.goto("/orders")
    fits(small, "the list of orders")
    small.goto(hosted)
    fits(small, "a hosted page that is over")


def test_the_steps_of_a_hosted_page_fit(small: Page) -> None:
    small.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    small.locator("#checkout .go").click()
    small.wait_for_url("**/sandbox/pay/**")
    for kind in ("QRIS", "CARDS.challenge"):
        small.locator(f"input[value='{kind}']").check()
        small.locator("button[value=pay]").click()
        expect(small.locator("button[value=back]")).to_be_visible()
        fits(small, kind)
        small.locator("button[value=back]").click()


@pytest.mark.parametrize("flow", ["pay", "subscription"])
def test_the_page_with_components_fits(small: Page, flow: str) -> None:
    payment.start(small, flow=flow)
    fits(small, "Components")


@pytest.mark.complains("status of 404")
def test_other_pages_fit(small: Page) -> None:
    for path in ("/nowhere", "/orders", "/walkthrough", "/behind-the-counter"):
        small.goto(path)
        fits(small, path)
