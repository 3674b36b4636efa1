"""Saving and subscribing in the payment form: tokens, plans, and the checkbox."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment
from tests.browser.sandbox_books import Books, books, browser_context_args, own_shop

__all__ = ["books", "browser_context_args", "own_shop"]


def test_a_card_is_saved(page: Page, books: Books) -> None:
    payment.start(page, flow="save")
    reference_id = payment.reference_id(page)
    payment.pay_by_card(page, payment.CHALLENGED)
    payment.decide(page, "decline")
    payment.complained(page)
    payment.pay(page)
    payment.decide(page, "approve")
    payment.order_page(page, "saved")
    session = books.session(reference_id)
    assert session["payment_token_id"].startswith("pt-")
    assert "payment_id" not in session


def test_a_wallet_is_saved(page: Page, books: Books) -> None:
    payment.start(page, flow="save")
    reference_id = payment.reference_id(page)
    expect(payment.picker(page).locator(".xendit-accordion-item")).to_have_count(2)  # no QR code can be kept
    payment.choose(page, 1, "DANA")
    payment.pay(page)
    page.wait_for_url("**/sandbox/wallet/**")
    expect(page.get_by_role("heading")).to_have_text("Keep DANA for later payments?")
    payment.at_wallet(page, "approve")
    payment.order_page(page, "saved")
    assert books.session(reference_id)["payment_token_id"]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_payment_keeps_the_card_if_the_box_is_ticked(page: Page, books: Books, wanted: bool) -> None:
    payment.start(page, flow="pay_save")
    reference_id = payment.reference_id(page)
    payment.choose(page, 1)
    expect(payment.picker(page).get_by_role("checkbox")).to_have_count(0)  # a code cannot be kept
    payment.choose(page, 0)
    payment.type_card(page, payment.GOOD)
    payment.picker(page).get_by_role("checkbox").set_checked(wanted)
    payment.pay(page)
    payment.order_page(page, "paid")
    session = books.session(reference_id)
    assert session["payment_id"]
    assert bool(session.get("payment_token_id")) == wanted


def test_a_subscription_begins(page: Page, books: Books) -> None:
    payment.start(page, "MYR", flow="subscription")
    reference_id = payment.reference_id(page)
    payment.pay_by_card(page, payment.DECLINED)
    payment.complained(page)
    payment.type_card(page, payment.GOOD)
    payment.pay(page)
    payment.order_page(page, "subscribed")
    session = books.session(reference_id)
    assert session["payment_token_id"]
    assert session["recurring_plan_id"]
