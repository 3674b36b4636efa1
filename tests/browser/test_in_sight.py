"""What a projector shows without scrolling, and codes that a phone can read off it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment

# The share of each way to pay that is inside the panel and above the bar with the total.
SHARES = """() => {
  const top = document.querySelector('#cart-panel').getBoundingClientRect().top
  const bottom = Math.min(innerHeight, document.querySelector('.bar').getBoundingClientRect().top)
  return [...document.querySelectorAll('.methods .choice')].map(each => {
    const box = each.getBoundingClientRect()
    return (Math.min(box.bottom, bottom) - Math.max(box.top, top)) / box.height
  })
}"""
BAGS = ("gayo:1", "toraja:2", "benguet:1", "nanyang:1")


@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)], ids=str)
@pytest.mark.parametrize("bags", [0, 2, 4])
@pytest.mark.parametrize("options", ["", "&minutes=45&email=ayu@example.com"], ids=["usual", "options"])
def test_all_three_ways_to_pay_are_in_sight(page: Page, size: tuple[int, int], bags: int, options: str) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    cart = f"&cart={','.join(BAGS[:bags])}" if bags else ""
    page.goto(f"/?currency=IDR&flow=pay&integration=components{cart}{options}")
    assert page.locator(".line").count() == bags
    assert page.evaluate(SHARES) == [1, 1, 1]


@pytest.mark.parametrize("currency", ["IDR", "PHP"])
def test_codes_are_dark_on_white_with_a_quiet_zone_in_dark_mode(page: Page, currency: str) -> None:
    page.emulate_media(color_scheme="dark")
    payment.start(page, currency)
    payment.choose(page, 1)
    payment.pay(page)
    expect(page.locator("[data-testid=qr-code] svg")).to_be_visible()
    card = page.locator(":has(> [data-testid=qr-code])").last
    expect(card).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(card).to_have_css("color", "rgb(33, 28, 22)")
    quiet = card.evaluate("card => parseFloat(getComputedStyle(card).paddingInlineStart)")
    assert quiet >= 16
