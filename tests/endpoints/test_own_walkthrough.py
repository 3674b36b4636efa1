"""The presenter's own walkthrough: a list by link, notes, the clock, what is done, and the end."""

import html
import re
import time

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX
from webapp.config import Settings
from webapp.env import ConfigError
from webapp.presenter.notes import NOTES
from webapp.presenter.scenes import SCENES

pytestmark = pytest.mark.anyio


def shown(page: str) -> list[str]:
    return re.findall(r'<li class="scene[^"]*" id="([\w-]+)"', page)


def done(page: str) -> bool:
    return 'class="scene-done"' in page


async def walk(shop: Shop, slug: str) -> None:
    """Begin a scene and take its link, as its button does."""
    start = await shop.post(f"/walkthrough/{slug}")
    await shop.get(start.headers["location"], follow_redirects=True)


def test_every_scene_has_notes() -> None:
    assert set(NOTES) == set(SCENES)


async def test_a_link_makes_a_list_that_next_and_back_follow(shop: Shop) -> None:
    page = (await shop.get("/walkthrough?scene=cebu&scene=jakarta&scene=nowhere")).text
    assert shown(page) == ["jakarta", "cebu"] and "About 4 minutes" in page
    assert shown((await shop.get("/walkthrough")).text) == ["jakarta", "cebu"]
    await walk(shop, "jakarta")
    strip = (await shop.get("/")).text.split('id="strip"')[1]
    assert "Next: Cebu" in strip and "Back to" not in strip
    await walk(shop, "cebu")
    strip = (await shop.get("/")).text.split('id="strip"')[1]
    assert "Back to Jakarta" in strip and "Next: the end" in strip
    await shop.post("/walkthrough/reset")
    assert shown((await shop.get("/walkthrough")).text) == ["jakarta", "cebu"]
    assert shown((await shop.get("/walkthrough?scene=all")).text) == list(SCENES)
    assert shown((await shop.get("/walkthrough?scene=nowhere")).text) == list(SCENES)
    assert shown((await shop.get("/walkthrough?scene=Jakarta&scene=cebu.")).text) == ["jakarta", "cebu"]


async def test_the_clock_runs_from_the_first_scene_to_the_end_of_the_walk(shop: Shop) -> None:
    assert "data-began" not in (await shop.get("/walkthrough")).text
    await walk(shop, "jakarta")
    (began,) = re.findall(r'data-began="(\d+)" data-elapsed="\d">0:0\d<', (await shop.get("/walkthrough")).text)
    await walk(shop, "manila")
    assert f'data-began="{began}"' in (await shop.get("/walkthrough")).text
    await shop.post("/walkthrough/leave", data={"next": "/"})
    assert "data-began" not in (await shop.get("/walkthrough")).text


@pytest.mark.parametrize("slug", ["bandung", "bangkok"])
async def test_a_scene_knows_when_its_order_has_gone_through(shop: Shop, slug: str) -> None:
    await walk(shop, slug)
    choices = SCENES[slug].choices
    await shop.checkout(choices["integration"], choices["flow"])
    order = await shop.newest_order()
    assert not done((await shop.get("/walkthrough")).text)
    await shop.pay(order)
    assert done((await shop.get(f"/orders/{order.reference_id}")).text)
    page = (await shop.get("/walkthrough")).text
    assert page.count('class="scene-done"') == 1 and done(page.split(f'<li class="scene now" id="{slug}"')[1])
    await walk(shop, slug)
    assert not done((await shop.get("/walkthrough")).text), "shown again, it begins again"


async def test_scenes_of_code_and_of_frauds_end_there(shop: Shop) -> None:
    await walk(shop, "surabaya")
    await shop.get("/source/invoice")
    assert not done((await shop.get("/walkthrough")).text)
    await shop.get("/source/payment_link")
    assert done((await shop.get("/walkthrough")).text)
    await walk(shop, "singapore")
    order = await shop.place("payment_link", currency="SGD")
    page = await shop.post(f"/orders/{order.reference_id}/cheat/forged")
    assert done(page.text.split('id="strip"')[1])


async def test_an_overlong_list_does_no_harm(shop: Shop) -> None:
    order = await shop.place()
    await shop.get("/walkthrough?scene=all&scene=" + "x" * 3000)
    assert (await shop.get(f"/orders/{order.reference_id}")).status_code == 200


async def test_the_end_leads_where_the_settings_say(open_shop: OpenShop) -> None:
    usual = Settings.from_env({}).brand
    own = Settings.from_env(
        {"REGISTER_URL": "https://example.com/join?a=1&b=2", "CONTACT_URL": "http://example.com/us"}
    ).brand
    for brand in (usual, own):
        async with open_shop(brand=brand) as shop:
            page = html.unescape((await shop.get("/walkthrough/end")).text)
            assert f'href="{brand.register_url}"' in page and f'href="{brand.contact_url}"' in page
            assert 'action="/walkthrough/jakarta?anew=1"' in page and "Once more" in page


@pytest.mark.parametrize(
    "value", ["javascript:alert(1)", "example.com", "https://", "https://a b", 'https://a"b', "https://[", "x" * 600]
)
def test_an_address_that_is_none_stops_the_start(value: str) -> None:
    for name in ("REGISTER_URL", "CONTACT_URL"):
        with pytest.raises(ConfigError, match=f"Set {name} to the address of a page"):
            Settings.from_env({name: value})


async def test_an_order_made_before_the_scene_does_not_end_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    order = await shop.place()
    await shop.pay(order)
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda now=time.time: now() + 2)
        await walk(shop, "bandung")
    assert "Bandung" in (await shop.get(f"/orders/{order.reference_id}")).text
    assert not done((await shop.get("/walkthrough")).text)


async def test_once_more_begins_the_clock_and_the_marks_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    await walk(shop, "bandung")
    await shop.checkout("invoice")
    order = await shop.newest_order()
    await shop.pay(order)
    assert done((await shop.get(f"/orders/{order.reference_id}")).text)
    page = (await shop.get("/walkthrough/end")).text
    (again,) = re.findall(r'action="(/walkthrough/[^"]+)" method="post"><button class="quiet">Once more', page)
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 600)
    assert re.search(r'data-began="\d+" data-elapsed="\d+">10:0\d<', (await shop.get("/walkthrough")).text)
    await shop.post(again)
    page = (await shop.get("/walkthrough")).text
    assert re.search(r'data-began="\d+" data-elapsed="\d">0:0\d<', page) and not done(page)


def strip(page: str) -> str:
    """The text of the strip on a page."""
    return html.unescape(page.split('id="strip"')[1].split("</aside>")[0])


@pytest.mark.parametrize(
    ("slug", "action"), [("yogyakarta", "expire-now"), ("bangkok", "cancel"), ("baguio", "cancel")]
)
async def test_an_order_that_nobody_paid_does_not_move_the_scene_on(shop: Shop, slug: str, action: str) -> None:
    scene = SCENES[slug]
    await walk(shop, slug)
    await shop.checkout(scene.choices["integration"], scene.choices["flow"])
    order = f"/orders/{(await shop.newest_order()).reference_id}"
    await shop.post(f"{order}/{action}")
    assert scene.shop[0] in strip((await shop.get(order)).text)
    await shop.post(f"{order}/again")
    page = strip((await shop.get("/")).text)
    assert scene.shop[0] in page and scene.order[0] not in page


@pytest.mark.parametrize("press", ["checkout", "pay"])
async def test_a_scene_shown_again_takes_the_order_that_waits(
    shop: Shop, press: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await walk(shop, "yogyakarta")
    await shop.checkout()
    order = await shop.newest_order()
    page = f"/orders/{order.reference_id}"
    with monkeypatch.context() as later:
        later.setattr(time, "time", lambda now=time.time: now() + 2)
        await walk(shop, "yogyakarta")
    await (shop.checkout() if press == "checkout" else shop.post(f"{page}/pay"))
    assert await shop.newest_order() == order
    await shop.pay(order)
    assert SCENES["yogyakarta"].order[0] in strip((await shop.get(page)).text)


async def test_the_order_of_a_phone_does_not_end_the_presenters_scene(shop: Shop) -> None:
    await walk(shop, "bandung")
    presenter = dict(shop.cookies)
    shop.cookies.clear()
    order = await shop.place()
    await shop.pay(order)
    shop.cookies.clear()
    shop.cookies.update(presenter)
    page = (await shop.get(f"/orders/{order.reference_id}")).text
    assert SCENES["bandung"].shop[0] in strip(page) and not done(page)


@pytest.mark.parametrize("form", [{"minutes": "abc"}, {"minutes": "0"}, {"minutes": "30", "usual": "1"}], ids=str)
async def test_options_that_change_nothing_or_are_refused_do_not_end_their_scene(
    shop: Shop, form: dict[str, str]
) -> None:
    await walk(shop, "makassar")
    for headers in ({}, HTMX):
        await shop.post("/options", data=form, headers=headers)
        for path in ("/options", "/"):
            assert not done((await shop.get(path)).text)
    await shop.post("/options", data={"minutes": "30"}, headers=HTMX)
    assert done((await shop.get("/")).text)


async def test_a_scene_that_the_own_list_lacks_has_no_number(shop: Shop) -> None:
    await walk(shop, "singapore")
    assert '"scene-number"' in strip((await shop.get("/")).text)
    await shop.get("/walkthrough?scene=jakarta")
    assert '"scene-number"' not in strip((await shop.get("/")).text)


async def test_the_strip_goes_along_to_every_page_on_which_a_scene_is_played(shop: Shop) -> None:
    await walk(shop, "cebu")
    failed = await shop.checkout()
    assert failed.status_code == 502 and SCENES["cebu"].shop[1] in strip(failed.text)
    assert SCENES["cebu"].shop[0] in strip((await shop.get("/orders")).text)
    await walk(shop, "surabaya")
    page = (await shop.get("/source/payment_link")).text
    assert SCENES["surabaya"].point_at in strip(page) and done(page)
    await walk(shop, "merida")
    order = await shop.place(currency="MXN")
    assert SCENES["merida"].point_at in strip((await shop.get(f"/orders/{order.reference_id}/take-along")).text)


@pytest.mark.parametrize(
    ("slug", "path", "form"),
    [
        ("merida", "/orders/{}/share", {}),
        ("singapore", "/orders/{}/cheat/forged", {}),
        ("makassar", "/options", {"minutes": "30"}),
    ],
)
async def test_the_strip_says_done_without_a_reload(shop: Shop, slug: str, path: str, form: dict[str, str]) -> None:
    await walk(shop, slug)
    order = await shop.place(currency=SCENES[slug].choices["currency"])
    answer = await shop.post(path.format(order.reference_id), data=form, headers=HTMX)
    assert done(strip(answer.text)) and 'hx-swap-oob="outerMorph"' in answer.text


async def test_the_end_leads_back_to_the_scene_before_it(shop: Shop) -> None:
    assert "ArrowLeft" not in (await shop.get("/walkthrough/end")).text
    await walk(shop, "singapore")
    page = (await shop.get("/walkthrough/end")).text
    assert re.search(r'action="/walkthrough/singapore" method="post"><button[^>]* data-key="ArrowLeft"', page)
    assert "js/walkthrough" in page
