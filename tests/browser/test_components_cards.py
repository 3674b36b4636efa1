"""Cards in the payment form: the fields in their frames, the bank's question, and everything that a card can do."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment
from webapp.sandbox.gateway import start_payment


def test_a_challenge_is_declined_and_then_passed(page: Page) -> None:
    payment.start(page)
    payment.pay_by_card(page, payment.CHALLENGED)
    payment.decide(page, "decline")
    payment.complained(page)
    expect(page.locator("#components-title")).to_be_focused()
    payment.pay(page)  # the form has kept what was typed
    payment.decide(page, "approve")
    payment.order_page(page)


@pytest.mark.complains("status of 400", "Submission failed")
def test_a_card_refused_by_the_gateway_says_so(page: Page) -> None:
    payment.start(page)
    payment.pay_by_card(page, payment.REFUSED)
    payment.complained(page)
    expect(page.locator("#components-title")).to_be_focused()
    alert = page.locator("#components-alert")
    expect(alert).to_contain_text("The payment was not accepted")
    expect(alert).to_contain_text("Please use another one.")
    payment.type_card(page, payment.GOOD)
    payment.pay(page)
    payment.order_page(page)


def test_a_slow_card_is_waited_for(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start_payment, "SLOW_CARD_TAKES", timedelta(seconds=1))
    payment.start(page)
    payment.pay_by_card(page, payment.SLOW)
    payment.state(page, "submitting")
    payment.order_page(page)


def test_an_attempt_that_is_stopped_leaves_the_focus_in_the_form(page: Page) -> None:
    payment.start(page)
    payment.pay_by_card(page, payment.SLOW)
    page.locator("#components-stop").press("Enter")
    payment.ready(page)
    expect(page.locator("#components-title")).to_be_focused()
    expect(page.locator("#components-alert")).to_be_hidden()


def test_a_card_from_abroad_is_asked_for_an_address(page: Page) -> None:
    payment.start(page)
    payment.choose(page, 0)
    payment.type_card(page, payment.FOREIGN)
    form = page.locator("xendit-payment-channel")
    expect(form).to_contain_text("Billing address")
    expect(page.locator("#components-pay")).to_be_disabled()
    form.locator(".xendit-dropdown").filter(has_text="State or province").click()
    form.get_by_role("option", name="California").click()
    for placeholder, words in {"City": "San Jose", "Address": "1 First Street", "Postal code": "95110"}.items():
        form.get_by_placeholder(placeholder, exact=True).fill(words)
    payment.pay(page)
    payment.order_page(page)


def test_the_sdk_fills_the_fields_for_a_presenter(page: Page) -> None:
    payment.start(page)
    payment.choose(page, 0)
    page.get_by_text("Simulate scenario").click()
    page.get_by_text("Select a scenario").click()
    page.get_by_role("option", name="Failure").first.click()
    expect(payment.card_field(page, "number")).to_have_value("4000 0000 0000 2503")
    expect(payment.card_field(page, "expiry")).to_have_value("12/39")
    payment.pay(page)
    payment.complained(page)


@pytest.mark.parametrize(
    ("number", "expiry", "code"),
    [("4000000000001001", "12/39", "123"), ("4000000000001000", "01/20", "123"), ("4000000000001000", "12/39", "1")],
)
def test_what_is_wrong_cannot_be_sent(page: Page, number: str, expiry: str, code: str) -> None:
    payment.start(page)
    payment.choose(page, 0)
    payment.type_card(page, number, expiry, code)
    page.locator("#components-title").click()
    expect(page.locator(".xendit-error-message").first).to_be_visible()
    expect(page.locator("#components-pay")).to_be_disabled()


def test_a_number_is_written_in_groups_as_it_is_typed(page: Page) -> None:
    payment.start(page)
    payment.choose(page, 0)
    field = payment.card_field(page, "number")
    expect(field).to_be_enabled()  # `fill` waits for that, typing does not
    field.press_sequentially("378282246310005")
    expect(field).to_have_value("3782 822463 10005")
    expiry = payment.card_field(page, "expiry")
    expect(expiry).to_be_enabled()
    expiry.press_sequentially("939")
    expect(expiry).to_have_value("09/39")
    logo = page.locator(".xendit-card-brand-logo")
    expect(logo).to_have_count(1)  # of the four networks, the gateway has told which
    expect(logo).to_have_attribute("alt", "AMEX")


def test_the_number_leaves_its_frame_only_sealed(page: Page) -> None:
    payment.start(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    payment.pay_by_card(page, payment.UNSHOWN)
    payment.complained(page)
    assert any("xendit-encrypted-1-" in body for body in sent)
    assert not any(payment.UNSHOWN in body for body in sent)
    assert payment.UNSHOWN not in page.content()
