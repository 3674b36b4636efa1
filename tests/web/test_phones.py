"""What a phone can open: an address in the network where there is one, and a reason where there is none."""

import re
import socket

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, LINK, fake_xendit
from webapp.config import Settings
from webapp.web import phones

pytestmark = pytest.mark.anyio
LOCALHOST = "http://localhost:8000"
PHONE = {"host": "192.168.1.5:8000", "origin": "http://192.168.1.5:8000"}


async def payment_code(shop: Shop) -> str:
    order = await shop.place()
    answer = await shop.post(f"/orders/{order.reference_id}/qr", headers=HTMX)
    assert answer.status_code == 200
    return answer.text


def in_network(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.setattr(phones, "_network_address", lambda: address)


async def test_a_shop_that_listens_on_this_machine_alone_says_so(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:  # 127.0.0.2 has nobody at its port
        in_network(monkeypatch, "127.0.0.2")
        async with open_shop(app_url=LOCALHOST, port=other.getsockname()[1]) as shop:
            shown = await payment_code(shop)
    assert "the shop listens on this machine alone" in shown
    assert re.search(r"<details[^>]* open>", shown)  # the pretend phone


async def test_a_machine_without_a_network_says_so(open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch) -> None:
    in_network(monkeypatch, None)
    async with open_shop(app_url=LOCALHOST) as shop:
        assert "it is in no network" in await payment_code(shop)


async def test_https_of_this_machine_says_so(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://localhost:8443") as shop:
        assert "Set APP_URL" in await payment_code(shop)


async def test_a_shop_with_an_address_of_its_own_gives_no_reason(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        shown = await payment_code(shop)
    assert "Only this computer" not in shown
    assert "in the same network" not in shown


async def test_xendits_own_page_needs_no_network_and_no_pretend_phone(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit(), app_url=LOCALHOST) as shop:
        shown = await payment_code(shop)
    assert LINK in shown
    assert "Only this computer" not in shown
    assert "<iframe" not in shown


async def test_who_comes_by_the_networks_address_stays_there(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_network(monkeypatch, "192.168.1.5")
    async with open_shop(app_url=LOCALHOST) as shop:
        assert (await shop.get("/", headers=PHONE)).status_code == 200
        order = await shop.place()
        link = (await shop.post(f"/orders/{order.reference_id}/pay", headers=PHONE)).headers["location"]
        assert link.startswith("http://192.168.1.5:8000/sandbox/pay/")
        assert (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"].startswith(LOCALHOST)


@pytest.mark.parametrize("host", ["192.168.1.6:8000", "192.168.1.5:8001", "192.168.1.5", "shop.example:8000"])
async def test_no_other_address_is_answered(open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    in_network(monkeypatch, "192.168.1.5")
    async with open_shop(app_url=LOCALHOST) as shop:
        assert (await shop.get("/", headers={"host": host})).status_code == 400
    async with open_shop(app_url="https://shop.example") as shop:
        assert (await shop.get("/", headers={"host": "192.168.1.5:8000"})).status_code == 400


def test_this_machine_knows_its_address_without_sending_anything() -> None:
    host = phones.network_host(Settings(secret_key="s" * 64))
    assert host is None or re.fullmatch(r"[\d.]+:8000", host)


@pytest.mark.parametrize("decision", ["", "pay", "expire"])
@pytest.mark.parametrize("integration", ["payment_link", "invoice"])
async def test_the_sandboxs_pages_lead_a_phone_back_to_the_address_by_which_it_came(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, integration: str, decision: str
) -> None:
    in_network(monkeypatch, "192.168.1.5")
    async with open_shop(app_url=LOCALHOST) as shop:
        order = await shop.place(integration)
        link = (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"]
        if decision:
            await shop.post(link, data={"choice": "CARDS.visa", "decision": decision})
        page = (await shop.get(link, headers=PHONE)).text
    assert f'href="/orders/{order.reference_id}"' in page
    assert "localhost" not in page


async def test_links_to_hand_on_hold_the_address_by_which_one_came(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_network(monkeypatch, "192.168.1.5")
    async with open_shop(app_url=LOCALHOST) as shop:
        await shop.post("/brand", data={"brand": "Kopi Kita"})
        order = await shop.place()
        for headers, origin in (({}, LOCALHOST), (PHONE, "http://192.168.1.5:8000")):
            shared = await shop.post(f"/orders/{order.reference_id}/share", headers=headers)
            for page in (await shop.get("/set-up", headers=headers), await shop.get("/brand", headers=headers), shared):
                (link,) = re.findall(r'value="(http://[^"]+)" readonly', page.text)
                assert link.startswith(f"{origin}/")
