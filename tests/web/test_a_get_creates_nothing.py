"""A GET creates nothing: no table of the shop or of its sandbox gains a row, whoever asks for whatever address."""

import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import asyncpg
import httpx
import pytest
from starlette.routing import BaseRoute, Route

from tests.conftest import OpenShop, Shop
from tests.sandbox.conftest import KEY, PAY
from tests.xendit import HTMX
from webapp.app import ROUTES
from webapp.sandbox import SandboxSettings, SQLiteDatabase, standalone

pytestmark = pytest.mark.anyio

# The inspector notes a question to Xendit about an order that exists, within limits of the order, the visitor and all.
MAY_GAIN = {"inspector_steps"}


def asked(routes: list[BaseRoute], **known: str) -> list[str]:
    """Every address that takes GET; what is not known is a word that nothing has."""
    paths = [route.path for route in routes if isinstance(route, Route) and "GET" in (route.methods or ())]
    return [re.sub(r"{(\w+)(:\w+)?}", lambda match: known.get(match[1], "unheard-of"), path) for path in paths]


async def rows(url: str) -> Counter[str]:
    """The number of rows of each table."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return Counter({name: connection.execute(f"SELECT COUNT(*) FROM {name}").fetchone()[0] for name in names})
    postgres = await asyncpg.connect(url)
    try:
        tables = await postgres.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return Counter({name: await postgres.fetchval(f"SELECT COUNT(*) FROM {name}") for (name,) in tables})
    finally:
        await postgres.close()


async def get_everything(shop: Shop, addresses: list[str]) -> None:
    for address in addresses:
        for headers in ({}, HTMX, {"cookie": ""}):
            answer = await shop.get(address, headers=headers)
            assert answer.status_code < 500, address


async def test_no_table_gains_a_row_by_any_address_of_the_shop_and_its_sandbox(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        form, link, invoice = [await shop.place(each) for each in ("components", "payment_link", "invoice")]
        pages = [await shop.post(f"/orders/{order.reference_id}/pay") for order in (link, invoice)]
        codes = [answer.headers["location"].rpartition("/")[2] for answer in pages]
        auth = re.findall("session-[0-9a-f]{32}", (await shop.get(f"/orders/{form.reference_id}/resume")).text)[0]
        await shop.app.state.shop.recorder.flush()
        addresses = asked([*shop.app.routes], scene="cebu", name="components", session_id=form.payment_session_id or "")
        addresses += asked([*shop.app.routes], code=codes[0], auth=auth)
        addresses += asked([*shop.app.routes], code=codes[1])
        for order in (form, link, invoice):
            addresses += asked(ROUTES, reference_id=order.reference_id)
        addresses += ["/?currency=PHP&cart=gayo:2&present=qr", "/walkthrough/cebu", "/walkthrough/bandung"]
        before = await rows(shop.settings.database_url)
        await get_everything(shop, addresses)
        shop.cookies.clear()
        await get_everything(shop, addresses)
        await shop.app.state.shop.recorder.flush()
        gained = await rows(shop.settings.database_url) - before
    assert set(gained) <= MAY_GAIN, gained
    assert before["orders"] == 3 and before["sandbox_sessions"] == 2


async def test_no_table_gains_a_row_by_any_address_of_the_sandbox_alone(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/sandbox.db"
    app = standalone.create_app(SandboxSettings("http://x", "secret"), SQLiteDatabase(tmp_path / "sandbox.db"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://x", auth=(KEY, "")) as client,
    ):
        made = (await client.post("/sessions", json=PAY)).json()
        addresses = asked(app.routes, code=made["payment_link_url"].rpartition("/")[2])
        addresses += [f"/sessions/{made['payment_session_id']}", "/sessions/none", "/v2/invoices", "/v2/invoices/none"]
        before = await rows(url)
        for address in addresses:
            assert (await client.get(address)).status_code < 500, address
        assert await rows(url) == before
        assert before["sandbox_sessions"] == 1


async def test_a_scene_starts_by_a_form_and_leaves_no_row_where_nothing_special_is_set(shop: Shop) -> None:
    before = await rows(shop.settings.database_url)
    assert (await shop.get("/walkthrough/cebu")).status_code == 405
    assert 'action="/walkthrough/cebu" method="post"' in (await shop.get("/walkthrough")).text
    assert (await shop.post("/walkthrough/cebu")).status_code == 303
    assert await rows(shop.settings.database_url) - before == Counter({"sandbox_caller_faults": 1})
    assert (await shop.post("/walkthrough/jakarta")).status_code == 303
    assert not await rows(shop.settings.database_url) - before
