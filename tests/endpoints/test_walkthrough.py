"""The walkthrough: its links set up the shop, a reset starts clean, and trouble on purpose stays with its visitor."""

import asyncio
import re
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.leaks import secrets_in
from tests.xendit import HTMX
from webapp.presenter.scenes import SCENES
from webapp.shop.catalog import PRODUCTS
from webapp.xendit.circuit_breaker import FAILURES
from webapp.xendit.sandbox_transport import SandboxTransport

pytestmark = pytest.mark.anyio


async def buy(shop: Shop, integration: str = "payment_link", **headers: str) -> httpx.Response:
    await shop.add("gayo")
    return await shop.checkout(integration, **headers)


@pytest.mark.parametrize("slug", SCENES)
async def test_one_link_sets_the_scene(shop: Shop, slug: str) -> None:
    scene = SCENES[slug]
    start = await shop.post(f"/walkthrough/{slug}")
    assert (start.status_code, start.headers["location"]) == (303, scene.link)
    page = (await shop.get(scene.link, follow_redirects=True)).text
    assert re.search(rf'value="{scene.choices["integration"]}"[^>]* checked', page)
    assert re.search(rf'value="{scene.choices["flow"]}"[^>]* checked', page)
    assert re.search(rf'<option value="{scene.choices["currency"]}" selected', page)
    for part in filter(None, scene.choices["cart"].split(",")):
        assert PRODUCTS[part.split(":")[0]].name in page.split('id="cart"')[1]


async def test_next_goes_on_from_the_scene_that_is_on(shop: Shop) -> None:
    assert "Begin in Jakarta" in (await shop.get("/walkthrough")).text
    await shop.post("/walkthrough/bangkok")
    page = (await shop.get("/walkthrough")).text
    assert 'id="bangkok" aria-current="step"' in page
    assert "Next: Baguio" in page
    (version,) = re.findall(r'hx-get="(/walkthrough\?seen=[^"]*)"', page)
    seen = await shop.get(version, headers=HTMX)
    assert (seen.status_code, seen.headers["cache-control"]) == (204, "no-store")
    moved = await shop.get("/walkthrough?seen=manila", headers=HTMX)
    assert moved.headers["x-template"] == "fragments/scenes.html"
    await shop.post("/walkthrough/singapore")
    assert "Next: the end" in (await shop.get("/walkthrough")).text
    assert (await shop.post("/walkthrough/atlantis")).status_code == 404


async def test_a_reset_starts_a_clean_visitor(shop: Shop) -> None:
    await shop.post("/walkthrough/cebu")
    order = await shop.place()
    assert (await shop.post("/walkthrough/reset")).headers["location"] == "/walkthrough"
    assert "Begin in Jakarta" in (await shop.get("/walkthrough")).text
    assert order.reference_id not in (await shop.get("/orders")).text
    assert (await shop.get(f"/orders/{order.reference_id}/inspector")).status_code == 403
    assert (await buy(shop)).status_code == 303  # the failure that was armed belonged to the visitor who is gone


async def test_only_what_is_open_is_offered(open_shop: OpenShop) -> None:
    async with open_shop(sandbox=False, api_keys={"IDR": "xnd_development_idr"}) as shop:
        page = (await shop.get("/walkthrough")).text
    assert re.findall(r'class="scene[^"]*" id="([\w-]+)"', page) == ["jakarta", "surabaya", "yogyakarta", "makassar"]
    assert "Sandbox controls" not in page


@pytest.mark.parametrize(
    ("fail", "status", "code"),
    [("400", 502, "API_VALIDATION_ERROR"), ("401", 502, "INVALID_API_KEY"), ("500", 502, "SERVER_ERROR")],
)
async def test_the_next_checkout_fails_once_and_for_its_presenter_only(
    shop: Shop, fail: str, status: int, code: str
) -> None:
    assert (await shop.post("/walkthrough/controls", data={"fail": fail, "delay": "0"})).status_code == 303
    mine = dict(shop.cookies)
    shop.cookies.clear()
    assert (await buy(shop)).status_code == 303
    shop.cookies.clear()
    shop.cookies.update(mine)
    failed = await buy(shop)
    assert failed.status_code == status
    assert code in failed.text
    assert (await buy(shop)).status_code == 303


async def test_down_lasts_until_it_is_switched_off_and_nobody_else_notices(shop: Shop) -> None:
    await shop.post("/walkthrough/controls", data={"fail": "down"})
    assert {(await buy(shop)).status_code for _ in range(FAILURES + 1)} == {502}
    presenter = dict(shop.cookies)
    shop.cookies.clear()
    assert (await buy(shop)).status_code == 303
    shop.cookies.clear()
    shop.cookies.update(presenter)
    await shop.post("/walkthrough/controls", data={"fail": ""})
    assert (await buy(shop)).status_code == 303


async def test_webhooks_come_late_and_twice_for_this_visitor(shop: Shop) -> None:
    said = await shop.post("/walkthrough/controls", data={"delay": "60", "duplicate": "on"}, headers=HTMX)
    assert "for this browser alone" in said.text
    order = await shop.place()
    sandbox = shop.app.state.sandbox
    await shop.post(f"/orders/{order.reference_id}/expire-now")
    rows = await stored_webhooks(sandbox, order.payment_session_id)
    assert [(row["copies"], row["event"]) for row in rows] == [(2, "payment_session.expired")]
    assert rows[0]["due_at"] > rows[0]["created_at"]
    again = await shop.post(f"/orders/{order.reference_id}/repeat-webhook", headers=HTMX)
    assert "Sent once more" in again.text


async def stored_webhooks(sandbox: Any, object_id: str) -> list[Any]:
    async with sandbox.database.read() as connection:
        sql = "SELECT * FROM sandbox_webhooks WHERE object_id = ?"
        rows: list[Any] = await connection.fetch(sql, (object_id,))
    return rows


async def test_trouble_works_on_either_database(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url) as shop:
        await shop.post("/walkthrough/controls", data={"fail": "500", "delay": "5", "duplicate": "on"})
        assert [(await buy(shop)).status_code for _ in range(2)] == [502, 303]
        order = await shop.newest_order()
        await shop.post(f"/orders/{order.reference_id}/expire-now")
        assert [row["event"] for row in await shop.app.state.sandbox.webhooks(order.payment_session_id)] == [
            "payment_session.expired"
        ]
        assert "POST /sessions" in (await shop.inspector(order)).text


async def test_expire_now_ends_the_order(shop: Shop) -> None:
    for integration in ("payment_link", "invoice"):
        order = await shop.place(integration)
        assert (await shop.post(f"/orders/{order.reference_id}/expire-now")).status_code == 303
        assert 'data-status="expired"' in (await shop.get(f"/orders/{order.reference_id}")).text


async def test_nonsense_controls_are_refused(shop: Shop) -> None:
    for form in ({"fail": "418"}, {"delay": "-1"}, {"delay": "9999"}):
        assert (await shop.post("/walkthrough/controls", data=form)).status_code == 422
    elsewhere = {"fail": "", "next": "//evil.example/"}
    assert (await shop.post("/walkthrough/controls", data=elsewhere)).headers["location"] == "/walkthrough"


async def test_without_the_sandbox_there_are_no_controls(open_shop: OpenShop) -> None:
    async with open_shop(sandbox=False, api_keys={"IDR": "xnd_development_idr"}) as shop:
        assert (await shop.post("/walkthrough/controls", data={"fail": "500"})).status_code == 404


async def test_silence_ends_with_the_clients_patience() -> None:
    async def silent(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    async with httpx.AsyncClient(transport=SandboxTransport(silent), timeout=0.05) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("https://api.xendit.co/sessions/x")


@pytest.mark.parametrize("present", ["qr", "iframe"])
async def test_a_link_can_be_shown_instead_of_opened(shop: Shop, present: str) -> None:
    await shop.get(f"/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1&present={present}")
    for headers in ({}, HTMX):
        shown = await buy(shop, **headers)
        assert shown.status_code == 200
        assert shown.headers["cache-control"] == "no-store"
        assert "/sandbox/pay/" in shown.text  # shown to its own visitor, who is about to open it
        assert ("<svg" in shown.text) == (present == "qr" or not headers)
        if present == "iframe":
            assert 'allow="payment"' in shown.text
            assert (
                'sandbox="allow-scripts allow-same-origin allow-popups allow-forms allow-top-navigation"' in shown.text
            )
    order = await shop.newest_order()
    assert (await shop.get(f"/orders/{order.reference_id}/done", headers=HTMX)).status_code == 204
    await shop.post(f"/orders/{order.reference_id}/cancel")
    done = await shop.get(f"/orders/{order.reference_id}/done", headers=HTMX)
    assert done.headers["hx-redirect"] == f"/orders/{order.reference_id}"
    await shop.get("/?currency=IDR")
    assert (await buy(shop)).status_code == 303


async def test_qr_codes_are_drawn_on_demand_and_kept_by_nobody(shop: Shop) -> None:
    order = await shop.place()
    page = (await shop.get(f"/orders/{order.reference_id}")).text
    assert "qr-code" not in page
    of_order = await shop.get(f"/orders/{order.reference_id}/qr", headers=HTMX)
    assert "<svg" in of_order.text and not secrets_in(of_order.text)
    of_payment = await shop.post(f"/orders/{order.reference_id}/qr", headers=HTMX)
    assert "<svg" in of_payment.text
    assert of_payment.headers["cache-control"] == "no-store"
    await shop.post(f"/orders/{order.reference_id}/cancel")
    assert (await shop.post(f"/orders/{order.reference_id}/qr", headers=HTMX)).status_code == 409


async def test_the_scene_stands_in_the_shops_own_window_until_it_is_left(shop: Shop) -> None:
    assert 'id="strip"' not in (await shop.get("/")).text
    await shop.post("/walkthrough/manila")
    await shop.get(SCENES["manila"].link)
    scene = SCENES["manila"]
    order = f"/orders/{(await shop.place()).reference_id}"
    for path, steps in (("/", scene.shop), (order, scene.payment)):
        page = (await shop.get(path)).text.replace("&#39;", "'")
        assert all(line in page for line in (*steps, scene.point_at)), path
        assert 'action="/walkthrough/bangkok"' in page
    other = httpx.AsyncClient(transport=shop._transport, base_url=shop.base_url)
    assert 'id="strip"' not in (await other.get("/")).text
    for page, back in ((order, order), ("//evil.example/", "/walkthrough"), ("/", "/")):
        left = await shop.post("/walkthrough/leave", data={"next": page})
        assert left.headers["location"] == back
    assert 'id="strip"' not in (await shop.get("/")).text


async def test_leaving_the_walkthrough_ends_the_trouble_on_purpose(shop: Shop) -> None:
    await shop.post("/walkthrough/cebu")
    await shop.post("/walkthrough/leave", data={"next": "/"})
    assert (await buy(shop)).status_code == 303
