"""What a shopper does in the payment form, in words; used by the tests of Components."""

import contextlib
import re

from playwright.sync_api import FrameLocator, Locator, Page, expect

GOOD, CHALLENGED, DECLINED = "4000000000001000", "4000000000001091", "4000000000002503"
UNSHOWN = "5200000000002151"  # declined too, and no chip names it
SLOW, REFUSED, FOREIGN = "4000000000003063", "4000000000009995", "4242424242424242"


def start(page: Page, currency: str = "IDR", flow: str = "pay") -> None:
    """Puts a bag into the cart and opens the payment form, as one of the walkthrough's links does."""
    page.goto(f"/?currency={currency}&flow={flow}&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    ready(page)


def reference_id(page: Page) -> str:
    return str(page.locator("#components").get_attribute("data-page-url")).rsplit("/", 1)[1]


def ready(page: Page) -> None:
    """The SDK has its session and shows the channels."""
    expect(page.locator("#components")).to_have_attribute("data-state", "ready")


def state(page: Page, wanted: str, timeout: float = 10_000) -> None:
    expect(page.locator("#components")).to_have_attribute("data-state", wanted, timeout=timeout)


def picker(page: Page) -> Locator:
    return page.locator("xendit-channel-picker")


def section(page: Page, position: int) -> Locator:
    """A section of the picker by its place: its words change with the language."""
    return picker(page).locator(".xendit-accordion-item").nth(position)


def choose(page: Page, position: int, brand: str | None = None) -> None:
    """Opens a section and, where it offers several channels, picks one."""
    section(page, position).locator(".xendit-accordion-item-header").click()
    if brand:
        option = section(page, position).get_by_role("option", name=brand)
        for _ in range(3):  # the section is still unfolding: a list that opened meanwhile may have closed again
            section(page, position).locator(".xendit-dropdown").first.click()
            with contextlib.suppress(AssertionError):
                expect(option).to_be_visible(timeout=4000)
                break
        option.click()


def card_field(page: Page, kind: str) -> Locator:
    frame: FrameLocator = page.frame_locator(f'iframe[src*="input_type=credit_card_{kind}"]')
    return frame.locator("#field")


def type_card(page: Page, number: str, expiry: str = "12/39", code: str = "123") -> None:
    card_field(page, "number").fill(number)
    card_field(page, "expiry").fill(expiry)
    card_field(page, "cvn").fill(code)


def pay(page: Page) -> None:
    """By the keyboard: a section that still unfolds would move the button away from under a pointer."""
    page.locator("#components-pay:enabled").press("Enter")


def pay_by_card(page: Page, number: str) -> None:
    choose(page, 0)
    type_card(page, number)
    pay(page)


def decide(page: Page, decision: str) -> None:
    """In the frame of a bank's question. The window slides in for half a second and moves what is to be clicked."""
    frame = page.frame_locator("iframe.xendit-action-iframe")
    button = frame.locator(f"button[value={decision}]")
    expect(button).to_be_visible()
    page.wait_for_timeout(700)
    button.click()
    expect(page.locator(".xendit-dialog")).to_have_count(0)


def complained(page: Page) -> None:
    """The attempt failed in words, and the form is ready for another."""
    alert = page.locator("#components-alert")
    expect(alert).to_be_visible()
    expect(alert).not_to_be_empty()
    ready(page)


def close_window(page: Page) -> None:
    page.locator(".xendit-dialog").get_by_label("Close").click()
    ready(page)


def say_paid(page: Page) -> None:
    """ "I've made this payment", under a code."""
    page.locator(".xendit-action-present-to-customer-affirm button").click()


def type_phone(page: Page, number: str) -> None:
    page.locator("xendit-payment-channel[data-channel-code=OVO] input:visible").last.fill(number)


def at_wallet(page: Page, decision: str) -> None:
    """On the imitated wallet's page; it brings the browser back."""
    page.wait_for_url("**/sandbox/wallet/**")
    page.locator(f"button[value={decision}]").click()


def order_page(page: Page, status: str = "paid") -> None:
    """The browser is on the order's own page, and that says what Xendit answered."""
    expect(page).to_have_url(re.compile(r"/orders/[^/]+$"))
    expect(page.locator("#order-status")).to_have_attribute("data-status", status)
