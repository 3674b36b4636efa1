"""Planted text, as Chromium reads it: nothing of it becomes an element, and no page speaks or leads away."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route

from tests import planting
from tests.conftest import OpenShop

HERE = "http://planted.example/"
COUNT = """pages => pages.map(text => {
  const page = new DOMParser().parseFromString(text, 'text/html');
  return [...page.querySelectorAll(%r)].map(element => element.outerHTML.slice(0, 200));
})"""


def collected(make: Callable[[], Coroutine[Any, Any, list[httpx.Response]]]) -> list[str]:
    """The different pages, asked for in a thread of its own: Playwright's loop is in this one."""
    with ThreadPoolExecutor(1) as thread:
        answers = thread.submit(lambda: asyncio.run(make())).result()
    return sorted({answer.text for answer in answers if planting.is_html(answer) and "planted" in answer.text})


@pytest.fixture
def pages(open_shop: OpenShop) -> list[str]:
    async def make() -> list[httpx.Response]:
        own = [
            *await planting.after_xendits_errors(open_shop),
            *await planting.after_xendits_answers(open_shop, "invoice"),
        ]
        async with open_shop() as shop:
            own += await planting.after_what_a_browser_sends(shop)
        return own + await planting.after_what_a_merchant_tells_the_sandbox()

    return collected(make)


@pytest.mark.complains(".*")  # the page's parts are not there
def test_nothing_planted_becomes_an_element_speaks_or_leads_away(page: Page, pages: list[str]) -> None:
    shown: list[str] = []
    page.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))

    def answer(route: Route) -> None:
        whole = route.request.is_navigation_request() and route.request.url.startswith(HERE)
        route.fulfill(content_type="text/html", body=pages[int(route.request.url.rpartition("/")[2])] if whole else "")

    page.route("**/*", answer)
    assert len(pages) > 50
    page.goto("about:blank")
    assert not [found for found in page.evaluate(COUNT % " ".join(planting.FOUND.split()), pages) if found]
    for number in range(0, len(pages), max(1, len(pages) // 30)):  # run, without the policy that would stop a script
        page.goto(f"{HERE}{number}")
        assert page.url == f"{HERE}{number}"
        assert page.locator(planting.FOUND).count() == 0
    assert not shown
