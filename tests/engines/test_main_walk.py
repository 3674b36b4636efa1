"""The main walk in Firefox and in WebKit: what Chromium's tests prove in depth holds in the other two engines."""

import json

import pytest

from tests.browser.payment import CHALLENGED, DECLINED
from tests.engines.reporting import Reporting
from tests.engines.webdriver import Browser

pytestmark = pytest.mark.parametrize("engine", ["firefox", "webkit"], scope="module")
CHECKOUT = "#checkout .bar button"
PAID = '#order-status[data-status="paid"]'
WRONG = "4000000000001092"
ESCAPE, TAB = "\ue00c", "\ue004"


def at_components(visitor: Browser, currency: str = "IDR") -> None:
    visitor.goto(f"/?currency={currency}&flow=pay&integration=components&cart=gayo:1")
    visitor.click("#checkout .go")
    visitor.sees('#components[data-state="ready"]')


def section(visitor: Browser, position: int) -> None:
    visitor.click(f".xendit-accordion-item:nth-of-type({position}) .xendit-accordion-item-header")


def type_card(visitor: Browser, number: str) -> None:
    for kind, text in (("number", number), ("expiry", "1239"), ("cvn", "123")):
        visitor.enter(f'iframe[src*="input_type=credit_card_{kind}"]')
        visitor.sees("#field")
        visitor.run("document.querySelector('#field').value = ''")
        visitor.type("#field", text)
        if visitor.name == "webkit":  # driven, it takes each frame for focused, and no field hears that it was left
            visitor.run("document.querySelector('#field').dispatchEvent(new Event('blur'))")
        visitor.leave()


def test_the_storefront(visitor: Browser) -> None:
    visitor.goto("/")
    visitor.click("#card-gayo .add")
    visitor.sees("#cart-panel", "1 item")
    visitor.click("#more-gayo")
    visitor.sees("#cart-panel", "2 items")
    visitor.sees("#checkout .total", "Rp480.000")
    visitor.select("#currency", "PHP")
    visitor.sees("#checkout .total", "₱1,760")
    visitor.click("label[for=flow-save]")
    visitor.sees("#shelf.resting")
    visitor.click("label[for=flow-pay]")
    visitor.click("#line-gayo .line-name")  # the pointer is over the line, which shows Remove
    visitor.click("#remove-gayo")
    visitor.sees("#cart-panel .empty")
    visitor.sees("#announcer, #cart-panel-title")
    assert visitor.run("return document.activeElement.id") == "cart-panel-title"


def test_the_language(visitor: Browser) -> None:
    visitor.goto("/")
    visitor.click(".menu:has([name=language]) > summary")
    visitor.press(ESCAPE)
    visitor.until(lambda: not visitor.run("return document.querySelector('details.menu[open]')"), "a closed menu")
    visitor.click(".menu:has([name=language]) > summary")
    visitor.click(".menu button[value=th]")
    visitor.until(lambda: visitor.run("return document.documentElement.lang === 'th'"), "Thai")


@pytest.mark.parametrize("integration", ["payment_link", "invoice"])
def test_xendits_page_there_and_back(visitor: Browser, integration: str) -> None:
    visitor.goto(f"/?currency=IDR&flow=pay&integration={integration}&cart=gayo:2")
    visitor.click(CHECKOUT)
    visitor.until(lambda: "/sandbox/" in visitor.url, "Xendit's page")
    visitor.back()
    visitor.sees(f"{CHECKOUT}:enabled")  # awake again
    visitor.click(CHECKOUT)
    visitor.click('input[name=choice][value="CARDS.visa"]')
    visitor.click("button[value=pay]")
    visitor.sees(PAID)
    assert "/orders/" in visitor.url


def test_a_card_in_components(visitor: Browser) -> None:
    at_components(visitor)
    section(visitor, 1)
    type_card(visitor, WRONG)
    visitor.sees(".xendit-error-message", "Card number is not valid")
    assert visitor.run("return document.querySelector('#components-pay').disabled")
    type_card(visitor, DECLINED)
    visitor.click("#components-pay:enabled")
    visitor.sees("#components-alert")
    visitor.sees('#components[data-state="ready"]')
    type_card(visitor, CHALLENGED)
    visitor.click("#components-pay:enabled")
    visitor.enter("iframe.xendit-action-iframe")
    visitor.sees("button[value=approve]")
    visitor.click("button[value=approve]")
    visitor.leave()
    visitor.sees(PAID)


def test_a_qr_code_in_components(visitor: Browser) -> None:
    at_components(visitor)
    section(visitor, 2)
    visitor.click("#components-pay:enabled")
    visitor.sees(".xendit-dialog svg")
    visitor.click(".xendit-action-present-to-customer-affirm button")
    visitor.sees(PAID)


def test_a_wallet_there_and_back(visitor: Browser) -> None:
    at_components(visitor, "PHP")
    section(visitor, 3)
    visitor.click(".xendit-accordion-item:nth-of-type(3) .xendit-dropdown")
    visitor.click(".xendit-accordion-item:nth-of-type(3) [role=option]:last-of-type")
    visitor.click("#components-pay:enabled")
    visitor.until(lambda: "/sandbox/wallet/" in visitor.url, "the wallet")
    visitor.back()
    visitor.sees("#components")
    visitor.driver.command("Forward", {})
    visitor.until(lambda: "/sandbox/wallet/" in visitor.url, "the wallet")
    visitor.click("button[value=approve]")
    visitor.sees(PAID)


def test_behind_the_counter(visitor: Browser) -> None:
    visitor.goto("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    visitor.click(CHECKOUT)
    visitor.click('input[name=choice][value="CARDS.visa"]')
    visitor.click("button[value=pay]")
    visitor.sees(PAID)
    visitor.sees("#inspector", "POST")
    visitor.click("#inspector details:last-of-type > summary")
    visitor.sees("#inspector details[open]")
    visitor.sees("#inspector", "payment.\u200bcapture")


def test_what_another_program_answers_replaces_nothing(visitor: Browser, reporting: Reporting) -> None:
    visitor.goto("/?currency=IDR&cart=gayo:1")
    visitor.sees("#cart-panel", "1 item")
    reporting.out_of_order = True
    visitor.click("#card-gayo .add")
    visitor.sees("#offline")
    visitor.sees("#cart-panel", "1 item")
    reporting.out_of_order = False
    visitor.click("#more-gayo")
    visitor.sees("#cart-panel", "2 items")


def test_dark(dark_window: Browser) -> None:
    dark_window.goto("/")
    ground = dark_window.run("return getComputedStyle(document.body).backgroundColor")
    assert ground and sum(json.loads(ground.replace("rgb(", "[").replace(")", "]"))) < 150
