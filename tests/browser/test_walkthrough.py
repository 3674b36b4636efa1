"""Every scene of the walkthrough, from its card to its end; and the panel as a presenter uses it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import hosted, payment
from webapp.presenter.scenes import SCENES

NewContext = Callable[..., BrowserContext]
IN_A_FRAME = "can escape its sandboxing"


def show(page: Page, slug: str) -> None:
    """From the scene's card to the shop, in this window; and on to the checkout."""
    page.goto("/walkthrough")
    form = page.locator(f"#{slug} .scene-go")
    form.evaluate("form => form.removeAttribute('target')")
    form.get_by_role("button", name="Show it").click()
    page.locator("#checkout .go").click()


def look_behind(page: Page) -> None:
    panel = page.locator("#inspector-panel")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    expect(page.locator(".inspector .steps")).to_be_visible()


def says(page: Page, status: str, *steps: str) -> None:
    """The order's page has its status, and the panel alone tells how it got there."""
    payment.order_page(page, status)
    look_behind(page)
    for step in steps:
        expect(page.locator(".steps")).to_contain_text(step)


def jakarta(page: Page) -> None:
    payment.ready(page)
    page.locator("#bounds").check()
    expect(page.locator(".bound-xendit")).to_be_visible()
    payment.choose(page, 1)
    payment.pay(page)
    payment.say_paid(page)
    says(page, "paid", "POST /sessions", "payment_session.completed", "The order is now: Paid")


def manila(page: Page) -> None:
    expect(page.locator("#present .qr-code svg")).to_be_visible()
    phone = page.context.new_page()
    phone.goto(str(page.get_by_role("link", name="Or open the payment here").get_attribute("href")))
    hosted.pay(phone, "GCASH")
    hosted.approve(phone)
    says(page, "paid", "payment.capture")


def bangkok(page: Page) -> None:
    hosted.pay(page)
    says(page, "saved", "payment_token.activation", "The order is now: Saved")


def baguio(page: Page) -> None:
    page.locator("input[name=save]").check()
    hosted.pay(page)
    payment.order_page(page, "paid")
    page.locator("#order-status").get_by_role("link", name="Back to the shop").click()
    page.get_by_role("button", name="Add Toraja Sapan").click()
    page.get_by_role("button", name="Pay with Visa •••• 1000").click()
    says(page, "paid", "POST /v3/payment_requests", "payment.capture", "The order is now: Paid")


def hanoi(page: Page) -> None:
    payment.ready(page)
    payment.choose(page, 0)
    page.get_by_role("button", name="Is declined.").click()
    payment.pay(page)
    payment.complained(page)
    page.get_by_role("button", name="Succeeds at once. Visa").click()
    payment.pay(page)
    says(page, "paid", "payment.failure", "payment.capture")


def kuala_lumpur(page: Page) -> None:
    hosted.pay(page)
    payment.order_page(page, "subscribed")
    for button in ("A month later", "… and the card fails", "A day later the retry works"):
        page.get_by_role("button", name=button, exact=True).click()
    expect(page.locator(".plan li").first).to_contain_text(re.compile(r"Month 2\s.*\spaid", re.DOTALL), timeout=10_000)
    page.get_by_text("Stop", exact=True).click()
    page.get_by_role("button", name="Yes, stop it").click()
    says(page, "stopped", "recurring.plan.activated", "recurring.cycle.retrying", "recurring.plan.inactivated")


def surabaya(page: Page) -> None:
    hosted.pay(page)
    says(page, "paid", "POST /v2/invoices", "invoice.paid")
    page.locator("#inspector-code > summary").click()
    expect(page.locator("#inspector-code .payload").first).to_contain_text("payload")


def yogyakarta(page: Page) -> None:
    hosted.pay(page)
    payment.order_page(page, "paid")
    for amount, so_far in (("90000", "Rp90.000"), ("150000", "Rp240.000")):
        page.locator("#after-sale input[name=amount]").fill(amount)
        page.locator("#refund").click()
        expect(page.locator(".state-text")).to_contain_text(f"Refunded: {so_far} of Rp240.000", timeout=15_000)
    says(page, "paid", "POST /refunds", "refund.succeeded")


def chiang_mai(page: Page) -> None:
    hosted.pay(page)
    payment.order_page(page, "authorized")
    page.locator("#after-sale input[name=amount]").fill("500")
    page.locator("#capture").click()
    expect(page.locator(".state-text")).to_contain_text("฿500 of the ฿")
    says(page, "paid", "payment.authorization", "/capture", "The order is now: Paid")


def bandung(page: Page) -> None:
    hosted.pay(page)
    says(page, "paid", "Known already: answered 200, changed nothing.")


def cebu(page: Page) -> None:
    expect(page.locator("#notice")).to_contain_text("SERVER_ERROR")
    look_behind(page)
    expect(page.locator(".steps")).to_contain_text("The order is now: Not started")
    page.locator("#checkout .go").click()
    hosted.pay(page)
    payment.order_page(page)


ENDS = (jakarta, manila, bangkok, baguio, hanoi, kuala_lumpur, surabaya, yogyakarta, chiang_mai, bandung, cebu)


@pytest.mark.complains(IN_A_FRAME, "status of 502")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_scene_is_played_to_its_end(page: Page, end: object) -> None:
    assert callable(end)
    show(page, end.__name__.replace("_", "-"))
    end(page)


def test_every_scene_has_an_end() -> None:
    assert [end.__name__.replace("_", "-") for end in ENDS] == list(SCENES)


def test_next_opens_the_shop_in_a_window_of_its_own_and_reset_forgets(page: Page) -> None:
    page.goto("/walkthrough")
    with page.expect_popup() as opened:
        page.locator("#next").click()
    expect(opened.value.locator("#cart-panel .line-name")).to_have_count(2)
    expect(page.locator("#next")).to_contain_text("Next: Manila")
    page.locator("#reset").click()
    expect(page.locator("#next")).to_contain_text("Begin in Jakarta")
    opened.value.reload()
    expect(opened.value.locator("#cart-panel .line-name")).to_have_count(0)


def test_the_panel_is_live_keeps_what_is_folded_open_and_pops_out(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1&present=qr")
    look = page.locator("#inspector-panel > summary")
    look.click()
    expect(page.locator("#inspector-panel")).to_contain_text("No order from this browser yet")
    page.locator("#checkout .go").click()
    expect(page.locator(".steps")).to_contain_text("POST /sessions")
    call = page.locator(".step-call").last
    call.locator("summary").first.click()
    call.locator(".snippet > summary").first.click()
    call.get_by_role("button", name="Copy").nth(2).click()
    expect(call.get_by_role("button", name="Copied")).to_be_visible()
    assert "<<'JSON' | curl http" in page.evaluate("navigator.clipboard.readText()")
    with page.expect_popup() as popped:
        page.get_by_role("link", name="Pop out").click()
    second = popped.value
    expect(second.locator(".sequence .arrow").first).to_be_visible()
    with second.expect_response(lambda answer: "/expire-now" in answer.url):
        second.locator("#inspector-controls > summary").click()
        second.get_by_role("button", name="Let it expire now").click()
    expect(second.locator(".steps")).to_contain_text("payment_session.expired")
    expect(page).to_have_url(re.compile("/orders/"))


def test_a_link_can_be_paid_in_a_frame(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1&present=iframe")
    page.locator("#checkout .go").click()
    frame = page.frame_locator("iframe.hosted")
    frame.locator("button[value=pay]").click()
    payment.order_page(page)
