"""The audience's screen: a presenter's room, the phones that join it, and their orders as they come in."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX
from webapp.endpoints import stage
from webapp.orders import rooms

pytestmark = pytest.mark.anyio


def phone(shop: Shop) -> Shop:
    """Another browser of the same shop."""
    client = Shop(transport=httpx.ASGITransport(shop.app), base_url=shop.settings.app_url)
    client.app, client.settings = shop.app, shop.settings
    return client


async def opened(shop: Shop) -> str:
    """Open a room as a presenter does. Return the path of its stage."""
    answer = await shop.post("/stage")
    assert answer.status_code == 303
    path = answer.headers["location"]
    assert re.fullmatch(r"/stage/[a-z]{4}-[a-z]{4}", path)
    return path


def joining(path: str) -> str:
    return path.replace("/stage/", "/join/")


def rows(text: str) -> list[list[str]]:
    """The cells of each order on the screen."""
    found = re.findall(r"<tr>(.*?)</tr>", text.partition("<tbody>")[2], re.S)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td>(.*?)</td>", row, re.S)] for row in found
    ]


def version(text: str) -> str:
    return re.findall(r"\?seen=(\w+)", text)[0]


async def test_the_orders_of_a_room_appear_on_its_screen_and_no_others(shop: Shop) -> None:
    path = await opened(shop)
    empty = await shop.get(path)
    assert "Nobody yet: point a phone here" in empty.text and "<svg" in empty.text
    assert f"testserver{joining(path)}" in empty.text
    async with phone(shop) as first, phone(shop) as second, phone(shop) as outside:
        for client in (first, second):
            joined = await client.get(joining(path))
            assert (joined.status_code, joined.headers["location"]) == (303, "/")
        paid = await first.place("payment_link", currency="PHP")
        await first.pay(paid)
        await first.get(f"/orders/{paid.reference_id}")
        await second.place("components", currency="THB")
        await outside.place("invoice")
    screen = (await shop.get(path)).text
    assert [row[:3] for row in rows(screen)] == [
        ["Thailand", "Components", "Waiting"],
        ["Philippines", "Payment Link", "Paid"],
    ]
    assert "2 orders · 1 completed" in screen


async def test_the_screen_says_nothing_that_opens_an_order_or_names_anybody(shop: Shop) -> None:
    path = await opened(shop)
    async with phone(shop) as client:
        await client.get(joining(path))
        order = await client.place()
    screen = await shop.get(path)
    assert screen.headers["cache-control"] == "no-store" and 'content="noindex"' in screen.text
    for secret in (order.reference_id[:14], order.visitor, order.checkout_id, order.payment_session_id or "none"):
        assert secret not in screen.text


async def test_a_poll_is_answered_only_when_something_changed(shop: Shop) -> None:
    path = await opened(shop)
    seen = version((await shop.get(path)).text)
    same = await shop.get(f"{path}?seen={seen}", headers=HTMX)
    assert (same.status_code, same.headers["cache-control"]) == (204, "no-store")
    async with phone(shop) as client:
        await client.get(joining(path))
        order = await client.place()
        news = await shop.get(f"{path}?seen={seen}", headers=HTMX)
        assert news.status_code == 200 and len(rows(news.text)) == 1
        assert news.headers["x-template"] == "fragments/stage_orders.html"
        seen = version(news.text)
        await client.post(f"/orders/{order.reference_id}/cancel")
        assert rows((await shop.get(f"{path}?seen={seen}", headers=HTMX)).text)[0][2] == "Cancelled"


async def test_a_presenter_has_one_room_and_only_its_presenter_closes_it(shop: Shop) -> None:
    assert "Open a room" in (await shop.get("/stage")).text
    path = await opened(shop)
    assert await opened(shop) == path
    assert (await shop.get("/stage")).headers["location"] == path
    async with phone(shop) as client:
        assert "Close the room" not in (await client.get(path)).text
        assert (await client.post(f"{path}/close")).status_code == 403
        assert (await client.get(joining(path))).status_code == 303
        assert await opened(client) != path
    assert "Close the room" in (await shop.get(path)).text
    assert (await shop.post(f"{path}/close")).headers["location"] == "/stage"
    assert (await shop.get(path)).status_code == 404
    assert (await shop.get(joining(path))).status_code == 404
    assert await opened(shop) != path


@pytest.mark.parametrize("said", [str.upper, lambda word: word.replace("-", "%20"), lambda word: f"{word}."])
async def test_a_word_is_taken_as_people_type_it(shop: Shop, said: Callable[[str], str]) -> None:
    way, word = (await opened(shop)).rsplit("/", 1)
    assert (await shop.get(f"/join/{said(word)}")).headers["location"] == "/"
    await shop.place()
    screen = (await shop.get(f"{way}/{said(word)}")).text
    assert len(rows(screen)) == 1 and f"/join/{word}<" in screen and "Close the room" in screen


async def test_a_screen_shows_no_code_of_a_room_that_is_closed(shop: Shop) -> None:
    path = await opened(shop)
    await shop.post(f"{path}/close")
    left = await shop.get(f"{path}?seen=0123", headers=HTMX)
    assert left.headers["hx-redirect"] == "/stage"


async def test_a_room_ends_after_twelve_hours_and_leaves_no_row(
    open_shop: OpenShop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(database_url=database_url) as shop:
        path, now = await opened(shop), rooms._now()
        monkeypatch.setattr(rooms, "_now", lambda: now + timedelta(hours=11, minutes=59))
        assert (await shop.get(path)).status_code == 200
        monkeypatch.setattr(rooms, "_now", lambda: now + timedelta(hours=12, seconds=1))
        assert (await shop.get(path)).status_code == 404
        async with phone(shop) as client:
            await opened(client)
        database = shop.app.state.shop.database
        async with database.read() as connection:
            assert len(await connection.fetch("SELECT room FROM rooms")) == 1


async def test_there_are_never_more_rooms_than_the_limit(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MAX_ROOMS", 2)
    path = await opened(shop)
    async with phone(shop) as second, phone(shop) as third:
        await opened(second)
        refused = await third.post("/stage")
        assert refused.status_code == 503 and "All rooms are taken just now." in refused.text
    assert await opened(shop) == path


async def test_a_new_room_does_not_show_the_orders_of_an_older_one_with_its_word(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "_word", lambda: "bcdf-ghjk")
    path = await opened(shop)
    await shop.get(joining(path))
    await shop.place()
    assert len(rows((await shop.get(path)).text)) == 1
    await shop.post(f"{path}/close")
    later = rooms._now() + timedelta(seconds=1)
    monkeypatch.setattr(rooms, "_now", lambda: later)
    assert await opened(shop) == path
    assert not rows((await shop.get(path)).text)


async def test_where_real_money_moves_there_is_no_stage(open_shop: OpenShop) -> None:
    async with open_shop(sandbox=False, api_keys={"IDR": "xnd_production_x"}) as shop:
        for address in ("/stage", "/stage/bcdf-ghjk", "/join/bcdf-ghjk"):
            assert (await shop.get(address)).status_code == 404
        assert (await shop.post("/stage")).status_code == 404


async def test_words_can_be_read_out_and_not_guessed() -> None:
    words = {rooms._word() for _ in range(2000)}
    assert len(words) == 2000
    assert all(re.fullmatch(r"[bcdfghjkmnp-z]{4}-[bcdfghjkmnp-z]{4}", word) and "u" not in word for word in words)


async def test_a_full_room_shows_the_newest_orders_and_counts_all(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "SHOWN", 2)
    path = await opened(shop)
    await shop.get(joining(path))
    for currency in ("IDR", "PHP", "THB"):
        await shop.place(currency=currency)
    screen = (await shop.get(path)).text
    assert [row[0] for row in rows(screen)] == ["Thailand", "Philippines"]
    assert "3 orders · 0 completed" in screen


async def test_a_reset_between_two_scenes_keeps_the_presenters_room(shop: Shop) -> None:
    path = await opened(shop)
    await shop.get(joining(path))
    await shop.place()
    await shop.post("/walkthrough/reset")
    assert (await shop.get("/stage")).headers["location"] == path
    await shop.place(currency="PHP")
    screen = (await shop.get(path)).text
    assert "Close the room" in screen and len(rows(screen)) == 2
    assert (await shop.post(f"{path}/close")).status_code == 303


async def test_who_joins_after_pressing_checkout_appears_with_the_next_press_and_pays_once(shop: Shop) -> None:
    path = await opened(shop)
    async with phone(shop) as client:
        first = await client.place()
        await client.get(joining(path))
        await client.checkout()
        assert len(rows((await shop.get(path)).text)) == 1
        await client.get(joining(path))  # the code was scanned once more
        await client.checkout()
        assert len(rows((await shop.get(path)).text)) == 1
        await client.pay(first)
        await client.get(f"/orders/{first.reference_id}")
        assert "Nothing here yet" in (await client.get("/")).text


async def test_who_has_paid_and_joins_then_begins_with_an_empty_cart(shop: Shop) -> None:
    path = await opened(shop)
    async with phone(shop) as client:
        order = await client.place()
        await client.pay(order)
        await client.get(f"/orders/{order.reference_id}")
        await client.get(joining(path))
        assert "Nothing here yet" in (await client.get("/")).text


async def test_phones_see_the_presenters_own_brand(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url) as shop:
        await shop.post("/brand", data={"brand": "Kopi Kita", "goods": "กาแฟ; 35000", "currency": "IDR"})
        path = await opened(shop)
        async with phone(shop) as client:
            page = (await client.get(joining(path), follow_redirects=True)).text
            assert "Kopi Kita" in page and "กาแฟ" in page
            await client.get("/?cart=gayo:1")
            await client.get(joining(path), follow_redirects=True)  # the code was scanned once more
            assert "1 item" in (await client.get("/")).text


async def test_a_room_with_a_brand_leaves_the_phones_own_choices(open_shop: OpenShop) -> None:
    async with open_shop() as shop:
        await shop.post("/brand", data={"brand": "Kopi Kita"})
        path = await opened(shop)
        async with phone(shop) as client:
            await client.get("/?currency=PHP&flow=save&given_names=Ana&minutes=45")
            await client.get(joining(path))
            assert "Kopi Kita" in (await client.get("/")).text
            options = (await client.get("/options")).text
            assert 'value="Ana"' in options and 'value="45"' in options
