"""The strip of the walkthrough in the shop's own window, from a scene's first step to the way out."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser import by_words, hosted, payment
from tests.browser.looks import axe_findings, misfits
from tests.browser.test_in_sight import SHARES
from tests.browser.test_walkthrough import show
from webapp.presenter.scenes import SCENES


def test_it_tells_the_present_step_through_the_payment_to_the_order(page: Page) -> None:
    show(page, "jakarta")
    strip, scene = page.locator("#strip"), SCENES["jakarta"]
    expect(strip).to_contain_text(scene.shop[0])
    expect(strip).to_contain_text(scene.point_at)
    page.locator("#checkout .go").click()
    expect(strip).to_contain_text(scene.payment[0])
    expect(strip).not_to_contain_text(scene.shop[0])
    payment.ready(page)
    page.reload()
    expect(strip).to_contain_text(scene.payment[1])
    payment.ready(page)
    by_words.follow(page, scene.payment[1])
    payment.order_page(page)
    expect(strip).not_to_contain_text(scene.payment[1])
    strip.get_by_role("button", name="Next: Manila").click()
    expect(page.locator("#currency")).to_have_value("PHP")
    expect(strip).to_contain_text(SCENES["manila"].shop[0])


@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=str)
def test_whose_is_what_is_switched_on_where_it_is_told(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show(page, "jakarta")
    page.locator("#checkout .go").click()
    expect(page.locator("#components-title")).to_be_focused()
    expect(page.locator(".bounds-switch")).to_be_in_viewport(ratio=1)


def test_a_poll_moves_it_on_and_the_shop_tells_what_follows(page: Page) -> None:
    show(page, "manila")
    page.locator("#checkout .go").click()
    expect(page.locator("#strip")).to_contain_text(SCENES["manila"].payment[0])
    show(page, "baguio")
    page.locator("#checkout .go").click()
    hosted.is_open(page)
    page.locator("input[name=save]").check()
    hosted.pay(page)
    payment.order_page(page)
    expect(page.locator("#strip")).to_contain_text(SCENES["baguio"].order[0])
    page.goto("/")
    expect(page.locator("#strip")).to_contain_text(SCENES["baguio"].order[0])


def test_leaving_stays_on_the_page_and_the_strip_is_gone(page: Page) -> None:
    show(page, "bangkok")
    page.locator("#checkout .go").click()
    hosted.pay(page)
    payment.order_page(page, "saved")
    page.get_by_role("button", name="End the walkthrough").click()
    payment.order_page(page, "saved")
    expect(page.locator("#strip")).to_have_count(0)
    page.goto("/")
    expect(page.locator("#strip")).to_have_count(0)


def test_a_payment_without_a_scene_on_its_page_gets_no_strip(page: Page) -> None:
    page.goto("/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    page.request.post("/walkthrough/jakarta", max_redirects=0)
    page.locator("#checkout .go").click()
    payment.ready(page)
    expect(page.locator("#strip")).to_have_count(0)


@pytest.mark.parametrize("slug", SCENES)
@pytest.mark.parametrize("size", [(1280, 720), (1366, 768)], ids=str)
def test_the_ways_to_pay_stay_in_sight_under_it(page: Page, slug: str, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show(page, slug)
    assert page.evaluate(SHARES) == [1, 1, 1]


@pytest.mark.parametrize("language", ["en", "id", "th", "vi", "es"])
@pytest.mark.parametrize("slug", ["cebu", "hanoi"])
def test_it_is_slim_covers_nothing_and_is_not_printed(page: Page, slug: str, language: str) -> None:
    show(page, slug)
    page.request.post("/choices/language", form={"language": language})
    page.reload()
    assert axe_findings(page) == []
    for width, height, at_most in ((320, 640, 380), (390, 844, 320), (1280, 720, 150)):
        page.set_viewport_size({"width": width, "height": height})
        assert misfits(page) == []
        box, main = page.locator("#strip").bounding_box(), page.locator("#main").bounding_box()
        assert box and main and box["y"] + box["height"] <= main["y"]
        assert box["height"] <= at_most, (width, box["height"])
    page.emulate_media(media="print")
    expect(page.locator("#strip")).to_be_hidden()
