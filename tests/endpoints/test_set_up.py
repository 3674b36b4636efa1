"""A link to the present set-up opens the shop like that for anybody."""

import html
import re

import httpx
import pytest

from tests.conftest import Shop

pytestmark = pytest.mark.anyio


async def link_of(shop: Shop) -> str:
    page = (await shop.get("/set-up")).text
    return html.unescape(re.findall(r'<input id="set-up-link" value="([^"]*)" readonly', page)[0])


@pytest.mark.parametrize(
    ("choices", "products"),
    [
        (
            {"currency": "PHP", "flow": "pay_save", "integration": "components", "language": "th"},
            {"gayo": 2, "flores": 1},
        ),
        ({"currency": "THB", "flow": "save", "integration": "payment_link", "present": "qr"}, {}),
        (
            {"currency": "IDR", "flow": "pay", "integration": "invoice", "present": "iframe", "language": "es"},
            {"nanyang": 3},
        ),
    ],
)
async def test_a_link_opens_the_shop_as_it_was_set_up(
    shop: Shop, choices: dict[str, str], products: dict[str, int]
) -> None:
    await shop.choose(**choices)
    for product, quantity in products.items():
        if quantity:
            await shop.add(product, quantity)
    link = await link_of(shop)
    assert link.startswith("http://testserver/?")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(shop.app), base_url="http://testserver", follow_redirects=True
    ) as other:
        opened = await other.get(link)
        assert opened.status_code == 200
        again = html.unescape(re.findall(r'id="set-up-link" value="([^"]*)"', (await other.get("/set-up")).text)[0])
    assert again == link


async def test_a_link_names_no_visitor_and_no_order(shop: Shop) -> None:
    order = await shop.place()
    link = await link_of(shop)
    for secret in (order.visitor, order.reference_id, order.checkout_id):
        assert secret not in link


async def test_the_shop_leads_to_its_link(shop: Shop) -> None:
    assert 'href="/set-up"' in (await shop.get("/")).text


async def test_a_link_carries_what_was_made_ones_own(shop: Shop) -> None:
    own = "/?brand=Kopi+Kita&colour=c2410c&goods=IDR|Flat white;35000|Croissant;28000&currency=IDR&cart=gayo:2"
    assert (await shop.get(own)).status_code == 303
    link = await link_of(shop)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(shop.app), base_url="http://testserver", follow_redirects=True
    ) as other:
        page = (await other.get(link)).text
    assert "Kopi Kita" in page and "Croissant" in page and "Rp70.000" in page
