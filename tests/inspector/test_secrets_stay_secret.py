"""Logs, rows and cookies hold no key and no link that opens a payment after a day of trade."""

import html
import logging
import re

import pytest

from tests.conftest import OpenShop, Shop
from tests.leaks import assert_no_secret, cookie_text, stored_text
from tests.xendit import HTMX

pytestmark = pytest.mark.anyio

CHOICES = [
    ("components", "pay"),
    ("components", "save"),
    ("components", "pay_save"),
    ("components", "subscription"),
    ("payment_link", "pay"),
    ("payment_link", "save"),
    ("payment_link", "pay_save"),
    ("payment_link", "subscription"),
    ("invoice", "pay"),
]


async def buy(shop: Shop, integration: str, flow: str) -> list[str]:
    """Order, pay where a page can be opened, look at the order. Return the secrets that were met."""
    answer = await shop.checkout(integration, flow, **HTMX)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["cache-control"]
    if integration == "components":
        key = re.search(r'<template id="components-key">(.+?)</template>', answer.text)
        assert key
        secret = html.unescape(key[1])
        return [secret, secret.split("-pd-")[0], secret.split("-")[1]]
    link = answer.headers["hx-redirect"]
    paid = await shop.post(
        link, data={"choice": "CARDS.visa", "decision": "pay"}, headers={"Origin": "http://testserver"}
    )
    assert paid.status_code == 303
    assert (await shop.get(paid.headers["location"])).status_code == 200
    return [link, link.rsplit("/", 1)[1]]


async def test_nothing_that_is_kept_or_logged_holds_a_secret(
    open_shop: OpenShop, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("aiosqlite", "webapp", "uvicorn"):  # the most talkative setting that the shop has
        caplog.set_level(logging.DEBUG, name)
    async with open_shop(database_url=database_url) as shop:
        await shop.choose(currency="IDR")
        await shop.add("gayo", 2)
        secrets = [shop.settings.secret_key, *shop.settings.api_keys.values(), *shop.settings.webhook_tokens.values()]
        for integration, flow in CHOICES:
            secrets += await buy(shop, integration, flow)
            await shop.add("gayo")
        assert len(set(secrets)) >= 8 + 2 + 4 * 3 + 5 * 2
        orders = await shop.get("/orders")
        cookies = cookie_text(dict(shop.cookies))
        rows = await stored_text(database_url)
    assert rows.count("selat-") > len(CHOICES), "the scan reads what is stored"
    assert_no_secret(secrets, rows=rows, cookies=cookies, logs=caplog.text, page=orders.text)
