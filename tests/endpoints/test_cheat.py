"""Try to cheat: each way is really tried on the shop, changes nothing, and the line that refused it is shown."""

import html
import re
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, TOKEN, fake_xendit
from webapp.integrations import INTEGRATIONS
from webapp.orders.order import Order
from webapp.presenter.cheats import CHEATS

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
ANSWERS = {"forged": 401, "amount": 422, "return": 200, "replay": 200, "stranger": 403}


@contextmanager
def executed(file: str) -> Iterator[set[int]]:
    """The numbers of the lines of a file that run within the block."""
    lines: set[int] = set()
    path = str(ROOT / file)

    def trace(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != path:
            return None
        if event == "line":
            lines.add(frame.f_lineno)
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(before)


def text_of(page: str) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", "", page).split()))


def line_number(cheat: str) -> int:
    lines = (ROOT / CHEATS[cheat].file).read_text(encoding="utf-8").split("\n")
    (number,) = (number for number, line in enumerate(lines, 1) if CHEATS[cheat].line in line)
    return number


async def delivered(shop: Shop, order: Order) -> None:
    """The sandbox's webhooks of an order arrive, as they do where the shop has a server."""
    sandbox = shop.app.state.sandbox
    for sent in reversed(await sandbox.webhooks(order.payment_session_id or order.invoice_id)):
        token = shop.settings.webhook_tokens[""]
        body = await sandbox.webhook_body(sent)
        assert (await shop.webhook(body, token, sent["webhook_id"])).status_code == 200
    async with shop.app.state.shop.database.write() as connection:
        await connection.execute("UPDATE sandbox_webhooks SET status = 'DELIVERED', due_at = NULL")


async def try_(shop: Shop, order: Order, slug: str, **headers: str) -> str:
    answer = await shop.post(f"/orders/{order.reference_id}/cheat/{slug}", headers=headers)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    return answer.text


@pytest.fixture
async def shop(open_shop: OpenShop, database_url: str) -> AsyncIterator[Shop]:
    async with open_shop(database_url=database_url, webhook_tokens={"": TOKEN}) as running:
        yield running


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("slug", "integration"),
    [(slug, each) for slug in CHEATS for each in INTEGRATIONS if (slug, each) != ("replay", "components")],
)
async def test_it_changes_nothing_and_shows_the_line_that_ran(
    shop: Shop, slug: str, integration: str, headers: dict[str, str]
) -> None:
    order = await shop.place(integration)
    if slug == "replay":
        await shop.pay(order)
        await shop.get(f"/orders/{order.reference_id}")
        await delivered(shop, order)
    before = await shop.status_of(order)
    with executed(CHEATS[slug].file) as lines:
        page = await try_(shop, order, slug, **headers)
    assert line_number(slug) in lines
    assert f"→ {ANSWERS[slug]}." in text_of(page) and "The order is as it was" in text_of(page)
    assert await shop.status_of(order) == before
    assert f'payload" data-number="{line_number(slug)}"' in page and CHEATS[slug].line in text_of(page)
    assert (page.count("Try it"), page.count("Try again")) == ((0, 1) if headers else (len(CHEATS) - 1, 1))
    assert TOKEN not in page
    assert (await shop.inspector(order)).status_code == 200  # the visitor is who they were


async def test_a_saved_card_and_a_subscription_can_be_tried_too(shop: Shop) -> None:
    for flow in ("save", "subscription"):
        order = await shop.place("payment_link", flow)
        for slug in ("forged", "amount"):
            assert f"→ {ANSWERS[slug]}." in text_of(await try_(shop, order, slug))
        assert await shop.status_of(order) == "waiting"


async def test_a_forged_webhook_is_seen_behind_the_counter(shop: Shop) -> None:
    order = await shop.place()
    await try_(shop, order, "forged")
    assert "Refused: its token is not this shop&#39;s, so it was not read." in (await shop.inspector(order)).text


async def test_what_an_order_cannot_show_is_a_sentence(shop: Shop) -> None:
    order = await shop.place()
    early = await shop.post(f"/orders/{order.reference_id}/cheat/replay", headers=HTMX)
    assert early.status_code == 200 and "No webhook has come for this order yet." in early.text
    await shop.pay(order)
    await shop.get(f"/orders/{order.reference_id}")
    late = await shop.post(f"/orders/{order.reference_id}/cheat/return")
    assert late.status_code == 409 and "This order is closed already" in late.text
    for page in (early.text, late.text):  # in its card, with the other ways still there
        assert 'class="cheat"' in page.split('role="status"')[0] and "Try it" in page


async def test_only_the_orders_visitor_tries_it_and_only_in_the_sandbox(shop: Shop, open_shop: OpenShop) -> None:
    order = await shop.place()
    assert "Try to cheat" in (await shop.inspector(order)).text
    assert (await shop.post(f"/orders/{order.reference_id}/cheat/none")).status_code == 404
    shop.cookies.clear()
    assert (await shop.get(f"/orders/{order.reference_id}/cheat")).status_code == 403
    assert (await shop.post(f"/orders/{order.reference_id}/cheat/forged")).status_code == 403
    async with open_shop(fake_xendit()) as real:
        order = await real.place()
        assert "Try to cheat" not in (await real.inspector(order)).text
        assert (await real.get(f"/orders/{order.reference_id}/cheat")).status_code == 404
        assert (await real.post(f"/orders/{order.reference_id}/cheat/forged")).status_code == 404


@pytest.mark.parametrize("currency", ["IDR", "PHP"])
@pytest.mark.parametrize("tokens", [{"IDR": "a-token-of-one-market"}, {"IDR": "of-one-market", "": TOKEN}])
async def test_the_token_of_one_market_changes_nothing_in_the_sandbox(
    open_shop: OpenShop, tokens: dict[str, str], currency: str
) -> None:
    async with open_shop(webhook_tokens=tokens) as shop:
        order = await shop.place(currency=currency)
        for slug in ("forged", "amount"):
            assert f"→ {ANSWERS[slug]}." in text_of(await try_(shop, order, slug))
        sent_with = shop.app.state.sandbox.settings.webhook_token
        about_it = {"event": "payment_session.completed", "data": {"reference_id": order.reference_id}}
        assert sent_with and (await shop.webhook(about_it, sent_with)).status_code != 401
