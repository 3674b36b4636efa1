"""Make it yours: a brand for one visit, typed on a form or carried by a link."""

import json
import re
import unicodedata
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import fake_xendit
from webapp.shop.currencies import CURRENCIES
from webapp.shop.price_list import read_price_list

pytestmark = pytest.mark.anyio

GOODS = "Flat white; Rp35.000\nCroissant\t28000\nNasi goreng - Rp 45.000"
LINK = "/?brand=Kopi+Kita&colour=c2410c&goods=IDR|Flat+white;35000|Croissant;28000"


async def put_on(shop: Shop, brand: str = "Kopi Kita", colour: str = "#c2410c", goods: str = GOODS) -> httpx.Response:
    form = {"brand": brand, "colour": colour, "goods": goods, "currency": "IDR"}
    return await shop.post("/brand", data=form)


async def test_a_form_makes_the_shop_somebody_elses(shop: Shop) -> None:
    assert (await put_on(shop)).headers["location"] == "/"
    page = (await shop.get("/")).text
    for part in ("· Kopi Kita</title>", "Flat white", "Rp35.000", "Rp28.000", "Rp45.000", "/brand/c2410c.css"):
        assert part in page, part
    assert "Gayo" not in page and "Selat" not in page
    assert ">Demo</p>" in page and "badge-sandbox" in page


async def test_a_link_carries_all_of_it_to_another_browser(shop: Shop, open_shop: OpenShop) -> None:
    await put_on(shop)
    link = unescape(re.findall(r'id="brand-link" value="(.*?)"', (await shop.get("/brand")).text)[0])
    async with open_shop() as other:
        address = urlsplit(link)
        assert (await other.get(f"/?{address.query}&currency=PHP&cart=gayo:1,toraja:2")).headers["location"] == "/"
        page = (await other.get("/")).text
        assert "Kopi Kita" in page and "Flat white" in page and "₱130" in page
        assert parse_qs(address.query)["goods"] == ["IDR|Flat white;35000|Croissant;28000|Nasi goreng;45000"]


async def test_others_see_the_shop_as_it_is(open_shop: OpenShop) -> None:
    async with open_shop() as shop:
        await shop.get(LINK)
        assert "Flat white" in (await shop.get("/")).text
        shop.cookies.clear()
        page = (await shop.get("/")).text
        assert "Gayo" in page and "Kopi Kita" not in page and "/brand/" not in page


async def test_an_order_is_of_the_branded_shop_and_stays_so(shop: Shop) -> None:
    await shop.get(f"{LINK}&currency=IDR&flow=pay&integration=payment_link&cart=gayo:2,toraja:1")
    await shop.checkout()
    order = await shop.newest_order()
    assert order.description == "Kopi Kita: 2 × Flat white, 1 × Croissant"
    assert (str(order.amount), order.shop_name, order.shop_colour) == ("98000", "Kopi Kita", "c2410c")
    await shop.post("/brand/remove")
    page = (await shop.get(f"/orders/{order.reference_id}")).text
    assert "Flat white" in page and "Rp98.000" in page


async def test_another_brand_leaves_no_stranger_in_the_cart(shop: Shop) -> None:
    await shop.get(f"{LINK}&cart=gayo:2")
    await put_on(shop, goods="Flat white; 36000")  # another price is another product
    assert "empty" in (await shop.get("/")).text.split('id="cart-panel"')[1]


async def test_an_order_that_waits_is_not_taken_for_one_of_another_shop(shop: Shop) -> None:
    await shop.get("/?brand=Kopi+Kita&cart=gayo:1")
    await shop.checkout()
    await shop.get("/?brand=Kopi+Kami&cart=gayo:1")
    await shop.checkout()
    assert (await shop.newest_order()).description == "Kopi Kami: 1 × Gayo Highlands"


async def test_a_reset_of_the_walkthrough_keeps_the_brand(shop: Shop) -> None:
    await put_on(shop)
    await shop.post("/walkthrough/reset")
    assert "Kopi Kita" in (await shop.get("/walkthrough")).text


async def test_the_brand_goes_when_it_is_taken_off(shop: Shop) -> None:
    await put_on(shop)
    assert (await shop.post("/brand/remove")).status_code == 303
    assert "Gayo" in (await shop.get("/")).text


async def test_mistakes_stand_beside_their_fields_and_the_input_is_kept(shop: Shop) -> None:
    answer = await put_on(shop, "n" * 500, "reddish", "Nasi; tiga puluh\nKopi; 15000")
    assert answer.status_code == 422
    fields = {
        name: answer.text.split(f'name="{name}"')[1].split("</label>")[0] for name in ("brand", "colour", "goods")
    }
    assert "A name has at most 40 characters." in fields["brand"] and "n" * 500 in fields["brand"]
    assert "That is no colour." in fields["colour"] and "reddish" in fields["colour"]
    assert "Line 1: “tiga puluh” is no price." in fields["goods"] and "Kopi; 15000" in fields["goods"]
    assert all('aria-invalid="true"' in text for text in fields.values())
    assert "Gayo" in (await shop.get("/")).text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("colour=reddish", "That is no colour."),
        ("brand=" + "n" * 500, "A name has at most 40 characters."),
        ("brand=Log+in+at+www.bank.example", "A name is no address."),
        ("goods=" + "|".join(f"IDR|P{n};1000" for n in range(200)), "At most 6 products fit"),
        ("goods=IDR|" + "n" * 500 + ";1000", "Line 1: a name has at most 60 characters."),
        ("goods=IDR|Nasi;sedikit", "is no price"),
        ("goods=IDR|Nasi;1000|Nasi;2000", "Line 2: this name is there already."),
    ],
)
async def test_a_link_that_can_not_be_is_a_sentence_and_changes_nothing(shop: Shop, query: str, words: str) -> None:
    answer = await shop.get(f"/?{query}")
    assert answer.status_code == 422 and words in answer.text
    assert "Gayo" in (await shop.get("/")).text


async def test_html_bidi_and_emoji_are_text(shop: Shop) -> None:
    await put_on(shop, "<b>Kopi</b>\u202e", "#000", '"><script>alert(1)</script>; 1000\nمقهى; 2000\n👩\u200d🍳; 3000')
    page = (await shop.get("/")).text
    assert "&lt;b&gt;Kopi&lt;/b&gt;" in page and "<b>" not in page and "\u202e" not in page
    assert "<script>alert" not in page
    assert "مقهى" in page and "👩\u200d🍳" in page


async def test_the_largest_brand_fits_into_a_cookie(shop: Shop) -> None:
    letters = [chr(0x4E00 + 97 * n % 20_000) for n in range(500)]
    goods = "\n".join("".join(letters[60 * line : 60 * line + 60]) + f"; {999_999_990 + line}" for line in range(6))
    answer = await put_on(shop, "".join(letters[400:440]), "#c2410c", goods)
    assert answer.status_code == 303
    assert max(len(cookie) for cookie in answer.headers.get_list("set-cookie")) < 4096
    assert letters[59] in (await shop.get("/")).text


async def test_with_live_keys_nobody_brands_the_shop(open_shop: OpenShop, shop: Shop) -> None:
    await put_on(shop)
    worn = dict(shop.cookies)
    live = {"sandbox": False, "api_keys": {"IDR": "xnd_production_x"}}
    async with open_shop(**live) as real:
        real.cookies.update(worn)
        assert "Kopi Kita" not in (page := (await real.get("/")).text) and "/brand" not in page
        assert (await real.get("/brand")).status_code == 404
        assert (await put_on(real)).status_code == 404
        assert (await real.get(LINK)).status_code == 404


async def test_in_test_mode_xendit_gets_the_branded_items(open_shop: OpenShop) -> None:
    xendit = fake_xendit()
    async with open_shop(xendit) as shop:
        await shop.get(f"{LINK}&currency=IDR&flow=pay&integration=payment_link&cart=gayo:2")
        page = await shop.get("/")
        assert "Test mode" in page.text and ">Demo</p>" in page.text
        await shop.checkout()
        sent = json.loads(xendit.calls.last.request.content)
        assert sent["description"].startswith("Kopi Kita: 2 ")
        assert [(item["name"], item["net_unit_amount"]) for item in sent["items"]] == [("Flat white", 35000)]


async def test_nothing_is_loaded_by_those_who_do_not_use_it(shop: Shop) -> None:
    assert "/brand/" not in (await shop.get("/")).text


@pytest.mark.parametrize(
    ("code", "line", "read"),
    [
        ("IDR", "Flat white, 35.000", ("Flat white", "35000")),
        ("IDR", "Flat white 35000", ("Flat white", "35000")),
        ("IDR", "iPhone 15; 15.000.000", ("iPhone 15", "15000000")),
        ("IDR", "Kopi, susu, 20000", ("Kopi, susu", "20000")),
        ("PHP", "Latte; ₱1,250.50", ("Latte", "1250.50")),
        ("VND", "Phở 45.000₫", ("Phở", "45000")),
        ("SGD", "Latte S$6.50", ("Latte", "6.50")),
        ("MXN", "Tacos $90", ("Tacos", "90")),
        ("IDR", "iPhone 15", None),
        ("IDR", "Nasi; 35.50", None),
        ("IDR", "Nasi; 0", None),
        ("IDR", "Nasi; -3", None),
        ("IDR", "Nasi; 1e5", None),
        ("IDR", "Nasi; ٣٥", None),
        ("IDR", "Nasi; 99999999999", None),
        ("IDR", "; 300", None),
    ],
)
async def test_a_line_is_read_as_people_write_it(code: str, line: str, read: tuple[str, str] | None) -> None:
    products, mistakes = read_price_list(line, CURRENCIES[code])
    assert (products, len(mistakes)) == (([read], 0) if read else ([], 1))


@pytest.mark.parametrize("integration", ["payment_link", "invoice"])
async def test_the_sandboxs_page_bears_the_name_and_only_for_this_visitor(shop: Shop, integration: str) -> None:
    for query, name in (("brand=Kopi+Kita", "Kopi Kita"), ("brand=Selat+Coffee+Roasters", "Selat Coffee Roasters")):
        await shop.get(f"/?{query}&currency=IDR&flow=pay&integration={integration}&cart=gayo:1")
        page = await shop.get((await shop.checkout(integration)).headers["location"])
        assert name in page.text and ("Selat" in page.text) == (name != "Kopi Kita")


async def test_a_phone_that_opens_an_order_sees_its_shop(shop: Shop) -> None:
    await shop.get(f"{LINK}&currency=IDR&flow=pay&integration=payment_link&cart=gayo:1")
    await shop.checkout()
    order = await shop.newest_order()
    shop.cookies.clear()
    page = (await shop.get(f"/orders/{order.reference_id}")).text
    assert "· Kopi Kita</title>" in page and "/brand/c2410c.css" in page and ">Demo</p>" in page
    assert "· Selat Coffee Roasters</title>" in (await shop.get("/")).text


@pytest.mark.parametrize("rest", ["&currency=XXX", "&minutes=abc", "&cart=nothing:1", "&colour=c2410c&flow=steal"])
async def test_a_link_that_is_refused_changes_nothing(shop: Shop, rest: str) -> None:
    await shop.get("/?brand=Mine")
    await shop.add("gayo", 2)
    refused = await shop.get(f"/?brand=Other{rest}")
    assert refused.status_code in (404, 422)
    for page in (refused.text, (await shop.get("/")).text):
        assert "Mine" in page and "Other" not in page and "c2410c" not in page
    assert "2 items" in (await shop.get("/")).text


async def test_a_brand_may_have_any_name(shop: Shop) -> None:
    for name in ("checkout-id-goes-here", "</style>", "{{ 7 }}", "checkout_id"):
        assert (await shop.get("/", params={"brand": name}, follow_redirects=True)).status_code == 200
        assert (await shop.get("/")).status_code == 200


@pytest.mark.parametrize("field", ["brand", "goods"])
async def test_no_long_text_is_normalized(shop: Shop, monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    seen: list[int] = []
    normalize = unicodedata.normalize
    monkeypatch.setattr(unicodedata, "normalize", lambda form, text: seen.append(len(text)) or normalize(form, text))
    tower = "e" + "\u0300\u0316" * 5_000  # in raw bytes twice as many fit, and take seconds
    assert (await shop.post("/brand", data={field: tower})).status_code in (303, 422)
    assert (await shop.get("/brand", params={field: tower[:5000]})).status_code < 500
    assert seen and max(seen) <= 500
