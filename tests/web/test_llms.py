"""What machines read: llms.txt, and the picture of a shared link."""

import re
import struct
from pathlib import Path

import pytest

from tests.conftest import OpenShop, Shop

pytestmark = pytest.mark.anyio

PICTURE = Path(__file__).parents[2] / "static/img/share.png"


async def test_llms_txt_leads_to_every_file_to_copy(shop: Shop) -> None:
    answer = await shop.get("/llms.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("# Selat, a demo storefront for Xendit\n\n> ")
    links = re.findall(r"\]\(http://testserver(/[^)]*)\)", answer.text)
    assert len(links) > 10
    for link in links:
        assert (await shop.get(link)).status_code == 200, link


async def test_a_shared_link_shows_the_shop_with_an_address_of_its_own(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        page = (await shop.get("/")).text
        assert 'property="og:title" content="Coffee from both sides of the strait · Selat Coffee Roasters"' in page
        picture = re.findall(r'property="og:image" content="(.*?)"', page)[0]
        assert picture.startswith("https://shop.example/static/")
        assert (await shop.get(picture)).headers["content-type"] == "image/png"


async def test_another_brand_is_not_shared_with_the_picture_of_the_coffee(shop: Shop) -> None:
    await shop.get("/?brand=Kopi+Kita&goods=IDR|Flat+white;35000")
    page = (await shop.get("/")).text
    assert 'property="og:title" content="Shop · Kopi Kita"' in page and "og:image" not in page


def test_the_picture_is_as_large_as_chats_want_it_and_light() -> None:
    body = PICTURE.read_bytes()
    assert struct.unpack(">II", body[16:24]) == (1200, 630)
    assert len(body) <= 60_000
