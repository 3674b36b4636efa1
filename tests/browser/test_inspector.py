"""Behind the counter on a projector and on a phone: the drawing can be read, the code opens where it matters."""

import pytest
from playwright.sync_api import Page, Request, expect

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
    expect(page.locator(".sequence")).to_have_css("display", "grid")  # its style has come too


@pytest.mark.parametrize("flow", ["pay", "save"])
def test_the_labels_of_the_drawing_can_be_read_and_stay_between_their_lanes(page: Page, flow: str) -> None:
    paid(page, flow)
    for width in (1280, 1920, 1100, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 720})
        if width == 768:  # no longer beside the order
            page.goto(f"{page.url}/inspector")
        assert page.locator(".sequence .arrow").count() >= 5
        assert page.evaluate(UNREADABLE) == [], width


# Whether the first marked line of a file is in its scrolled box and on the screen's height.
MARK_SHOWN = """code => {
  const [box, line] = [code, code.querySelector('.payload')].map(each => each.getBoundingClientRect())
  return line.top >= box.top && line.bottom <= box.bottom
}"""


def test_the_code_opens_at_its_marked_lines(page: Page) -> None:
    paid(page)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if "/source/" in request.url else None)
    page.locator("#inspector-code > summary").click()
    code = page.locator(".source-view .source")
    expect(code.locator(".payload").first).to_be_attached()
    assert len(asked) == 1
    assert code.evaluate(MARK_SHOWN)
    assert code.evaluate("code => code.scrollTop") > 0


def test_the_code_on_its_own_page_opens_there_without_scripts_too(js_off_page: Page) -> None:
    js_off_page.goto("/source/status")
    expect(js_off_page.locator(".pitch")).not_to_contain_text("marked lines")
    js_off_page.get_by_role("link", name="components.py").click()
    expect(js_off_page.locator(".payload").first).to_be_in_viewport()
    expect(js_off_page.get_by_role("link", name="payment_link.py")).to_be_in_viewport(ratio=1)


def beside(page: Page, what: str) -> bool:
    """Whether the open inspector is to the right of something, and begins on the first screen."""
    panel, other = page.locator("#inspector-panel").bounding_box(), page.locator(what).bounding_box()
    assert panel and other
    return panel["x"] >= other["x"] + other["width"] and panel["y"] < 200


def test_on_a_wide_screen_the_inspector_stands_open_beside_the_order(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    paid(page)
    page.reload()
    expect(page.locator(".steps")).to_be_visible()
    assert beside(page, "#order-status")
    for words in (".step .what", ".step-line .verdict", ".inspector-head .pitch"):
        expect(page.locator(words).first).to_have_css("font-size", "16px")
    page.set_viewport_size({"width": 1099, "height": 720})
    expect(page.locator("#inspector-panel")).not_to_have_attribute("open", "")
    page.reload()
    expect(page.locator("#inspector-panel")).not_to_have_attribute("open", "")
    assert page.locator(".inspector").count() == 0, "what is folded is not loaded"


def test_it_can_stand_beside_the_shop_and_the_payment_form(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    page.locator("#inspector-panel > summary").click()
    expect(page.locator("#inspector-panel")).to_contain_text("No order from this browser yet")
    assert beside(page, "#cart-panel")
    page.locator("#checkout .go").click()
    payment.ready(page)
    expect(page.locator(".whose")).to_contain_text("Your newest order")
    expect(page.locator(".steps")).to_contain_text("POST /sessions")
    assert beside(page, "#components")


def test_a_second_window_follows_the_newest_order_and_keeps_its_drawers_open(page: Page) -> None:
    paid(page)
    second = page.context.new_page()
    second.goto("/inspector")
    second.locator("#inspector-test-data > summary").click()
    second.locator("#inspector-code > summary").click()
    expect(second.locator(".source-view")).to_contain_text("payment_link.py")
    page.goto("/?currency=PHP&flow=pay&integration=invoice&cart=benguet:1")
    page.locator("#checkout .go").click()
    hosted.is_open(page)
    expect(second.locator(".steps")).to_contain_text("POST /v2/invoices")
    expect(second.locator(".whose")).to_contain_text("PHT")
    expect(second.locator("#inspector-test-data")).to_have_attribute("open", "")
    expect(second.locator(".source-view")).to_contain_text("invoice.py")


def test_a_window_that_nobody_sees_asks_nothing(page: Page) -> None:
    paid(page)
    page.clock.install()
    page.goto(f"{page.url}/inspector")
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(20_000)
    assert asked == []
    page.evaluate("delete document.hidden")
    with page.expect_request("**/inspector?seen=*"):
        page.clock.run_for(2_000)


def test_what_a_control_has_done_is_announced(page: Page) -> None:
    paid(page)
    page.locator("#inspector-controls > summary").click()
    said = page.locator("#inspector-controls").get_by_role("status")
    expect(said).to_have_text("")
    page.get_by_role("button", name="Apply").click()
    expect(said).to_have_text("Applied, for this browser alone.")


def test_the_print_has_all_of_it_and_nothing_over_another(page: Page) -> None:
    paid(page)
    page.set_viewport_size({"width": 1100, "height": 900})
    for drawer in ("#inspector-code", "#inspector-test-data"):
        page.locator(f"{drawer} > summary").click()
    expect(page.locator(".payload").first).to_be_attached()
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 794, "height": 1123})
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    code = page.locator(".source-view .ln").last.bounding_box()
    after = page.locator("#inspector-test-data").bounding_box()
    assert code and after and code["y"] + code["height"] <= after["y"]
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": 1280, "height": 720})
    page.pdf()
    expect(page.locator("#inspector-panel")).to_have_attribute("open", "")
