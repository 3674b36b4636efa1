"""Every scene of the walkthrough, played by the words on its card; and the panel as a presenter uses it."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import by_words, payment
from webapp.presenter.scenes import SCENES

NewContext = Callable[..., BrowserContext]
IN_A_FRAME = "can escape its sandboxing"


# The state in which a scene leaves its order, and what the panel then tells of it.
ENDS = {
    "jakarta": ("paid", "POST /sessions", "payment_session.completed", "The order is now: Paid"),
    "manila": ("paid", "payment.capture"),
    "bangkok": ("saved", "payment_token.activation", "The order is now: Saved"),
    "baguio": ("paid", "POST /v3/payment_requests", "payment.capture", "The order is now: Paid"),
    "hanoi": ("paid", "payment.failure", "payment.capture"),
    "kuala-lumpur": ("stopped", "recurring.plan.activated", "recurring.cycle.retrying", "recurring.plan.inactivated"),
    "yogyakarta": ("paid", "POST /refunds", "refund.succeeded"),
    "chiang-mai": ("paid", "payment.authorization", "/capture", "The order is now: Paid"),
    "bandung": ("paid", "Known already: answered 200, changed nothing."),
    "merida": ("paid", "POST /sessions", "payment.capture"),
    "makassar": ("paid", "POST /sessions", "payment.capture"),
    "singapore": ("paid", "POST /sessions"),
    "cebu": ("failed_to_create", "POST /sessions", "SERVER_ERROR", "The order is now: Not started"),
}


def show(page: Page, slug: str) -> None:
    """From the scene's card to the shop, in this window."""
    page.goto("/walkthrough")
    form = page.locator(f"#{slug} .scene-go")
    form.evaluate("form => form.removeAttribute('target')")
    form.get_by_role("button", name="Show it").click()
    page.wait_for_url(re.compile("/$"))


@pytest.mark.complains(IN_A_FRAME, "status of 502")
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=str)
@pytest.mark.parametrize("slug", SCENES)
def test_a_scene_is_played_to_its_end_by_the_words_on_its_card(page: Page, slug: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show(page, slug)
    by_words.play(page, SCENES[slug])
    if slug == "surabaya":  # ends in the replacement's code
        expect(page.locator(".source .payload").first).to_contain_text("payload")
        return
    if slug == "singapore":  # ends among the frauds
        expect(page.locator("#cheat-forged .cheat-verdict")).to_contain_text("401")
        expect(page.locator("#announcer")).to_have_text(re.compile(r"401\. The order is as it was: "))
        page.get_by_role("link", name="Back to the order").click()
    status, *steps = ENDS[slug]
    payment.order_page(page, status)
    panel = page.locator("#inspector-panel")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    for step in steps:
        expect(page.locator(".steps")).to_contain_text(step)


def test_a_refund_in_two_parts_and_a_smaller_charge_come_to_the_sums_that_were_said(page: Page) -> None:
    for slug, said in (("yogyakarta", "Refunded: Rp240.000 of Rp240.000"), ("chiang-mai", "฿560 of the ฿1,120")):
        show(page, slug)
        by_words.play(page, SCENES[slug])
        expect(page.locator(".state-text")).to_contain_text(said)


def test_next_opens_the_shop_in_a_window_of_its_own_and_reset_forgets(page: Page) -> None:
    page.goto("/walkthrough")
    with page.expect_popup() as opened:
        page.locator("#next").click()
    expect(opened.value.locator("#cart-panel .line-name")).to_have_count(2)
    expect(page.locator("#next")).to_contain_text("Next: Manila")
    expect(page.locator("#jakarta")).to_have_attribute("aria-current", "step")
    for _ in range(2):
        page.locator("#manila").get_by_role("button", name="Show it").click()
        expect(opened.value.locator("#currency")).to_have_value("PHP")
        opened.value.goto("/?currency=IDR")
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


def test_an_arrow_that_is_held_goes_one_scene_on(page: Page) -> None:
    show(page, "jakarta")
    page.keyboard.down("ArrowRight")
    expect(page.locator("#strip")).to_contain_text("Manila")
    expect(page.get_by_role("button", name="Next: Bangkok")).to_be_visible()
    page.wait_for_load_state()
    page.evaluate("document.addEventListener('keydown', (event) => { window.taken = event.defaultPrevented })")
    page.keyboard.down("ArrowRight")
    assert page.evaluate("window.taken") is False
    page.keyboard.up("ArrowRight")


def test_the_panel_goes_on_as_soon_as_next_is_pressed(page: Page) -> None:
    page.clock.install()
    page.goto("/walkthrough")
    page.clock.pause_at(page.evaluate("Date.now() + 100"))
    with page.expect_popup() as opened:
        page.locator("#next").click()
    expect(opened.value.locator("#cart-panel .line-name")).to_have_count(2)
    page.clock.run_for(500)  # sooner than the next poll
    expect(page.locator("#next")).to_contain_text("Next: Manila")


@pytest.mark.parametrize("year", [2020, 2040])
def test_the_clock_is_right_on_a_computer_whose_own_is_wrong(page: Page, year: int) -> None:
    page.request.post("/walkthrough/jakarta", max_redirects=0)
    page.clock.install(time=datetime(year, 1, 1))
    page.goto("/walkthrough")
    page.clock.pause_at(datetime(year, 1, 1, 0, 1))
    page.clock.run_for(20_000)
    expect(page.locator("[data-began]")).to_have_text(re.compile("1:[123]"))
