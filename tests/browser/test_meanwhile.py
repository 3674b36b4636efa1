"""Each press while an answer is under way stands, is done once, and is not lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import hosted, payment, states

pytestmark = pytest.mark.usefixtures("short_patience")


class Held:
    """Requests to an address wait until they are released, one by one."""

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self.page, self.routes, self.sent = page, list[Route](), list[str]()
        page.route(address, self._hold)

    def _hold(self, route: Route) -> None:
        self.sent.append(route.request.url.rpartition("/")[2])
        self.routes.append(route)

    def release(self) -> None:
        """Let the next request go, and wait for its answer."""
        while not self.routes:
            self.page.wait_for_timeout(20)
        route = self.routes.pop(0)
        with self.page.expect_event("requestfinished", lambda request: request == route.request):
            route.fallback()


@pytest.mark.parametrize("first", ["#flow-save", "#flow-pay_save", "#currency"])
def test_a_choice_made_while_another_is_answered_is_the_one_that_is_ordered(page: Page, first: str) -> None:
    states.filled(page)
    held: list[Route] = []
    page.route("**/choices/*", lambda route: held.append(route))
    if first == "#currency":
        page.locator(first).select_option("PHP")
    else:
        page.locator(f"label[for={first[1:]}]").click()
    page.locator("label[for=method-payment_link]").click()
    with page.expect_request("**/choices/integration"):  # it waits for the answer to the first
        held.pop().fallback()
    expect(page.locator("#method-payment_link")).to_be_checked()
    page.locator("#checkout .go").click()
    with page.expect_request("**/checkout") as ordered:
        held.pop().fallback()
    assert "integration=payment_link" in (ordered.value.post_data or "")
    hosted.is_open(page)


def press_twice(page: Page, selector: str) -> None:
    for _ in range(2):
        page.locator(selector).click()


@pytest.mark.parametrize(
    ("arrive", "first", "address"),
    [
        (states.filled, "#remove-toraja", "**/cart/*"),
        (states.filled, "#fewer-toraja", "**/cart/*"),
        (states.empty, "#sample", "**/cart/*"),
        (states.returning, ".saved-payment .quiet", "**/saved-payments/forget"),
    ],
    ids=["remove", "fewer", "sample", "forget"],
)
def test_a_button_that_the_first_answer_takes_away_holds_up_nothing(
    page: Page, arrive: Callable[[Page], None], first: str, address: str
) -> None:
    arrive(page)
    held, add = Held(page, address), page.locator("#card-gayo .add")
    press_twice(page, first)
    held.release()
    expect(page.locator(first)).to_have_count(0)
    page.unroute(address)
    with page.expect_response("**/cart/add"):
        add.click()
    expect(page.locator("#line-gayo, #line-benguet").first).to_be_visible()
    assert len(held.sent) == 1
    expect(page.locator("#checkout")).to_be_visible()


def test_a_way_to_show_the_page_that_is_offered_no_more_holds_up_nothing(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    held = Held(page, "**/choices/*")
    page.locator("label[for=method-components]").click()
    page.locator("label[for=present-qr]").click()
    held.release()
    expect(page.locator("#presentations")).to_have_count(0)
    with page.expect_response("**/cart/add"):
        page.locator("#card-gayo .add").click()
    assert held.sent == ["integration"]


def test_checkout_is_of_the_cart_that_the_presses_before_it_make(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:2,toraja:1")
    held = Held(page, "**/cart/*")
    press_twice(page, "#fewer-toraja")
    page.locator("#more-gayo").click()
    held.release()
    held.release()
    expect(page.locator("#line-gayo .quantity")).to_contain_text("3")
    page.locator("#checkout .go").click()
    hosted.is_open(page)
    expect(page.locator("body")).to_contain_text("Rp720.000")


@contextmanager
def from_afar(page: Page) -> Iterator[None]:
    """Each request takes half a second more."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    line = {"offline": False, "latency": 500, "downloadThroughput": -1, "uploadThroughput": -1}
    devtools.send("Network.emulateNetworkConditions", line)
    yield
    devtools.send("Network.emulateNetworkConditions", line | {"latency": 0})


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=name).first.click()


def speak_indonesian(page: Page) -> None:
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="Bahasa Indonesia").click()
    expect(page.locator("html")).to_have_attribute("lang", "id")


@pytest.mark.parametrize("way", ["a link", "a form"])
def test_what_is_pressed_before_a_page_is_left_is_done_first(page: Page, way: str) -> None:
    states.filled(page)
    with from_afar(page):
        press_twice(page, "#more-gayo")
        press_twice(page, "#more-toraja")
        if way == "a link":
            follow(page, "Options, and the request to be sent")
            expect(page).to_have_url(re.compile("/options$"))
        else:
            speak_indonesian(page)
    page.goto("/")
    assert [page.locator(f"#line-{name} .quantity").inner_text()[-1] for name in ("gayo", "toraja")] == ["4", "3"]


def test_an_option_that_was_chosen_before_the_way_back_is_what_the_shop_shows_and_orders(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1&channels=CARDS")
    page.goto("/options")
    with from_afar(page):
        page.locator("#option-capture").select_option("MANUAL")
        follow(page, "Back to the shop")
        expect(page.locator("#charge")).to_contain_text("is held now")


def test_a_visitor_who_is_sent_to_pay_orders_nothing_more(page: Page) -> None:
    states.returning(page)
    held = Held(page, "**/checkout/saved-payment")
    sent = list[str]()
    page.on("request", lambda request: sent.append(request.url.rpartition("/")[2]))
    page.locator(".saved-payment .go").click()
    page.locator("#checkout .go").click()
    held.release()
    payment.order_page(page)
    assert "checkout" not in sent


def test_an_amount_that_is_typed_stays_through_the_polls(page: Page) -> None:
    states.waiting(page)
    held = Held(page, "**/status?*")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("#pay").click()
    hosted.pay(other)
    payment.order_page(other)
    page.bring_to_front()
    page.wait_for_timeout(4_500)  # two polls
    assert len(held.sent) == 1
    held.release()
    amount = page.locator("input[name=amount]")
    amount.fill("1000")
    page.wait_for_timeout(2_500)
    while held.routes:
        held.release()
    expect(amount).to_have_value("1000")


def test_one_read_only_link_is_made_and_opens(page: Page) -> None:
    states.waiting(page)
    page.locator("#take-along > summary").click()
    held = Held(page, "**/share")
    press_twice(page, "form[action$='/share'] button")
    held.release()
    expect(page.locator("#share-link")).to_be_visible()
    assert page.request.get(page.locator("#share-link").input_value()).ok
    assert held.sent == ["share"] and not held.routes


def test_the_card_that_was_pressed_last_fills_the_form(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    held = Held(page, "**/xendit-components*")
    with page.expect_event("requestfinished", lambda request: "test-cards" in request.url):
        page.locator("#checkout .go").click()
    page.wait_for_timeout(200)
    for place in (0, 3):
        page.locator(".test-card").nth(place).click()
    held.release()
    payment.ready(page)
    expect(payment.card_field(page, "number")).to_have_value("4000 0000 0000 2503", timeout=10_000)
    page.wait_for_timeout(1_000)
    expect(payment.card_field(page, "number")).to_have_value("4000 0000 0000 2503")


def test_an_option_that_is_corrected_stays_corrected(page: Page) -> None:
    page.goto("/?flow=pay&integration=payment_link&cart=gayo:2")
    page.goto("/options")
    held = Held(page, "**/options")
    minutes, email = page.locator("#option-minutes"), page.locator("#option-email")
    for value in ("45", "90"):
        minutes.fill(value)
        minutes.press("Tab")
        page.wait_for_timeout(300)
    held.routes.pop(0).fallback()
    page.wait_for_timeout(500)
    email.fill("ayu@example.com")
    email.press("Tab")
    while held.routes:
        held.routes.pop(0).fallback()
        page.wait_for_timeout(300)
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.unroute("**/options")
    page.reload()
    expect(minutes).to_have_value("90")
    expect(email).to_have_value("ayu@example.com")


def test_the_code_that_was_asked_for_last_is_shown(page: Page) -> None:
    states.waiting(page)
    page.locator("#on-a-phone > summary").click()
    held = Held(page, "**/qr")
    page.locator("#on-a-phone a").first.click()
    page.locator("#on-a-phone form button").click()
    while held.routes:
        held.routes.pop(0).fallback()
        page.wait_for_timeout(300)
    expect(page.locator("#qr .qr-code")).to_have_attribute("aria-label", re.compile("payment"))


def test_the_control_that_was_set_last_is_stored(page: Page) -> None:
    page.goto("/walkthrough")
    page.locator("#walkthrough-controls > summary").click()
    held = Held(page, "**/walkthrough/controls")
    fault, apply = page.locator("#walkthrough-controls select[name=fail]"), "#walkthrough-controls button.add"
    press_twice(page, apply)
    fault.select_option("401")
    page.locator(apply).click()
    held.release()
    held.release()
    page.reload()
    expect(fault).to_have_value("401")


def test_a_poll_takes_no_press_and_no_focus_away(page: Page) -> None:
    states.show(page, "yogyakarta")
    page.locator("#checkout .go").click()
    hosted.is_open(page)
    page.goto("/orders")
    page.locator(".order-row").first.click()
    expect(page.locator("#order-status")).to_be_visible()
    order = page.url.partition("?")[0]
    onward = page.locator("#strip [data-key=ArrowRight]")
    onward.focus()
    page.request.post(f"{order}/cancel", max_redirects=0)
    expect(page.locator(".state-cancelled")).to_be_visible()
    expect(onward).to_be_focused()


def test_copy_gets_its_name_back_after_a_poll(page: Page) -> None:
    states.waiting(page)
    order = page.url.partition("?")[0]
    page.goto(f"{order}/inspector")
    page.evaluate("for (const details of document.querySelectorAll('main details')) details.open = true")
    held = Held(page, "**/inspector?*")
    copy = page.locator(".step .copy").last
    name, copy = copy.inner_text(), page.locator(f"[data-copy='{copy.get_attribute('data-copy')}']")
    page.request.post(f"{order}/cancel")
    while not held.routes:
        page.wait_for_timeout(20)
    copy.click()
    expect(copy).to_have_text("Copied")
    held.release()
    page.wait_for_timeout(1_600)
    expect(copy).to_have_text(name)


def test_a_page_that_comes_back_from_the_browsers_memory_is_asked_for_anew(page: Page) -> None:
    """Here the browser keeps no page in memory: it stays on this one, and is told what it would be told then."""
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    page.route("**/sandbox/pay/**", lambda route: route.fulfill(status=204))
    with page.expect_request("**/sandbox/pay/**"):
        page.locator("#checkout .go").click()
    expect(page.locator("#checkout .go")).to_be_disabled()
    with page.expect_navigation():
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
    expect(page.locator("#checkout .go")).to_be_enabled()


def test_a_code_leads_to_its_order_once(page: Page) -> None:
    states.presenting(page)
    order = str(page.locator("#present").get_attribute("hx-get")).removesuffix("/done")
    held = Held(page, re.compile(f"{order}$"))
    page.request.post(f"{order}/cancel", max_redirects=0)
    page.wait_for_timeout(6_500)  # three polls
    assert len(held.sent) == 1


def test_a_page_that_a_redirect_does_not_leave_goes_on(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    page.route("**/sandbox/pay/**", lambda route: route.fulfill(status=204))
    page.locator("#checkout .go").click()
    expect(page.locator("#checkout .go")).to_be_enabled(timeout=8_000)
    page.locator("#more-gayo").click()
    expect(page.locator("#line-gayo .quantity")).to_contain_text("2")
    speak_indonesian(page)


def test_an_answer_that_never_comes_keeps_nobody_on_the_page(page: Page) -> None:
    states.filled(page)
    Held(page, "**/cart/add")
    page.locator("#more-gayo").click()
    speak_indonesian(page)
