"""Where the keyboard is: a control with the focus is in sight, whatever sticks to the edges of the window."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment
from tests.browser.states import hosted, menus, refunding, refused, subscribing, waiting

pytestmark = pytest.mark.usefixtures("short_patience")

# Of nine points of the focused control, those that something else covers, or the window's edge: its name if most are.
COVERED = """() => {
  const element = document.activeElement, shown = element.closest('label.choice') ?? element
  const box = shown.getBoundingClientRect()
  if (element === document.body || !box.width || element.closest('xendit-channel-picker')) return null
  const parts = [0.1, 0.5, 0.9]
  const points = parts.flatMap(x => parts.map(y => [box.left + box.width * x, box.top + box.height * y]))
  const seen = points.filter(point => shown.contains(document.elementFromPoint(...point)))
  return seen.length < 5 ? `${element.id || element.textContent.trim()} shows ${seen.length} of 9` : null
}"""


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("arrive", [subscribing, menus, refused, refunding, hosted], ids=lambda state: state.__name__)
@pytest.mark.complains("status of [45]")
def test_nothing_covers_the_focus(page: Page, arrive: Callable[[Page], None], size: tuple[int, int]) -> None:
    arrive(page)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    covered = []
    for key in ("Tab", "Shift+Tab"):
        for _ in range(60):
            page.keyboard.press(key)
            covered.append(page.evaluate(COVERED))
    assert [each for each in covered if each] == []


def test_the_button_covers_no_way_to_pay_that_arrow_keys_reach(phone_page: Page) -> None:
    hosted(phone_page)
    ways = phone_page.locator("input[name=choice]")
    ways.first.focus()
    for _ in range(ways.count() - 1):
        phone_page.keyboard.press("ArrowDown")
        assert phone_page.evaluate(COVERED) is None


def test_the_payment_form_shows_where_the_focus_is(page: Page) -> None:
    """As strongly as the shop does; and where forced colours leave no shadow, by an outline."""
    payment.start(page)
    payment.choose(page, 0)
    payment.card_field(page, "number").focus()
    field = page.locator(".xendit-field-focus")
    expect(field).to_have_css("box-shadow", "rgb(11, 91, 104) 0px 0px 0px 3px")
    page.emulate_media(forced_colors="active")
    expect(field).to_have_css("outline", re.compile("solid 3px"))


def test_a_folded_panel_shows_its_arrow_in_forced_colours(page: Page) -> None:
    waiting(page)
    page.emulate_media(color_scheme="dark", forced_colors="active")
    colour = "(element, part) => getComputedStyle(element, part).backgroundColor"
    assert page.locator("#take-along > summary").evaluate(colour, "::after") != page.locator("body").evaluate(colour)
