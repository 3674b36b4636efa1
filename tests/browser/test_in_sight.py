"""What a projector shows without scrolling."""

import pytest
from playwright.sync_api import Page

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
def test_all_three_ways_to_pay_are_in_sight(page: Page, size: tuple[int, int], bags: int) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    cart = f"&cart={','.join(BAGS[:bags])}" if bags else ""
    page.goto(f"/?currency=IDR&flow=pay&integration=components{cart}")
    assert page.locator(".line").count() == bags
    assert page.evaluate(SHARES) == [1, 1, 1]
