"""Behind the counter on a projector and on a phone: the drawing can be read, the code opens where it matters."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hosted, payment

# The labels of the drawing that are too small, or that leave the space between their lanes.
UNREADABLE = """() => {
  const lanes = [...document.querySelectorAll('.lane-names span')].map(name => name.getBoundingClientRect())
  const [browser, shop, xendit] = lanes.map(box => (box.left + box.right) / 2)
  const between = {'browser-shop': [browser, shop], 'shop-browser': [browser, shop], 'shop-xendit': [shop, xendit],
                   'xendit-shop': [shop, xendit], 'browser-xendit': [browser, xendit]}
  return [...document.querySelectorAll('.sequence .arrow')].filter(arrow => {
    const [left, right] = between[arrow.classList[1]]
    const label = arrow.querySelector('span')
    const boxes = [...label.getClientRects()]
    const inside = boxes.every(box => box.left >= left && box.right <= right)
    return !inside || parseFloat(getComputedStyle(label).fontSize) < 12
  }).map(arrow => arrow.textContent)
}"""


def paid(page: Page, flow: str = "pay") -> None:
    """Pay on the hosted page, return to the order, and look behind the counter."""
    page.goto(f"/?currency=IDR&flow={flow}&integration=payment_link&cart=gayo:2,toraja:1")
    page.locator("#checkout .go").click()
    hosted.pay(page)
    payment.order_page(page, {"pay": "paid", "save": "saved"}[flow])
    panel = page.locator("#inspector-panel")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    expect(page.locator(".steps")).to_be_visible()


@pytest.mark.parametrize("flow", ["pay", "save"])
def test_the_labels_of_the_drawing_can_be_read_and_stay_between_their_lanes(page: Page, flow: str) -> None:
    paid(page, flow)
    page.locator("#inspector-panel").get_by_text("Pop out").wait_for()
    for width in (1280, 1920, 1100, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 720})
        assert page.locator(".sequence .arrow").count() >= 5
        assert page.evaluate(UNREADABLE) == [], width


# Whether the first marked line of a file is in its scrolled box and on the screen's height.
MARK_SHOWN = """code => {
  const [box, line] = [code, code.querySelector('.payload')].map(each => each.getBoundingClientRect())
  return line.top >= box.top && line.bottom <= box.bottom
}"""


def test_the_code_opens_at_its_marked_lines(page: Page) -> None:
    paid(page)
    page.locator("#inspector-code > summary").click()
    code = page.locator(".source-view .source")
    expect(code.locator(".payload").first).to_be_attached()
    assert code.evaluate(MARK_SHOWN)
    assert code.evaluate("code => code.scrollTop") > 0


def test_the_code_on_its_own_page_opens_there_without_scripts_too(js_off_page: Page) -> None:
    js_off_page.goto("/source/status")
    expect(js_off_page.locator(".pitch")).not_to_contain_text("marked lines")
    js_off_page.get_by_role("link", name="components.py").click()
    expect(js_off_page.locator(".payload").first).to_be_in_viewport()
