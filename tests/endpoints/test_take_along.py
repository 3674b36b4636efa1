"""What one takes along from an order: a file, an HTTP Archive, a read-only link."""

import html
import json
import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from tests.conftest import OpenShop, Shop
from tests.inspector.har_schema import faults
from tests.leaks import assert_no_secret, stored_text
from tests.planting import Page
from tests.xendit import HTMX, LINK, session_event
from webapp.orders import shares
from webapp.orders.order import Order

pytestmark = pytest.mark.anyio

KINDS = [("components", "pay"), ("payment_link", "pay_save"), ("payment_link", "subscription"), ("invoice", "pay")]
SHARED = re.compile(r"http://testserver(/shared/[\w.-]+)")


def stranger(shop: Shop) -> httpx.AsyncClient:
    """Another browser."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(shop.app), base_url=shop.settings.app_url)


async def played(shop: Shop, integration: str = "payment_link", flow: str = "pay") -> Order:
    """Order, pay where a page can be opened, take a webhook with a link that opens a payment, and record all of it."""
    order = await shop.place(integration, flow)
    if integration != "components":
        await shop.pay(order)
    event = session_event(order, payment_session_id=order.payment_session_id)
    assert (await shop.webhook(event, token=shop.settings.webhook_tokens[""])).status_code in (200, 422)
    await shop.get(f"/orders/{order.reference_id}")
    await shop.app.state.shop.recorder.flush()
    return order


async def link_to(shop: Shop, order: Order, **headers: str) -> str:
    """Make a read-only link. Return its path."""
    answer = await shop.post(f"/orders/{order.reference_id}/share", headers=headers)
    assert answer.headers["cache-control"] == "no-store"
    return SHARED.findall(answer.text)[0]


async def secrets_met(shop: Shop, order: Order) -> list[str]:
    """Return the shop's own secrets, and what opens this order's payment."""
    settings = shop.settings
    own = [settings.secret_key, *settings.api_keys.values(), *settings.webhook_tokens.values()]
    sandbox = shop.app.state.sandbox
    key = settings.api_keys[order.currency]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(sandbox.api), base_url="https://api.xendit.co", auth=(key, "")
    ) as xendit:
        path = f"/v2/invoices/{order.invoice_id}" if order.invoice_id else f"/sessions/{order.payment_session_id}"
        said = (await xendit.get(path)).json()
    opens = [said.get(name) for name in ("payment_link_url", "invoice_url", "components_sdk_key")]
    return own + [each for each in opens if each]


@pytest.mark.parametrize(("integration", "flow"), KINDS)
async def test_no_file_and_no_link_holds_a_secret(shop: Shop, integration: str, flow: str) -> None:
    order = await played(shop, integration, flow)
    secrets = [*await secrets_met(shop, order), LINK]
    assert len(secrets) > len(shop.settings.api_keys) + 3
    page = f"/orders/{order.reference_id}"
    link = await link_to(shop, order)
    texts = {name: (await shop.get(f"{page}/story.{name}")).text for name in ("html", "har")}
    async with stranger(shop) as client:
        texts["shared"] = (await client.get(link)).text
    for text in texts.values():
        assert_no_secret(secrets, text=html.unescape(re.sub(r"<[^>]+>", "", text)), raw=text)
        assert ("masked: " in text and order.payment_session_id) or f"{order.invoice_id[:8]}…" in text
        assert not order.invoice_id or order.invoice_id not in text  # the end of Xendit's payment link


async def test_the_file_tells_the_story_and_fetches_nothing(shop: Shop) -> None:
    order = await played(shop)
    answer = await shop.get(f"/orders/{order.reference_id}/story.html")
    assert answer.headers["content-disposition"] == f'attachment; filename="{order.reference_id[:14]}.html"'
    assert answer.headers["cache-control"] == "no-store"
    text = answer.text
    assert "POST /sessions" in text and "payment_session.completed" in text and "Nanyang" not in text
    assert 'class="sequence"' in text and "webapp/integrations/payment_link.py" in text and "curl" in text
    fetched = re.findall(r'(?:src|href|action|data|poster|srcset)="([^"#][^"]*)"|url\(([^)]*)|@import', text)
    elsewhere = [each for pair in fetched for each in pair if each and not each.startswith(("https://", '"data:'))]
    assert not elsewhere
    assert not re.search(r"<(script|link|img|iframe|use|form|button|input)\b", text)
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= set(ids)


async def test_the_archive_is_har_1_2_and_holds_each_call_and_webhook(shop: Shop) -> None:
    order = await played(shop)
    answer = await shop.get(f"/orders/{order.reference_id}/story.har")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"].endswith('.har"')
    archive = json.loads(answer.text)
    assert not faults(archive)
    assert archive["log"]["version"] == "1.2"
    entries = archive["log"]["entries"]
    assert [entry["startedDateTime"] for entry in entries] == sorted(entry["startedDateTime"] for entry in entries)
    steps = [step for step in await shop.steps(order.reference_id) if step.kind in ("call", "webhook")]
    assert len(entries) == len(steps) > 2
    created = entries[0]
    assert (created["request"]["method"], created["request"]["url"]) == ("POST", "https://api.xendit.co/sessions")
    assert json.loads(created["request"]["postData"]["text"])["reference_id"] == order.reference_id
    assert (created["response"]["status"], created["response"]["statusText"]) == (201, "Created")
    webhooks = [each for each in entries if each["request"]["url"] == "http://testserver/webhooks/xendit"]
    assert any("payment_session.completed" in each["request"]["postData"]["text"] for each in webhooks)


async def test_an_archive_of_a_call_without_an_answer_is_har_too(shop: Shop) -> None:
    await shop.post("/walkthrough/controls", data={"fail": "500", "delay": "0", "duplicate": ""})
    order = await shop.place()
    await shop.app.state.shop.recorder.flush()
    archive = json.loads((await shop.get(f"/orders/{order.reference_id}/story.har")).text)
    assert not faults(archive)
    assert {entry["response"]["status"] for entry in archive["log"]["entries"]} == {500}


def test_the_check_of_archives_sees_what_is_missing_or_wrong() -> None:
    assert faults({"log": {"version": 1, "creator": {"name": "x"}, "entries": [{}]}, "more": 1})[:4] == [
        "$.log.version is 1",
        "$.log.creator.version is missing",
        "$.log.entries[0].startedDateTime is missing",
        "$.log.entries[0].time is missing",
    ]


async def test_a_link_shows_the_story_without_a_form_an_action_or_the_orders_address(shop: Shop) -> None:
    order = await played(shop)
    link = await link_to(shop, order, **HTMX)
    async with stranger(shop) as client:
        answer = await client.get(link)
        assert answer.status_code == 200
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"
        assert answer.headers["cache-control"] == "no-store"
        assert not client.cookies
        assert (await client.get(f"{link}.)")).status_code == 200  # as the end of a sentence
    page = Page(answer.text)
    assert not page.forms and not re.search(r"<(script|button|input|style)\b|hx-", answer.text)
    assert "payment_session.completed" in answer.text
    assert order.reference_id not in answer.text and order.reference_id[:14] in answer.text
    assert order.visitor not in answer.text and order.checkout_id not in answer.text


async def test_who_makes_a_link_is_told_that_it_names_the_customer(shop: Shop) -> None:
    for options, told in (({}, False), ({"email": "ayu@example.com"}, True)):
        await shop.post("/options", data=options)
        order = await shop.place()
        made = await shop.post(f"/orders/{order.reference_id}/share", headers=HTMX)
        assert ("e-mail and phone as they were sent" in made.text) is told


async def test_only_the_orders_visitor_takes_it_along_shares_or_withdraws_it(shop: Shop) -> None:
    order = await played(shop)
    page = f"/orders/{order.reference_id}"
    link = await link_to(shop, order)
    async with stranger(shop) as client:
        for name in ("take-along", "story.html", "story.har"):
            assert (await client.get(f"{page}/{name}")).status_code == 403
        for name in ("share", "withdraw"):
            assert (await client.post(f"{page}/{name}")).status_code == 403
        assert (await client.get(link)).status_code == 200


async def test_a_link_ends_when_it_is_withdrawn_replaced_or_reset(shop: Shop) -> None:
    order = await played(shop)
    page = f"/orders/{order.reference_id}"
    first = await link_to(shop, order)
    second = await link_to(shop, order)
    assert "A link is open until" in (await shop.get(f"{page}/take-along")).text
    async with stranger(shop) as client:
        assert (await client.get(first)).status_code == 404
        assert (await client.get(second)).status_code == 200
        withdrawn = await shop.post(f"{page}/withdraw")
        assert (withdrawn.status_code, withdrawn.headers["location"]) == (303, f"{page}/take-along")
        assert "A link is open until" not in (await shop.get(f"{page}/take-along")).text
        gone = await client.get(second)
        assert gone.status_code == 404 and "This link has ended" in gone.text
        third = await link_to(shop, order)
        await shop.post("/walkthrough/reset")
        assert (await client.get(third)).status_code == 404


@pytest.mark.parametrize(
    "forge",
    [
        lambda token: token[:-9] + ("A" if token[-9] != "A" else "B") + token[-8:],  # the last one has bits to spare
        lambda token: "x" + token,
        lambda token: token.split(".")[0],
        lambda token: "nothing",
    ],
)
async def test_a_forged_link_opens_nothing(shop: Shop, forge: Callable[[str], str]) -> None:
    link = await link_to(shop, await played(shop))
    token = link.removeprefix("/shared/")
    assert (await shop.get(f"/shared/{forge(token)}")).status_code == 404


async def test_a_link_ends_after_seven_days_and_the_database_holds_only_its_hash(
    open_shop: OpenShop, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_shop(database_url=database_url) as shop:
        order = await played(shop)
        link = await link_to(shop, order)
        now = shares._now()
        monkeypatch.setattr(shares, "_now", lambda: now + timedelta(days=6, hours=23))
        assert (await shop.get(link)).status_code == 200
        monkeypatch.setattr(shares, "_now", lambda: now + timedelta(days=7, seconds=1))
        assert (await shop.get(link)).status_code == 404
        assert "A link is open until" not in (await shop.get(f"/orders/{order.reference_id}/take-along")).text
        stored = await stored_text(database_url)
        assert link.removeprefix("/shared/").split(".")[0].strip('"') not in stored
