"""The storefront through HTTP: the same by htmx and by plain forms, deep links, and bad input that loses nothing."""

import gzip
import re
import string
from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX

pytestmark = pytest.mark.anyio


async def seen(shop: Shop) -> dict[str, Any]:
    """What the storefront shows, read from the page that was sent."""
    page = await shop.get("/")
    assert page.status_code == 200
    panel = page.text.split('id="cart-panel"')[1]
    return {
        "currency": re.findall(r'<option value="(\w+)" selected', page.text)[0],
        "flow": re.findall(r'name="flow" value="(\w+)"[^>]* checked', panel)[0],
        "integration": re.findall(r'name="integration" value="(\w+)"[^>]* checked', panel)[0],
        "quantities": {
            product: int(quantity)
            for product, quantity in re.findall(r'id="line-([\w-]+)".*?Quantity: </span>(\d+)', panel, re.DOTALL)
        },
        "reasons": dict(re.findall(r'class="why" id="why-(\w+)">([^<]+)<', panel)),
    }


async def quantities(shop: Shop) -> dict[str, int]:
    found: dict[str, int] = (await seen(shop))["quantities"]
    return found


async def test_the_shelf_shows_every_product_and_its_price(shop: Shop) -> None:
    page = (await shop.get("/")).text
    for text in ("Gayo Highlands", "Rp240.000", "Kopitiam Cup", "Sold out", "Sandbox"):
        assert text in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_a_cart_grows_shrinks_and_empties(shop: Shop, headers: dict[str, str]) -> None:
    async def post(path: str, **form: str) -> None:
        answer = await shop.post(path, data=form, headers=headers)
        assert answer.status_code == (200 if headers else 303)

    await post("/cart/add", product="gayo", quantity="2")
    await post("/cart/add", product="toraja")
    await post("/cart/add", product="gayo")
    assert await quantities(shop) == {"gayo": 3, "toraja": 1}
    await post("/cart/decrease", product="gayo")
    await post("/cart/decrease", product="toraja")
    assert await quantities(shop) == {"gayo": 2}
    await post("/cart/remove", product="gayo")
    assert await quantities(shop) == {}


async def test_htmx_gets_the_fragment_and_what_to_announce(shop: Shop) -> None:
    answer = await shop.add("gayo", 2, **HTMX)
    assert answer.text.lstrip().startswith('<aside id="cart-panel"')
    assert "Gayo Highlands added. 2 in your cart, Rp480.000." in answer.text
    assert "<html" not in answer.text


async def test_choices_change_and_stay_in_a_second_tab(shop: Shop) -> None:
    for field, value in {"currency": "PHP", "flow": "subscription", "integration": "payment_link"}.items():
        assert (await shop.post(f"/choices/{field}", data={field: value}, headers=HTMX)).status_code == 200
    now = await seen(shop)
    assert (now["currency"], now["flow"], now["integration"]) == ("PHP", "subscription", "payment_link")


async def test_choosing_a_flow_moves_on_from_a_method_that_can_not_do_it(shop: Shop) -> None:
    await shop.choose(integration="invoice")
    assert (await seen(shop))["integration"] == "invoice"
    await shop.choose(flow="save")
    now = await seen(shop)
    assert (now["flow"], now["integration"]) == ("save", "components")
    assert set(now["reasons"]) == {"invoice"}


@pytest.mark.parametrize("currency", ["SGD", "HKD", "MXN"])
async def test_an_invoice_is_disabled_with_its_reason_where_it_does_not_serve(shop: Shop, currency: str) -> None:
    page = await shop.post("/choices/currency", data={"currency": currency}, headers=HTMX)
    assert "The Invoice API does not serve this currency." in page.text


# All that a radio of the checkout form sends along, whichever of them was clicked.
WHOLE_FORM = {"currency": "PHP", "flow": "pay_save", "integration": "payment_link", "language": "th"}


@pytest.mark.parametrize(
    ("field", "replaced"),
    [("currency", '<div id="shop"'), ("flow", '<div id="shop"'), ("integration", '<aside id="cart-panel"')],
)
async def test_a_choice_answers_the_part_of_the_page_that_it_replaces(shop: Shop, field: str, replaced: str) -> None:
    answer = await shop.post(f"/choices/{field}", data=WHOLE_FORM, headers=HTMX)
    assert re.match(rf"\s*{replaced}", answer.text)


@pytest.mark.parametrize("field", WHOLE_FORM)
async def test_an_address_for_one_choice_reads_no_other_field(shop: Shop, field: str) -> None:
    before = await seen(shop)
    assert (await shop.post(f"/choices/{field}", data=WHOLE_FORM | {"next": "/orders"})).headers[
        "location"
    ] == "/orders"
    now = await seen(shop)
    changed = {name for name in ("currency", "flow", "integration") if now[name] != before[name]}
    assert changed == {field} - {"language"}
    assert ('lang="th"' in (await shop.get("/")).text.split("<head>")[0]) == (field == "language")


async def test_a_choice_that_can_not_be_is_refused_at_its_address_too(shop: Shop) -> None:
    await shop.post("/choices/flow", data={"flow": "save"})
    for field, value in {"currency": "USD", "flow": "steal", "integration": "invoice", "language": "xx"}.items():
        answer = await shop.post(f"/choices/{field}", data={field: value})
        assert answer.status_code == 422 and "cart-panel" in answer.text
    assert (await seen(shop))["integration"] == "components"


async def test_a_form_without_javascript_may_send_all_its_choices_at_once(shop: Shop) -> None:
    form = {"flow": "save", "integration": "invoice", "checkout_id": "c" * 22}
    answer = await shop.post("/choices", data=form)
    assert answer.status_code == 303
    assert (await seen(shop))["flow"] == "save"


async def test_a_deep_link_sets_the_shop_up(shop: Shop) -> None:
    link = "/?currency=PHP&flow=pay_save&integration=components&cart=gayo:2,toraja:1"
    answer = await shop.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    now = await seen(shop)
    assert (now["currency"], now["flow"], now["integration"]) == ("PHP", "pay_save", "components")
    assert await quantities(shop) == {"gayo": 2, "toraja": 1}
    assert "₱2,750" in (await shop.get("/")).text


@pytest.mark.parametrize(
    "query",
    [
        "currency=php&cart=gayo:2,toraja:1",
        "currency=PHP&amp;cart=gayo:2,toraja:1",
        "currency=%20Php%20&cart=gayo:2,toraja:1,",
        "currency=PHP&cart=GAYO:2,%20toraja:1.",
        "currency=PHP,&cart=gayo:2,%20toraja:1",
    ],
)
async def test_a_deep_link_forgives_case_blanks_and_what_a_chat_puts_behind_it(shop: Shop, query: str) -> None:
    answer = await shop.get(f"/?{query}")
    assert answer.status_code == 303
    assert (await seen(shop))["currency"] == "PHP"
    assert await quantities(shop) == {"gayo": 2, "toraja": 1}


@pytest.mark.parametrize(
    ("query", "stored"),
    [
        ("brand=Kopi+Co.&colour=c2410c.", "brand=Kopi+Co.&colour=c2410c"),
        ("goods=IDR|Flat+white;35000.", "goods=IDR|Flat+white;35000"),
        ("minutes=77.", "minutes=77"),
        ("fee=gift.", "fee=gift"),
        ("locale=vi.", "locale=vi"),
        ("channels=QRIS.", "channels=QRIS"),
    ],
)
async def test_no_value_of_a_link_keeps_what_a_chat_puts_behind_it(shop: Shop, query: str, stored: str) -> None:
    assert (await shop.get(f"/?{query}&cart=")).status_code == 303
    assert stored in unescape((await shop.get("/set-up")).text)


@pytest.mark.parametrize(
    "query",
    [
        "currency=XXX",
        "currency=__proto__",
        "flow=steal",
        "integration=constructor",
        "cart=gayo:0",
        "cart=gayo:1,gayo:2",
        "cart=cup:1",
        "cart=nothing:1",
        "cart=gayo:1e3",
        "flow=save&integration=invoice",
        "currency=SGD&integration=invoice",
        "language=tlh",
    ],
)
async def test_a_deep_link_that_can_not_be_is_refused_and_the_cart_stays(shop: Shop, query: str) -> None:
    await shop.add("gayo")
    answer = await shop.get(f"/?{query}")
    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.text
    assert await quantities(shop) == {"gayo": 1}


async def test_the_total_and_what_is_charged_when_show_before_paying(shop: Shop) -> None:
    await shop.add("gayo", 2)
    for flow, words in {
        "pay": "Rp480.000, once, when you pay.",
        "save": "Nothing is charged now.",
        "subscription": ", then every month.",
    }.items():
        answer = await shop.post("/choices/flow", data={"flow": flow}, headers=HTMX)
        assert words in answer.text


FLOWS = {"pay", "save", "pay_save", "subscription"}


async def test_every_combination_links_to_its_page_of_the_docs(shop: Shop) -> None:
    from webapp.integrations import INTEGRATIONS

    for integration in INTEGRATIONS.values():
        for flow, docs_url in integration.docs.items():
            await shop.choose(flow=flow)
            page = await shop.post("/choices/integration", data={"integration": integration.slug}, headers=HTMX)
            assert docs_url in page.text


PATHS = ["/cart/add", "/cart/decrease", "/cart/remove", "/choices", "/choices/flow", "/choices/language", "/checkout"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"product":"gayo"}', 415),
        ("text/plain", b"product=gayo", 415),
        ("application/x-www-form-urlencoded", b"", 422),
        ("application/x-www-form-urlencoded", b"product=gayo&product=toraja", 400),
        ("application/x-www-form-urlencoded", b"product=gayo&" + b"x=1&" * 50, 400),
        ("application/x-www-form-urlencoded", b"product=" + b"x" * 70_000, 413),
        ("application/x-www-form-urlencoded", b"product=%00", 400),
        ("application/x-www-form-urlencoded", b"product=%ff", 400),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--', 415),
    ],
)
async def test_a_body_that_is_no_form_is_refused_with_a_sentence(
    shop: Shop, path: str, headers: dict[str, str], content_type: str, body: bytes, status: int
) -> None:
    await shop.add("gayo")
    answer = await shop.post(path, content=body, headers=headers | {"content-type": content_type})
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert await quantities(shop) == {"gayo": 1}


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from([*PATHS, "/choices/currency", "/choices/integration"]),
    fields=st.dictionaries(
        st.sampled_from(["product", "quantity", "currency", "flow", "integration", "language", "checkout_id", "next"])
        | st.text(max_size=5),
        st.text(max_size=30)
        | st.sampled_from(
            ["-1", "0", "1.5", "1e9", "99999999999", "NaN", "٣", "gayo", "cup", "__proto__", "IDR", "save"]
        ),
        max_size=6,
    ),
    by_htmx=st.booleans(),
)
async def test_whatever_a_form_holds_the_answer_is_a_page_or_a_refusal(
    shop: Shop, path: str, fields: dict[str, str], by_htmx: bool
) -> None:
    answer = await shop.post(path, data=fields, headers=HTMX if by_htmx else {})
    assert answer.status_code in (200, 303, 404, 415, 422, 400)
    assert "Traceback" not in answer.text
    assert all(1 <= quantity <= 99 for quantity in (await quantities(shop)).values())


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cookie=st.text(string.ascii_letters + string.digits + "=.-_+/", max_size=200))
async def test_a_forged_or_torn_cookie_is_a_new_visitor(shop: Shop, cookie: str) -> None:
    shop.cookies.clear()
    answer = await shop.get("/", headers={"cookie": f"selat-80-cart={cookie}; selat-80-visitor={cookie}"})
    assert answer.status_code == 200
    refused = await shop.post(
        "/checkout",
        data={"integration": "payment_link", "flow": "pay", "checkout_id": "c" * 22},
        headers={"cookie": f"selat-80-cart={cookie}; selat-80-visitor={cookie}"},
    )
    assert refused.status_code == 422 and "Your cart is empty" in refused.text


async def test_a_cookie_with_its_end_torn_off_is_a_new_visitor(shop: Shop) -> None:
    await shop.post("/cart/add", data={"product": "gayo"})
    whole = shop.cookies["selat-80-cart"]
    shop.cookies.clear()
    page = await shop.get("/", headers={"cookie": f"selat-80-cart={whole[:-5]}"})
    assert page.status_code == 200 and "Rp240.000, once" not in page.text


@pytest.mark.parametrize(
    "path", ["/nothing", "/orders/selat-nothing", "/orders/x/status", "/static/x/y.css", "/cart/add"]
)
async def test_what_is_not_there_is_said_with_a_way_back(shop: Shop, path: str) -> None:
    answer = await shop.get(path)
    assert answer.status_code == (405 if path == "/cart/add" else 404)
    assert 'href="/"' in answer.text


async def test_the_way_back_after_a_choice_is_a_page_of_this_shop(shop: Shop) -> None:
    for wish, where in {
        "/orders": "/orders",
        "//evil.example": "/",
        "https://evil.example": "/",
        "/\\evil.example": "/",
        "/\t/evil.example": "/%09/evil.example",
        "javascript:alert(1)": "/",
    }.items():
        answer = await shop.post("/choices", data={"language": "en", "next": wish})
        assert answer.headers["location"] == where


async def test_only_open_markets_are_shown(open_shop: OpenShop) -> None:
    async with open_shop(sandbox=False, api_keys={"THB": "xnd_development_thb"}) as shop:
        page = (await shop.get("/")).text
        assert "฿560" in page and "Test mode" in page


async def test_every_visitor_gets_a_checkout_id_of_their_own(shop: Shop) -> None:
    link = "/?currency=PHP&flow=subscription&cart=gayo:2,flores:1"
    pages = []
    for _ in range(3):
        shop.cookies.clear()
        pages.append((await shop.get(link, follow_redirects=True)).text)
    ids = [re.search(r'name="checkout_id" value="([\w-]{22})"', page)[1] for page in pages]  # type: ignore[index]
    assert len(set(ids)) == 3
    assert len({page.replace(own, "") for page, own in zip(pages, ids, strict=True)}) == 1
    more = (await shop.get("/?currency=PHP&flow=subscription&cart=gayo:3,flores:1", follow_redirects=True)).text
    assert ids[0] not in more and more.count("value") == pages[0].count("value")
    assert "₱2,640" in more and "₱2,640" not in pages[0]


async def test_a_compressed_page_is_the_plain_one_with_another_checkout_id(shop: Shop) -> None:
    pages = []
    for encoding in ("gzip", "identity", "gzip, deflate, br, zstd"):
        async with shop.stream("GET", "/", headers={"Accept-Encoding": encoding}) as answer:
            raw = b"".join([chunk async for chunk in answer.aiter_raw()])
            assert answer.headers.get("content-encoding") == ("gzip" if "gzip" in encoding else None)
            assert int(answer.headers["content-length"]) == len(raw)
            assert "Accept-Encoding" in answer.headers["vary"]
        page = (gzip.decompress(raw) if "gzip" in encoding else raw).decode()  # checks the checksum too
        pages.append(re.sub(r'(name="checkout_id" value=")[\w-]{22}"', r'\1"', page))
    assert pages[0] == pages[1] == pages[2] and "</html>" in pages[0]


async def test_the_shop_remembers_only_so_many_pages(shop: Shop) -> None:
    for quantity in range(1, 100):
        for product in ("gayo", "toraja"):
            await shop.get(f"/?currency=IDR&flow=pay&cart={product}:{quantity}", follow_redirects=True)
    assert len(shop.app.state.shop.pages._pages) <= 128
