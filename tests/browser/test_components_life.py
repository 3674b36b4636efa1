"""Around the payment: refresh, Back, another tab, time running out, a gateway with troubles, other languages."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import payment
from tests.browser.conftest import NewContext
from tests.browser.sandbox_books import Books, books, browser_context_args, own_shop
from tests.leaks import browser_text, secrets_in
from webapp.sandbox.gateway import start_payment
from webapp.sandbox.gateway.texts import text

__all__ = ["books", "browser_context_args", "own_shop"]

PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126 Mobile Safari/537.36"
)

# As SDKs from 0.0.25 on take `resume`, without their form.
NEWER_SDK = """export class XenditComponents extends EventTarget {
  constructor({ resume }) {
    super()
    const lost = resume && !new URLSearchParams(location.search).get('token_request_id')
    const events = lost ? ['fatal-error'] : resume ? ['init', 'submission-resume'] : ['init']
    setTimeout(() => { for (const name of events) this.dispatchEvent(new Event(name)) })
  }
  createChannelPickerComponent() { return document.createElement('p') }
  getSession() { return { expiresAt: new Date(NaN) } }
  getActiveChannels() { return ['CARDS'] }
}"""
# What Xendit adds to the return_url when a wallet sends the browser back.
FROM_A_WALLET = "?token_request_id=0b7c2f0e-5d1a-4d43-9a5e-2f6f1f2b9c11&component_status=FAILED"


def test_refresh_comes_back_to_the_same_payment(page: Page) -> None:
    payment.start(page)
    reference_id = payment.reference_id(page)
    page.reload()
    payment.ready(page)
    assert payment.reference_id(page) == reference_id
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page)


def test_back_shows_the_shop_with_the_cart_and_forward_the_payment(page: Page) -> None:
    payment.start(page)
    reference_id = payment.reference_id(page)
    page.go_back()
    expect(page.locator("#components")).to_have_count(0)
    expect(page.locator("#cart-panel")).to_contain_text("Gayo Highlands")
    page.go_forward()
    payment.ready(page)
    assert payment.reference_id(page) == reference_id


def test_the_way_to_the_content_leaves_the_form_as_it_is(page: Page) -> None:
    payment.start(page)
    page.evaluate("window.mark = 1")
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/resume#main$"))
    assert page.evaluate("window.mark") == 1


def test_an_amount_that_no_channel_takes_is_said_so(page: Page) -> None:
    payment.start(page)
    none = page.locator("#components-none")
    expect(none).to_be_hidden()
    page.goto("/?currency=MYR&flow=authorize&integration=components&cart=gayo:80")  # above what cards take
    page.locator("#checkout .go").click()
    payment.ready(page)
    expect(none).to_have_text("No way to pay takes this amount.")
    expect(page.locator("#components-pay")).to_be_disabled()


def test_the_market_cannot_be_changed_under_a_payment(page: Page) -> None:
    payment.start(page)
    expect(page.locator("#currency")).to_be_hidden()


def test_back_from_a_wallet_comes_to_the_same_payment(page: Page) -> None:
    payment.start(page)
    payment.choose(page, 2, "DANA")
    payment.pay(page)
    page.wait_for_url("**/sandbox/wallet/**")
    page.go_back()
    payment.ready(page)
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page)


def test_a_wallet_may_be_left_without_deciding(page: Page) -> None:
    payment.start(page)
    payment.choose(page, 2, "ShopeePay")
    payment.pay(page)
    page.get_by_role("link", name="Go back without deciding").click()
    payment.ready(page)


@pytest.mark.parametrize(("query", "wanted"), [("", "ready"), (FROM_A_WALLET, "submitting")])
def test_a_newer_sdk_resumes_only_an_attempt_that_the_address_names(page: Page, query: str, wanted: str) -> None:
    payment.start(page)
    page.route("**/xendit-components.mjs", lambda route: route.fulfill(body=NEWER_SDK, content_type="text/javascript"))
    page.goto(f"/orders/{payment.reference_id(page)}/resume{query}")
    payment.state(page, wanted)
    assert page.url.endswith(f"/resume{query}")  # a newer SDK reads it later, so it stays


def test_the_sdk_of_this_shop_takes_no_notice_of_what_a_wallet_adds(page: Page) -> None:
    payment.start(page)
    page.goto(f"/orders/{payment.reference_id(page)}/resume{FROM_A_WALLET}")
    payment.ready(page)
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page)


def test_a_phone_opens_the_wallets_app(new_context: NewContext) -> None:
    page = new_context(user_agent=PHONE, has_touch=True, is_mobile=True).new_page()
    payment.start(page)
    payment.choose(page, 2, "DANA")
    payment.pay(page)
    page.locator(".xendit-dialog a").click()
    payment.at_wallet(page, "approve")
    payment.order_page(page)


def test_a_code_left_alone_expires_and_a_new_payment_is_offered(page: Page, books: Books) -> None:
    payment.start(page)
    payment.choose(page, 1)
    payment.pay(page)
    expect(page.locator("[data-testid=qr-code] svg")).to_be_visible()
    books.let_expire(payment.reference_id(page))
    payment.state(page, "dead")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator("#cart-panel")).to_contain_text("Gayo Highlands")


def test_an_idle_form_notices_that_its_time_is_over(page: Page, books: Books) -> None:
    page.clock.install()
    payment.start(page)
    books.let_expire(payment.reference_id(page))
    page.clock.fast_forward(2 * 3600 * 1000)
    payment.state(page, "dead")


def test_a_tab_whose_payment_was_cancelled_elsewhere_says_so_by_itself(page: Page) -> None:
    payment.start(page)
    assert page.request.post(f"/orders/{payment.reference_id(page)}/cancel").ok
    payment.state(page, "dead")
    expect(page.get_by_role("alert").get_by_role("button", name="Start again")).to_be_visible()


@pytest.mark.parametrize(("flow", "status"), [("pay", "paid"), ("authorize", "authorized")])
def test_a_tab_whose_payment_ended_in_another_one_says_so_without_the_focus(page: Page, flow: str, status: str) -> None:
    payment.start(page, flow=flow)
    reference_id = payment.reference_id(page)
    other = page.context.new_page()
    other.goto(page.url)
    payment.ready(other)
    other.bring_to_front()
    payment.pay_by_card(other, payment.GOOD)
    payment.order_page(other, status)
    payment.order_page(page, status)
    assert reference_id in page.url


@pytest.mark.complains("status of 422", "Submission failed")
def test_a_payment_that_was_cancelled_meanwhile_is_noticed_on_paying(page: Page) -> None:
    payment.start(page)
    page.route("**/status?seen=*", lambda route: route.abort())  # before the tab has asked the shop
    assert page.request.post(f"/orders/{payment.reference_id(page)}/cancel").ok
    payment.choose(page, 1)
    page.unroute("**/status?seen=*")
    payment.pay(page)
    payment.state(page, "dead")


@pytest.mark.complains("status of 500")
def test_a_gateway_that_fails_twice_while_polling_is_asked_again(page: Page) -> None:
    payment.start(page)
    failures = iter([1, 2])

    def fail_twice(route: Route) -> None:
        if next(failures, None):
            route.fulfill(status=500, body="no")
        else:
            route.continue_()

    page.route("**/api/sessions/*/poll*", fail_twice)
    payment.choose(page, 1)
    payment.pay(page)
    payment.say_paid(page)
    payment.order_page(page)
    assert next(failures, None) is None


def test_an_approval_is_waited_for_even_over_a_refresh(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_payment, "APPROVAL_TAKES", timedelta(seconds=4))
    payment.start(page, "MYR")
    payment.choose(page, 2, "Maybank2E")
    payment.pay(page)
    payment.decide(page, "approve")
    payment.state(page, "pending")
    page.reload()
    payment.state(page, "pending")
    payment.order_page(page)


@pytest.mark.complains("ERR_FAILED", "status of 500", "Failed to fetch")
@pytest.mark.parametrize("broken", ["**/xendit-components.mjs", "**/api/sessions/session-*"])
def test_what_cannot_be_loaded_is_said_in_words(page: Page, broken: str) -> None:
    page.route(broken, lambda route: route.abort())
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    payment.state(page, "broken")
    expect(page.get_by_text("The payment form could not be shown.")).to_be_visible()
    page.unroute(broken)
    page.get_by_role("link", name="Reload").click()
    payment.ready(page)


@pytest.mark.complains("ERR_FAILED", "Failed to fetch")
@pytest.mark.parametrize("missing", ["**/js/components.js", "**/xendit-components.mjs"])
@pytest.mark.parametrize("how", ["refused", "never answered"])
def test_a_form_that_does_not_come_offers_the_payment_link(page: Page, missing: str, how: str) -> None:
    page.clock.install()
    page.route(missing, lambda route: route.abort() if how == "refused" else None)
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    expect(page.locator("#components")).to_be_visible()
    if how == "never answered":
        expect(page.get_by_text("Getting the payment form…")).to_be_visible()
        page.clock.fast_forward(10_000)
    expect(page.get_by_text("The payment form could not be shown.")).to_be_visible()
    expect(page.get_by_text("Getting the payment form…")).to_be_hidden()
    page.get_by_role("button", name="Choose Xendit's page").click()
    expect(page.locator("input[value=payment_link]")).to_be_checked()
    expect(page.locator("#cart-panel")).to_contain_text("Gayo Highlands")


@pytest.mark.complains("ERR_FAILED")
def test_a_form_that_comes_late_is_shown_all_the_same(page: Page) -> None:
    page.clock.install()
    waiting: list[Route] = []
    page.route("**/xendit-components.mjs", lambda route: waiting.append(route))
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    expect(page.get_by_text("Getting the payment form…")).to_be_visible()
    page.clock.fast_forward(10_000)
    expect(page.get_by_text("The payment form could not be shown.")).to_be_visible()
    waiting[0].continue_()
    payment.ready(page)
    expect(page.get_by_text("The payment form could not be shown.")).to_be_hidden()


def test_the_key_is_gone_once_the_sdk_has_it(page: Page) -> None:
    payment.start(page)
    assert not secrets_in(page.content())
    assert not secrets_in(browser_text(page))
    assert page.locator("#components-key").count() == 0


def test_frames_have_titles_and_logos_are_decoration(page: Page) -> None:
    payment.start(page)
    payment.choose(page, 0)
    for title in ("Card number", "Expiry date", "Security code"):
        expect(page.locator(f"iframe[title='{title}']")).to_have_count(1)
    payment.choose(page, 2, "OVO")
    expect(page.locator("xendit-channel-picker img:not([alt])")).to_have_count(0)


def test_enter_in_a_field_pays_and_does_not_leave_the_page(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_payment, "PUSH_TAKES", timedelta(seconds=1))
    payment.start(page)
    payment.choose(page, 2, "OVO")
    payment.type_phone(page, "+6281234567890")
    page.keyboard.press("Enter")
    payment.order_page(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_card_fields_are_dressed_like_the_page(new_context: NewContext, scheme: str) -> None:
    page = new_context(color_scheme=scheme).new_page()
    payment.start(page)
    payment.choose(page, 0)
    field = payment.card_field(page, "number")
    colour = page.locator("xendit-payment-channel input:visible").first.evaluate("e => getComputedStyle(e).color")
    expect(field).to_have_css("color", colour)


@pytest.mark.parametrize("locale", ["id", "th", "vi", "es"])
def test_the_form_speaks_the_sessions_language(page: Page, books: Books, locale: str) -> None:
    payment.start(page)
    books.speak(payment.reference_id(page), locale)
    page.reload()
    payment.ready(page)
    expect(payment.section(page, 0)).to_contain_text(text("cards", locale))
    payment.choose(page, 0)
    expect(page.locator("xendit-payment-channel")).to_contain_text(text("card_details", locale))
    payment.type_card(page, payment.DECLINED)
    payment.pay(page)
    payment.complained(page)
    assert not re.search(r"[a-z]+_[a-z]+\.[a-z_]+|Your card", page.locator("#components-alert").inner_text())
    payment.choose(page, 2, "DANA")
    payment.pay(page)
    page.wait_for_url("**/sandbox/wallet/**")
    expect(page.get_by_role("heading")).to_have_text(text("ask_wallet", locale, brand="DANA"))


def test_a_script_learns_the_orders_status_without_html(page: Page) -> None:
    payment.start(page)
    order = f"/orders/{payment.reference_id(page)}"
    assert page.request.head(f"{order}/status").headers["x-order-status"] == "waiting"
    assert page.request.post(f"{order}/cancel").ok
    assert page.request.head(f"{order}/status").headers["x-order-status"] == "cancelled"


def test_the_orders_page_does_not_believe_the_browser(page: Page) -> None:
    def claim(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('"status":"ACTIVE"', '"status":"COMPLETED"'))

    page.route("**/api/sessions/*/poll*", claim)
    payment.start(page)
    payment.choose(page, 1)
    payment.pay(page)
    payment.order_page(page, "waiting")


def test_the_sdk_is_fetched_once_and_only_for_paying(page: Page) -> None:
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url) if "xendit-components" in request.url else None)
    page.goto("/")
    expect(page.locator("#shelf")).to_be_visible()
    assert not fetched
    payment.start(page)
    assert len(fetched) == 1
