"""What a prospect leaves with, and the screen before an audience, in a real browser."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.looks import axe_findings, misfits
from tests.browser.states import audience, paid, set_up, waiting

NewContext = Callable[..., BrowserContext]


def test_the_file_opens_from_disk_without_a_network(page: Page, new_context: NewContext, tmp_path: Path) -> None:
    paid(page)
    page.locator("#take-along > summary").click()
    with page.expect_download() as downloaded:
        page.get_by_role("link", name="As one HTML file").click()
    file = tmp_path / downloaded.value.suggested_filename
    downloaded.value.save_as(file)
    asked: list[str] = []
    reader = new_context(offline=True, reduced_motion="reduce").new_page()
    reader.on("request", lambda request: asked.append(request.url))
    reader.goto(file.as_uri())
    expect(reader.get_by_role("heading", level=1)).to_have_text("Paid")
    assert reader.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(251, 246, 236)"
    reader.locator(".step summary").first.click()
    expect(reader.locator(".step-body pre").first).to_be_visible()
    reader.locator("#file-payment_link > summary, #file-components > summary").first.click()
    assert asked == [file.as_uri()]
    assert axe_findings(reader) == []
    reader.set_viewport_size({"width": 320, "height": 640})
    assert misfits(reader) == []


def test_a_link_is_made_copied_and_withdrawn_beside_the_order(page: Page, new_context: NewContext) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    waiting(page)
    page.locator("#take-along > summary").click()
    page.get_by_role("button", name="Make a read-only link").click()
    expect(page.locator("#share-link")).to_be_focused()
    expect(page.locator("#share-link")).to_be_in_viewport()
    page.locator(".link-field").get_by_role("button", name="Copy").click()
    expect(page.locator(".link-field .copy")).to_have_text("Copied")
    page.locator(".link-field .copy").click()  # once more, while it says so
    expect(page.locator(".link-field .copy")).to_have_text("Copy")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.locator("#share-link").input_value()
    other = new_context().new_page()
    other.goto(link)
    expect(other.locator(".sequence")).to_be_visible()
    assert other.locator("form, button, input, script").count() == 0
    page.get_by_role("button", name="Withdraw the link").click()
    expect(page.get_by_text("A link is open until")).to_have_count(0)
    expect(page.locator("#take-along > summary")).to_be_focused()
    page.goto(f"{page.url.partition('?')[0]}/take-along")
    page.get_by_role("button", name="Make a read-only link").click()
    page.get_by_role("button", name="Withdraw the link").click()
    expect(page.get_by_role("heading", name="Take it with you")).to_be_focused()


def test_links_are_there_without_javascript(js_off_page: Page) -> None:
    page = js_off_page
    set_up(page)
    expect(page.locator("#set-up-link")).to_have_value(re.compile("cart=gayo:2,toraja:1$"))
    waiting(page)
    page.goto(f"{page.url.partition('?')[0]}/take-along")
    page.get_by_role("button", name="Make a read-only link").click()
    expect(page.locator("#share-link")).to_have_value(re.compile("/shared/"))
    page.get_by_role("button", name="Withdraw the link").click()
    expect(page.get_by_role("button", name="Make a read-only link")).to_be_visible()


def test_an_order_of_a_phone_appears_on_the_screen_by_itself(page: Page, new_context: NewContext) -> None:
    audience(page)
    phone = new_context().new_page()
    phone.goto(page.url.replace("/stage/", "/join/"))
    paid(phone)
    expect(page.locator("#stage-orders tbody tr")).to_have_count(2)
    expect(page.locator("#stage-orders .chip-paid")).to_have_count(1)
    expect(page.locator("#stage-orders h2")).to_have_text("2 orders · 1 completed")
    onlooker = new_context().new_page()
    onlooker.goto(page.url)
    page.get_by_role("button", name="Close the room").click()
    expect(page.get_by_role("button", name="Open a room")).to_be_visible()
    expect(onlooker.get_by_role("button", name="Open a room")).to_be_visible()
