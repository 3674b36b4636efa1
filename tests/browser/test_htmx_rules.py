"""Whatever answers instead of the shop, the page stays, says so once, and goes on: every element that asks, tried."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import hosted, payment, states
from tests.browser.states import Arrive

pytestmark = pytest.mark.usefixtures("short_patience")

PAGE = (
    "<!doctype html><html><head><title>{0}</title></head><body><h1 id=main>{0}</h1><p id=notice>{0}</p></body></html>"
)

# Of another program, between the browser and the shop.
FOREIGN: dict[str, dict[str, Any]] = {
    "a proxy's page": {"status": 502, "content_type": "text/html", "body": PAGE.format("502 Bad Gateway")},
    "a proxy's words": {"status": 503, "content_type": "text/plain", "body": "no healthy upstream"},
    "a proxy's silence": {"status": 504, "body": ""},
    "a captive portal": {"status": 200, "content_type": "text/html", "body": PAGE.format("Welcome to our wifi")},
}

TOOLS = Path(__file__).with_suffix(".js")


class Between:
    """What stands between the page and the shop: with ``answer`` set, it answers htmx in the shop's place."""

    def __init__(self, page: Page) -> None:
        self.answer: dict[str, Any] | None = None
        page.route(re.compile("/(cart|choices|checkout|orders|inspector|source|walkthrough)"), self._handle)

    def _handle(self, route: Route) -> None:
        if self.answer and "hx-source" in route.request.headers:
            route.fulfill(**self.answer)
        else:
            route.fallback()


def own_answers(page: Page) -> dict[str, dict[str, Any]]:
    """Refusals as the shop itself marks and words them, with the statuses of its rate limit and its lost database."""
    refusal = page.request.post("/cart/add", form={"product": "gold"}, headers={"HX-Request": "true"})
    headers = {name: value for name, value in refusal.headers.items() if name not in ("content-length", "set-cookie")}
    return {f"our {status}": {"status": status, "headers": headers, "body": refusal.body()} for status in (429, 503)}


def ask(page: Page, name: str) -> dict[str, Any]:
    """Make an element ask, by keyboard; return what the page looks like once it was answered."""
    if key := page.evaluate("prepare", name):
        page.keyboard.press(key)
    seen: dict[str, Any] = page.evaluate("answered")
    return seen


def whole_shop(flow: str) -> Arrive:
    def arrive(page: Page) -> None:
        page.goto(f"/?currency=IDR&flow={flow}&integration=components&cart=gayo:2,toraja:2")

    arrive.__name__ = f"shop_{flow}"
    return arrive


def unfolded(arrive: Arrive) -> Arrive:
    """That page with Behind the counter opened, and all that folds but the code, which is asked for when it opens."""

    def arrive_and_unfold(page: Page) -> None:
        arrive(page)
        if page.locator("#inspector-panel").count():
            page.locator("#inspector-panel").evaluate("panel => { panel.open = true; }")
            page.locator(".inspector").wait_for()
        folded = ".drawer:not(#inspector-code), #on-a-phone"
        page.locator(folded).evaluate_all("each => each.forEach(details => { details.open = true; })")

    arrive_and_unfold.__name__ = f"{arrive.__name__}_unfolded"
    return arrive_and_unfold


def popped_out(page: Page) -> None:
    states.waiting(page)
    page.goto(f"{page.url}/inspector")


def resumed(page: Page) -> None:
    states.paying(page)
    page.reload()
    payment.ready(page)


def paid(page: Page) -> None:
    states.leave_to_pay(page, "/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    hosted.pay(page)
    payment.order_page(page)


STATES: list[Arrive] = [
    states.empty,
    *map(whole_shop, ("pay", "save", "pay_save", "subscription")),
    states.waiting,
    resumed,
    *map(unfolded, (states.empty, states.paying, states.presenting, states.waiting, paid, popped_out)),
    unfolded(states.walkthrough),
]


def _turn(requesting: tuple[str, bool]) -> int:
    """A sample order is offered while the cart is empty; Checkout leaves the page."""
    return 0 if requesting[0].endswith("/cart/sample") else 2 if requesting[0].startswith("#checkout ") else 1


@pytest.mark.complains("status of [45]")
@pytest.mark.parametrize("arrive", STATES, ids=lambda arrive: arrive.__name__)
def test_whatever_answers_the_page_stays_says_so_once_and_goes_on(page: Page, arrive: Arrive) -> None:
    page.add_init_script(path=TOOLS)
    arrive(page)
    if page.locator("#inspector-panel[open]").count():  # it loads by itself, and from then on polls
        page.locator(".inspector").wait_for()
    between, answers = Between(page), FOREIGN | own_answers(page)
    requesting = page.evaluate("listRequesting()")
    assert len({name for name, _ in requesting}) == len(requesting) > 0
    for name, by_itself in sorted(requesting, key=_turn):
        for what, between.answer in answers.items():
            seen = ask(page, name)
            assert seen["changed"] is None, (name, what)
            # What the page asks by itself is asked again soon: the shop's own refusals would only interrupt.
            said = "offline" if what in FOREIGN else None if by_itself else "notice"
            assert seen["said"] == ([said] if said else []), (name, what)
        between.answer = None
        if name.startswith("#checkout "):
            page.locator("#checkout .go").press("Enter")
            expect(page).to_have_url(re.compile("/resume$|/sandbox/pay/"))
        else:
            assert ask(page, name)["said"] == [], name
            expect(page.locator(".htmx-request")).to_have_count(0)  # other polls, and what it made ask


@pytest.mark.complains("status of 409")
def test_checkout_waits_for_the_cart_and_says_the_new_total(page: Page) -> None:
    states.filled(page)
    held: list[Route] = []
    page.route("**/cart/add", lambda route: held.append(route))
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url.rpartition("/")[2]))
    page.locator("#more-gayo").press("Enter")
    page.locator("#checkout .go").press("Enter")
    expect(page.locator("#more-gayo.htmx-request")).to_be_attached()
    assert sent == ["add"]
    with page.expect_response("**/checkout") as answer:
        held[0].fallback()
    assert answer.value.status == 409  # the button had named the total of one bag less
    expect(page.locator("#notice")).to_contain_text("has changed since this page was shown")
    with page.expect_response("**/checkout") as again:
        page.locator("#checkout .go").press("Enter")
    assert again.value.status == 200
