"""A brand in the browser: readable in any colour, whole on the smallest phone, typed without JavaScript."""

import random
from collections.abc import Callable
from urllib.parse import quote

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looks import COLOURS, axe_findings, misfits

NewContext = Callable[..., BrowserContext]
CHANCE = random.Random(17)
COLOURS_OF_BRANDS = [f"{CHANCE.randrange(0x1000000):06x}" for _ in range(10)]
GOODS = "IDR|Flat white;35000|Croissant;28000"
LONG = "Internationalisierungsbeauftragter " + "W" * 25
ODD = "|".join(
    (
        f"IDR|{LONG};999999999",
        "مقهى البن العربي الأصيل;1000",
        "👩\u200d🍳🥐🥐🥐🥐🥐🥐🥐🥐🥐🥐🥐🥐;2000",
        "<b>bold</b> & “quoted”;3000",
        "กี่ที่นี่มีที่;4000",
        "x;5",
    )
)


def brand(colour: str = "", name: str = "Kopi Kita", goods: str = GOODS) -> str:
    choices = "currency=IDR&flow=pay&integration=components&cart=gayo:2,toraja:1"
    return f"/?brand={quote(name)}&colour={colour}&goods={quote(goods)}&{choices}"


@pytest.mark.parametrize("colour", COLOURS_OF_BRANDS)
def test_axe_finds_nothing_in_any_colour(new_context: NewContext, colour: str) -> None:
    page = new_context(reduced_motion="reduce").new_page()
    page.goto(brand(colour))
    for address in ("/", "/brand", "/walkthrough"):
        page.goto(address)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            assert axe_findings(page, COLOURS) == [], (address, scheme)


@pytest.mark.complains("status of 422")
def test_the_form_and_its_mistakes_are_right_for_axe_and_for_a_small_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/brand")
    page.get_by_label("Name of the shop").fill(LONG * 8)
    page.get_by_role("textbox", name="Colour").fill("reddish")
    page.get_by_label("products: name; price").fill("\n".join([LONG * 8, "Nasi; tiga puluh"]))
    page.get_by_role("button", name="Show my shop").click()
    expect(page.locator(".wrong")).to_have_count(3)
    expect(page.get_by_label("Name of the shop")).to_be_focused()
    expect(page.get_by_role("textbox", name="Colour")).to_have_value("reddish")
    assert axe_findings(page) == []
    assert misfits(page) == []


def test_odd_names_break_nothing_at_320_pixels(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(brand("ffd400", "W" * 40, ODD))
    expect(page.locator(".card")).to_have_count(6)
    expect(page.locator(".badge-demo")).to_be_in_viewport()
    expect(page.locator(".badge-sandbox")).to_be_in_viewport()
    assert misfits(page) == []
    page.locator("#checkout .go").click()
    expect(page.locator("#components")).to_have_attribute("data-state", "ready")
    assert misfits(page) == []
    page.goto("/brand")
    assert misfits(page) == []


def test_the_payment_form_follows_the_colour(page: Page) -> None:
    page.goto(brand("c2410c"))
    page.locator("#checkout .go").click()
    expect(page.locator("#components")).to_have_attribute("data-state", "ready")
    primary = "getComputedStyle(document.querySelector('#components')).getPropertyValue('--xendit-color-primary')"
    assert page.evaluate(primary).strip() == "#c03f08"
    expect(page).to_have_title("Payment · Kopi Kita")


def test_a_shop_is_made_without_javascript(js_off_page: Page) -> None:
    page = js_off_page
    page.goto("/")
    page.get_by_role("link", name="Make it yours").click()
    page.get_by_label("Name of the shop").fill("Kopi Kita")
    page.get_by_label("products: name; price").fill("Flat white; 35.000")
    page.get_by_role("button", name="Show my shop").click()
    expect(page.locator("h1")).to_have_text("Kopi Kita")
    page.get_by_role("button", name="Add Flat white").click()
    expect(page.locator("#cart-panel")).to_contain_text("Rp35.000")


def test_the_hosted_page_bears_the_name(page: Page) -> None:
    page.goto(brand("c2410c").replace("components", "payment_link"))
    page.locator("#checkout .go").click()
    page.wait_for_url("**/sandbox/**")
    expect(page.locator("body")).to_contain_text("Kopi Kita")
    expect(page.locator("body")).not_to_contain_text("Selat")


def test_a_long_name_fits_on_the_read_only_page_of_a_small_phone(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(brand(name="W" * 40, goods=f"IDR|{'W' * 60};35000"))
    page.locator("#method-invoice").check(force=True)
    page.locator("#checkout .go").click()
    page.get_by_role("link", name="Leave without paying").click()
    expect(page.locator("#order-status")).to_be_visible()
    page.goto(f"{page.url.partition('?')[0]}/take-along")
    page.get_by_role("button", name="Make a read-only link").click()
    page.goto(page.locator("#share-link").input_value())
    assert misfits(page) == []
