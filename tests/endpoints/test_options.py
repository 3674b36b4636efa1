"""The options: the request is shown as it is sent, and what Xendit would refuse is said before."""

import json
import re
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, fake_xendit
from webapp.integrations import INTEGRATIONS
from webapp.integrations.errors import XenditError
from webapp.orders.options import USUAL, Options
from webapp.orders.status import Flow, OrderStatus
from webapp.sandbox.markets import MARKETS
from webapp.shop.cart import Cart
from webapp.shop.channels import CHANNELS
from webapp.shop.currencies import CURRENCIES
from webapp.shop.options import applied
from webapp.xendit.create import call_xendit

pytestmark = pytest.mark.anyio

CASES = [(slug, flow) for slug, each in INTEGRATIONS.items() for flow in Flow if flow in each.docs]
SETS: dict[str, dict[str, str]] = {
    "none": {},
    "channels": {"channel-1": "DANA", "channel-2": "CARDS"},
    "saving": {"save": "FORCED", "channel-1": "CARDS"},
    "capture": {"capture": "MANUAL"},
    "fee": {"fee": "delivery"},
    "lifetime": {"minutes": "90"},
    "customer": {"given_names": "Ayu", "surname": "Sari", "email": "ayu@example.com", "mobile_number": "+6281234567"},
    "language": {"locale": "th"},
    "all": {
        **{"channel-1": "DANA", "channel-2": "CARDS", "save": "FORCED", "fee": "gift", "minutes": "11"},
        **{"locale": "vi", "given_names": "Ayu", "email": "ayu@example.com", "mobile_number": "+6281234567"},
    },
}


def shown(page: str) -> dict[str, Any]:
    """The JSON on the page, as a reader sees it."""
    block = re.search(r"<pre[^>]*><code>(.*?)</code></pre>", page, re.DOTALL)
    assert block
    body: dict[str, Any] = json.loads(unescape(re.sub(r"<[^>]+>", "", block[1])))
    return body


def comparable(body: dict[str, Any]) -> tuple[dict[str, Any], datetime | None]:
    """The body without what is new at each order, and its expiry apart."""
    text = re.sub(r"selat-[0-9a-f]{32}(?=[\"/])|selat-made-at-checkout", "REFERENCE", json.dumps(body))
    body = json.loads(text)
    expires = body.pop("expires_at", None)
    return body, datetime.fromisoformat(expires) if expires else None


@pytest.mark.parametrize("chosen", list(SETS))
@pytest.mark.parametrize(("integration", "flow"), CASES)
async def test_the_request_on_screen_is_the_request_that_is_sent(
    open_shop: OpenShop, integration: str, flow: Flow, chosen: str
) -> None:
    xendit = fake_xendit()
    async with open_shop(xendit, app_url="https://shop.example") as shop:
        await shop.choose(currency="IDR", flow=flow, integration=integration)
        await shop.add("gayo", 2)
        fragment = await shop.post(
            "/options", data=SETS[chosen] | {"minutes": SETS[chosen].get("minutes", "")}, headers=HTMX
        )
        assert fragment.status_code == 200
        assert xendit.calls.call_count == 0
        await shop.checkout(integration, flow)
        sent = json.loads(xendit.calls[0].request.content)
    (before, until), (after, ended) = comparable(shown(fragment.text)), comparable(sent)
    assert before == after
    assert list(before) == list(after)
    assert until is ended is None or abs(until - ended) < timedelta(seconds=30)  # type: ignore[operator]
    assert ("<mark>" in fragment.text) == (applied_differs(chosen, integration, flow))


def applied_differs(chosen: str, integration: str, flow: Flow) -> bool:
    """Whether any option of the set is one that the API documents here."""
    everywhere = {"channels": flow is not Flow.AUTHORIZE, "lifetime": True, "customer": True, "language": True}
    paying = flow in (Flow.PAY, Flow.PAY_SAVE)
    somewhere = {"saving": flow is not Flow.AUTHORIZE, "capture": paying and integration != "invoice", "all": True}
    return (everywhere | somewhere | {"fee": paying or flow is Flow.AUTHORIZE, "none": False})[chosen]


BAD: dict[str, tuple[str, Flow, dict[str, str], str]] = {
    "must save, can't be saved": (
        "payment_link", Flow.PAY_SAVE, {"save": "FORCED", "channels": "CARDS,QRIS"}, "INVALID_PAYMENT_CHANNEL"
    ),
    "save alone, can't be saved": ("components", Flow.SAVE, {"channels": "QRIS"}, "INVALID_PAYMENT_CHANNEL"),
    "each month, can't be saved": ("payment_link", Flow.SUBSCRIPTION, {"channels": "QRIS"}, "INVALID_PAYMENT_CHANNEL"),
    "too short": ("components", Flow.PAY, {"minutes": "10"}, "INVALID_EXPIRY_DATE"),
    "too long": ("payment_link", Flow.PAY, {"minutes": "525601"}, "INVALID_EXPIRY_DATE"),
    "too long an invoice": ("invoice", Flow.PAY, {"minutes": "525601"}, "API_VALIDATION_ERROR"),
    "no e-mail": ("payment_link", Flow.PAY, {"email": "ayu at example"}, "API_VALIDATION_ERROR"),
    "no e-mail on an invoice": ("invoice", Flow.PAY, {"email": "ayu at example"}, "EMAIL_FORMAT_ERROR"),
    "a long e-mail": ("components", Flow.PAY, {"email": f"{'a' * 50}@example.com"}, "API_VALIDATION_ERROR"),
    "a phone without its country": ("payment_link", Flow.PAY, {"mobile_number": "0812345678"}, "API_VALIDATION_ERROR"),
    "a phone with blanks": ("payment_link", Flow.PAY, {"mobile_number": "+62 812 345"}, "API_VALIDATION_ERROR"),
    "a long first name": ("payment_link", Flow.SAVE, {"given_names": "a" * 51}, "API_VALIDATION_ERROR"),
    "a long last name": ("components", Flow.PAY, {"surname": "a" * 51}, "API_VALIDATION_ERROR"),
}  # fmt: skip
AT_THE_EDGE: dict[str, tuple[str, Flow, dict[str, str]]] = {
    "11 minutes": ("components", Flow.PAY, {"minutes": "11"}),
    "an invoice of a minute": ("invoice", Flow.PAY, {"minutes": "1"}),
    "a year": ("payment_link", Flow.PAY, {"minutes": "525600"}),
    "an invoice of a year": ("invoice", Flow.PAY, {"minutes": "525600"}),
    "a first name of 50": ("components", Flow.PAY, {"given_names": "a" * 50}),
    "a free choice with what can't be saved": ("payment_link", Flow.PAY_SAVE, {"channels": "CARDS,QRIS"}),
    "a forced choice of what can": ("components", Flow.PAY_SAVE, {"save": "FORCED", "channels": "DANA,CARDS"}),
    "an invoice with a phone without its country": ("invoice", Flow.PAY, {"mobile_number": "0812345678"}),
}  # fmt: skip


async def sandbox_says(shop: Shop, integration: str, flow: Flow, options: dict[str, str]) -> str:
    """Send the request around the shop's check, and return the sandbox's error code; empty if it takes the request."""
    own: dict[str, Any] = dict(options)
    if "channels" in own:
        own["channels"] = tuple(own["channels"].split(","))
    if "minutes" in own:
        own["minutes"] = int(own["minutes"])
    idr = CURRENCIES["IDR"]
    order = Cart({"gayo": 1}).to_order(
        visitor="v", checkout_id="c", integration=integration, flow=flow, currency=idr, locale="en",
        options=applied(Options(**own), integration, flow, idr),
    )  # fmt: skip
    try:
        await call_xendit(shop.app.state.shop, order)
    except XenditError as error:
        return error.error_code
    return ""


@pytest.mark.parametrize("case", list(BAD))
async def test_what_is_said_to_be_refused_is_what_the_sandbox_refuses(shop: Shop, case: str) -> None:
    integration, flow, options, error_code = BAD[case]
    await shop.choose(currency="IDR", flow=flow, integration=integration)
    await shop.add("gayo")
    page = await shop.get("/", params=options | {"flow": flow, "integration": integration, "cart": "gayo:1"})
    assert page.status_code == 303
    assert f"<code>{error_code}</code>" in (await shop.get("/options")).text
    answer = await shop.checkout(integration, flow, **HTMX)
    assert answer.status_code == 422
    assert error_code in answer.text
    assert "selat-" not in (await shop.get("/orders")).text
    assert "Gayo Highlands" in (await shop.get("/")).text.split('id="cart-panel"')[1]
    assert await sandbox_says(shop, integration, flow, options) == error_code


@pytest.mark.parametrize("case", list(AT_THE_EDGE))
async def test_nothing_is_said_about_what_the_sandbox_takes(shop: Shop, case: str) -> None:
    integration, flow, options = AT_THE_EDGE[case]
    await shop.get(
        "/", params=options | {"currency": "IDR", "flow": flow, "integration": integration, "cart": "gayo:1"}
    )
    assert 'class="notice"' not in (await shop.get("/options")).text
    assert await sandbox_says(shop, integration, flow, options) == ""
    assert (await shop.checkout(integration, flow)).status_code == 303


BAD_LINKS = [
    *("save=perhaps", "capture=later", "fee=tax", "minutes=-5", "minutes=ten", "locale=xx", "channels=<b>"),
    *("channels=" + ",".join(f"A{n}" for n in range(11)), "email=" + "a" * 101, "surname=" + "b" * 9999),
]


@pytest.mark.parametrize("query", BAD_LINKS)
async def test_a_bad_value_in_a_link_is_a_sentence_and_the_cart_stays(shop: Shop, query: str) -> None:
    await shop.add("gayo", 2)
    answer = await shop.get(f"/?cart=toraja:1&{query}")
    assert answer.status_code == 422
    assert "Gayo Highlands" in (await shop.get("/")).text.split('id="cart-panel"')[1]
    assert 'name="fee"' in (await shop.get("/options")).text


@pytest.mark.parametrize(
    ("typed", "sent"),
    [("José\u00a0Luis", "José Luis"), ("محمد\u200cرضا", "محمد\u200cرضا"), ("An\u202egela", "Angela"), ("a\nb", "a b")],
    ids=ascii,
)
async def test_a_customers_name_is_taken_as_it_is_written(shop: Shop, typed: str, sent: str) -> None:
    await shop.add("gayo")
    await shop.post("/options", data={"given_names": typed})
    assert f'name="given_names" type="text" value="{sent}"' in (await shop.get("/options")).text
    assert (await shop.checkout()).status_code == 303


async def test_options_travel_in_a_link_without_the_customer(open_shop: OpenShop) -> None:
    link = "/?currency=IDR&flow=pay_save&integration=components&cart=gayo:2&channels=dana,cards&save=forced&fee=gift"
    async with open_shop() as shop:
        await shop.get(f"{link}&minutes=45&locale=th&email=ayu@example.com")
        page = (await shop.get("/options")).text
        made = unescape(re.findall(r'<a href="(/\?[^"]+)"', page)[0])
        first = shown(page)
        assert first["customer"]["email"] == "ayu@example.com"
        assert "ayu" not in made
        await shop.get("/?flow=pay")  # another link begins anew
        assert "allowed_payment_channels" not in shown((await shop.get("/options")).text)
        shop.cookies.clear()
        await shop.get(made)
        second = shown((await shop.get("/options")).text)
    assert second["allowed_payment_channels"] == first["allowed_payment_channels"] == ["DANA", "CARDS"]
    assert second["allow_save_payment_method"] == "FORCED"
    assert (second["locale"], second["amount"]) == ("th", first["amount"])
    assert second["customer"]["email"] == USUAL.email


async def test_channels_of_another_market_are_left_out_and_named(shop: Shop) -> None:
    await shop.get("/?currency=IDR&flow=pay&integration=payment_link&cart=gayo:1&channels=QRIS,CARDS")
    await shop.choose(currency="PHP")
    page = (await shop.get("/options")).text
    assert "QRIS" in page.split("left out:")[1][:20]
    assert shown(page)["allowed_payment_channels"] == ["CARDS"]


async def test_an_order_keeps_the_options_that_it_was_made_with(open_shop: OpenShop, database_url: str) -> None:
    async with open_shop(database_url=database_url) as shop:
        await shop.get(
            "/?currency=IDR&flow=pay_save&integration=payment_link&channels=DANA,CARDS&save=forced&fee=delivery"
        )
        order = await shop.place(flow="pay_save")
        assert order.options == Options(channels=("DANA", "CARDS"), save="FORCED", fee="delivery")
        assert [line.type for line in order.lines] == ["PHYSICAL_PRODUCT", "FEE"]
        assert order.amount == 510_000
        await shop.post("/options", data={"usual": "1"})
        assert (await shop.place()).options == USUAL
        stored = await shop.order_book.get(order.reference_id)
        assert stored
        assert stored.options == order.options
        await shop.post(f"/orders/{order.reference_id}/again")
        assert shown((await shop.get("/options")).text)["allow_save_payment_method"] == "FORCED"


async def test_other_options_make_another_order(shop: Shop) -> None:
    first = await shop.place()
    await shop.post("/options", data={"fee": "gift"})
    await shop.checkout()
    second = await shop.newest_order()
    assert second.reference_id != first.reference_id
    assert second.amount == first.amount + 15_000
    await shop.pay(second)
    await shop.get(f"/orders/{second.reference_id}/status")
    assert await shop.status_of(second) == OrderStatus.PAID
    assert "Nothing here yet" in (await shop.get("/")).text  # the fee is no product, so this was the cart


@pytest.mark.parametrize("flow", [Flow.PAY, Flow.PAY_SAVE])
async def test_a_manual_capture_holds_the_amount(shop: Shop, flow: Flow) -> None:
    await shop.post("/options", data={"capture": "MANUAL"})
    order = await shop.place(flow=flow)
    await shop.pay(order)
    await shop.get(f"/orders/{order.reference_id}/status")
    assert await shop.status_of(order) == OrderStatus.AUTHORIZED
    form_id = re.findall(r'name="form_id" value="([^"]+)"', (await shop.get(f"/orders/{order.reference_id}")).text)[0]
    await shop.post(f"/orders/{order.reference_id}/capture", data={"form_id": form_id, "amount": str(order.amount)})
    assert await shop.status_of(order) == OrderStatus.PAID


async def test_another_customer_is_not_the_visitor_at_xendit(shop: Shop) -> None:
    """The next order without options is the visitor's own again."""
    await shop.post("/options", data={"email": "ayu@example.com"})
    order = await shop.place()
    assert order.customer_id is None
    await shop.post("/options", data={"usual": "1"})
    assert shown((await shop.get("/options")).text)["customer"]["email"] == USUAL.email
    own = (await shop.place()).customer_id
    await shop.post("/options", data={"email": "ayu@example.com"})
    order = await shop.place()
    assert own and order.customer_id is None and order.options.customer


async def test_without_javascript_the_form_leads_back_to_its_page(shop: Shop) -> None:
    await shop.add("gayo")
    answer = await shop.post("/options", data={"fee": "delivery", "minutes": "20"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/options")
    page = (await shop.get("/options")).text
    assert 'value="delivery" selected' in page
    assert "Delivery" in (await shop.get("/")).text
    assert "2 changed" in (await shop.get("/")).text


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_a_lifetime_that_is_no_number_is_said_at_its_field_and_the_rest_is_kept(
    shop: Shop, headers: dict[str, str]
) -> None:
    await shop.add("gayo")
    await shop.post("/options", data={"minutes": "7"})
    answer = await shop.post(
        "/options", data={"fee": "delivery", "minutes": "soon", "surname": "Sari"}, headers=headers
    )
    assert answer.status_code == (200 if headers else 422)
    assert answer.text.count('id="refusal-minutes">A lifetime is a whole number of minutes.') == 1
    assert answer.text.count('id="refusal-minutes"') == 1
    assert ('aria-describedby="refusal-minutes" autofocus>' in answer.text) == (not headers)  # a whole page is new
    assert 'value="soon"' in answer.text and "Xendit would refuse this" not in answer.text
    for page in (answer.text, (await shop.get("/options")).text):
        assert 'value="delivery" selected' in page and 'value="Sari"' in page


async def test_the_page_shows_no_key(open_shop: OpenShop) -> None:
    async with open_shop(fake_xendit()) as shop:
        await shop.add("gayo")
        page = await shop.get("/options")
    assert "xnd_" not in page.text
    assert "authorization" not in page.text.lower()


def test_each_channel_is_one_of_the_sandbox_with_what_it_can_do() -> None:
    assert set(CHANNELS) == set(CURRENCIES)
    for currency, channels in CHANNELS.items():
        for channel in channels:
            known = MARKETS[currency].find(channel.code)
            assert known, channel.code
            assert (channel.saves, channel.embedded) == (known.saves, known.flow is not None), channel.code
