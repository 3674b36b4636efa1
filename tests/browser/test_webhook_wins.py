"""On a live shop, whose webhooks travel: it is the webhook that makes an order Paid, whatever asks meanwhile."""

import asyncio
import re
import threading
import time
import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from webapp.sandbox.webhook_sender import WebhookSender
from webapp.xendit import order_sync

CART = "/?currency=IDR&flow={}&integration=payment_link&cart=gayo:1"
SOFT_BREAK = "\u200b"
TEN = range(10)


def pay(browser: httpx.Client, *, watched: bool, flow: str = "pay") -> str:
    """Pay an order on the hosted page, come back, and return its path. ``watched``: a page polls it meanwhile."""
    browser.get(CART.format(flow))
    form = {"flow": flow, "integration": "payment_link", "checkout_id": uuid.uuid4().hex}
    link = str(browser.post("/checkout", data=form).url)
    page = re.findall(r"/orders/selat-[\w-]+", browser.get("/orders").text)[0]
    done = threading.Event()
    poll = threading.Thread(target=keep_asking, args=(browser, page, done), daemon=True)
    if watched:
        poll.start()
    back = browser.post(link, data={"choice": "CARDS.visa", "decision": "pay"})
    assert back.url.path == page
    done.set()
    if watched:
        poll.join()
    return page


def keep_asking(browser: httpx.Client, page: str, done: threading.Event) -> None:
    while not done.wait(0.05):
        browser.get(f"{page}/status", headers={"HX-Request": "true"})


def panel(browser: httpx.Client, page: str, words: str) -> str:
    """Return the order's panel as soon as it has these words."""
    until = time.monotonic() + 20
    while words not in (text := browser.get(f"{page}/inspector").text.replace(SOFT_BREAK, "")):
        assert time.monotonic() < until, text
        time.sleep(0.1)
    return text


def causes(text: str) -> set[str]:
    return set(re.findall(r"Cause: ([^<]+?)\.\s*<", text))


def test_ten_of_ten_orders_paid_on_the_hosted_page_name_a_webhook_as_their_cause(
    base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = WebhookSender._post

    async def send_slowly(self: WebhookSender, *webhook: Any) -> str:
        await asyncio.sleep(0.4)
        return await send(self, *webhook)

    monkeypatch.setattr(WebhookSender, "_post", send_slowly)
    monkeypatch.setattr(order_sync, "_interval", lambda order: timedelta())  # each poll may ask Xendit
    with httpx.Client(base_url=base_url, follow_redirects=True, timeout=30) as browser:
        for number in TEN:
            page = pay(browser, watched=number % 2 == 1)
            text = panel(browser, page, "payment_session.completed → 200")
            (cause,) = causes(text)
            assert re.fullmatch(r"the webhook (payment\.capture|payment_session\.completed)", cause), number
            assert f"<span>{cause.removeprefix('the webhook ')} → 200<" in text, "it is not in the drawing"


def test_where_webhooks_come_late_the_shop_asks_and_the_webhook_changes_nothing(base_url: str) -> None:
    with httpx.Client(base_url=base_url, follow_redirects=True, timeout=30) as browser:
        browser.post("/walkthrough/controls", data={"delay": "5"})
        page = pay(browser, watched=False)
        text = panel(browser, page, "The order is now: Paid")
        assert causes(text) == {"the shop asked Xendit, because no webhook had come"}
        text = panel(browser, page, "Token right, matches the order; changed nothing.")
        assert causes(text) == {"the shop asked Xendit, because no webhook had come"}


def test_what_is_charged_on_dispatch_names_its_webhook_too(base_url: str) -> None:
    with httpx.Client(base_url=base_url, follow_redirects=True, timeout=30) as browser:
        page = pay(browser, watched=False, flow="authorize")
        panel(browser, page, "The order is now: Held on the card")
        browser.post(f"{page}/capture", data={"amount": "90000", "form_id": uuid.uuid4().hex})
        text = panel(browser, page, "The order is now: Paid")
        assert "the webhook payment.capture" in causes(text)
