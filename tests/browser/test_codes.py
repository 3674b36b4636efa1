"""Every QR code that the shop or the SDK shows can be read off the screen: light and dark, phone and projector."""

import re
import socket
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import hosted, payment, states
from tests.browser.codes import read_codes
from tests.browser.conftest import serve
from webapp.app import create_app
from webapp.config import Settings
from webapp.sandbox.markets import MARKETS
from webapp.shop.currencies import CURRENCIES

pytestmark = pytest.mark.usefixtures("short_patience")

SCREENS = [(1280, 720), (390, 844)]
QR_MARKETS = [code for code in CURRENCIES if any(channel.flow == "qr" for channel in MARKETS[code].embedded)]
NewContext = Callable[..., BrowserContext]


def looks(page: Page, code: str) -> Iterator[str]:
    """Show the code on each screen, light and dark. Yield which."""
    for (width, height), scheme in product(SCREENS, ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
        page.locator(code).scroll_into_view_if_needed()
        yield f"{width} {scheme}"


@pytest.mark.parametrize("currency", CURRENCIES)
def test_the_codes_of_a_link_and_of_its_order_can_be_read(page: Page, base_url: str, currency: str) -> None:
    page.goto(f"/?currency={currency}&flow=pay&integration=payment_link&cart=gayo:1&present=qr")
    page.locator("#checkout .go").click()
    expect(page.locator("#present .qr-code svg")).to_be_visible()
    page.locator(".phone").evaluate("phone => { phone.open = false }")
    for look in looks(page, "#present .qr-code"):
        [text] = read_codes(page)
        assert text.startswith(f"{base_url}/sandbox/pay/"), look
    page.locator("#present .leave a").click()
    page.locator("#on-a-phone > summary").click()
    page.get_by_role("link", name="This order").click()
    expect(page.locator("#qr .qr-code")).to_be_focused()
    for look in looks(page, "#qr .qr-code"):
        [text] = read_codes(page)
        assert text.startswith(f"{base_url}/orders/selat-"), look


@pytest.mark.parametrize("currency", QR_MARKETS)
def test_the_codes_of_the_sdk_can_be_read(page: Page, currency: str) -> None:
    payment.start(page, currency)
    payment.choose(page, 1)
    payment.pay(page)
    code = "[data-testid=qr-code]"
    expect(page.locator(f"{code} svg")).to_be_visible()
    for look in looks(page, code):
        [text] = read_codes(page)
        assert text.startswith("000201"), look  # EMVCo's first field
        assert (page.locator(f"{code} svg").bounding_box() or {})["width"] > 200, look  # a camera is at arm's length
    page.emulate_media(color_scheme="dark", forced_colors="active")
    assert read_codes(page) == [text]


def test_the_code_on_the_hosted_page_can_be_read(page: Page) -> None:
    states.hosted_code(page)
    for look in looks(page, "main svg"):
        [text] = read_codes(page)
        assert text.startswith("000201"), look


def test_the_pretend_phone_pays_beside_the_order(page: Page) -> None:
    """The tests' shop listens on this machine alone, as `make run` does."""
    page.goto("/?currency=PHP&flow=pay&integration=payment_link&cart=gayo:1&present=qr")
    page.locator("#checkout .go").click()
    expect(page.locator("#present")).to_contain_text("Only this computer can open it")
    expect(page.locator("#present .qr-amount")).to_have_text("₱880")
    phone = page.frame_locator(".phone iframe")
    phone.locator("input[value=GCASH]").check()
    phone.locator("button[value=pay]").click()
    phone.locator("button[value=approve]").click()
    payment.order_page(page)


def test_a_phone_in_the_network_pays_by_the_code(
    page: Page, js_off_page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shop on all addresses. 127.0.0.1 stands for the network's: the code must lead there, and to no localhost."""
    monkeypatch.setattr("webapp.web.phones._network_address", lambda: "127.0.0.1")
    monkeypatch.setattr("webapp.web.own_address.THIS_MACHINE", ("localhost",))
    listener = socket.create_server(("0.0.0.0", 0))
    port = listener.getsockname()[1]
    settings = Settings(
        app_url=f"http://localhost:{port}",
        port=port,
        secret_key="l" * 64,
        rate_limits=False,
        database_url=f"sqlite:///{tmp_path}/shop.db",
    )
    with serve(create_app(settings), listener):
        page.goto(f"{settings.app_url}/?currency=PHP&flow=pay&integration=payment_link&cart=gayo:1&present=qr")
        page.locator("#checkout .go").click()
        expect(page.locator("#present")).to_contain_text("For phones in the same network")
        expect(page.locator(".phone iframe")).to_be_hidden()
        [link] = read_codes(page)
        assert link.startswith(f"http://127.0.0.1:{port}/sandbox/pay/")
        js_off_page.goto(link)
        hosted.pay(js_off_page)
        expect(js_off_page).to_have_url(re.compile(rf"http://127\.0\.0\.1:{port}/orders/"))
        payment.order_page(page)
        page.goto("about:blank")  # it may still be loading when the shop stops
