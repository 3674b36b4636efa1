"""`xendit-sandbox send`: webhooks to a server under development, with each request and answer printed."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from webapp.sandbox.addresses import Address
from webapp.sandbox.clock import from_text
from webapp.sandbox.control import clock as standalone_clock
from webapp.sandbox.errors import SandboxError
from webapp.sandbox.sending import recipes
from webapp.sandbox.sending.recipes import EVENTS
from webapp.sandbox.sending.send import send

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


class Hook:
    """A server under development: it keeps what arrives, and answers with `status`."""

    def __init__(self) -> None:
        self.arrived: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.status = 200
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.arrived.append((dict(self.headers), json.loads(body)))
                self.send_response(hook.status)
                self.end_headers()
                self.wfile.write(b"thanks")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = Address(f"http://127.0.0.1:{self.server.server_port}/hook", "the-token")

    @property
    def events(self) -> list[str]:
        return [body.get("event", body.get("status")) for _, body in self.arrived]


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    hook = Hook()
    Thread(target=hook.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield hook
    hook.server.shutdown()
    hook.server.server_close()


@pytest.mark.parametrize("event", EVENTS)
async def test_each_event_is_made_and_sent_once(hook: Hook, event: str) -> None:
    said: list[str] = []
    assert await send(event, hook.address, "order-17", "PHP", 240.5, said.append)
    ((headers, body),) = hook.arrived
    assert hook.events == ({"invoice.paid": ["PAID"], "invoice.expired": ["EXPIRED"]}.get(event) or [event])
    assert headers["x-callback-token"] == "the-token"
    assert "order-17" in json.dumps(body)
    printed = "".join(said)
    assert json.dumps(body, separators=(",", ":")) in printed
    assert "200 OK\nthanks" in printed
    assert "the-token" not in printed


@pytest.mark.parametrize("event", ["recurring.plan.activated", "recurring.cycle.succeeded"])
@pytest.mark.parametrize("today", ["2027-01-28T23:30:00Z", "2026-11-29T05:00:00Z", "2026-12-30T23:59:59Z"])
async def test_a_subscription_begins_on_any_day_of_a_month(
    hook: Hook, monkeypatch: pytest.MonkeyPatch, event: str, today: str
) -> None:
    for module in (recipes, standalone_clock):
        monkeypatch.setattr(module, "utcnow", lambda: from_text(today))
    assert await send(event, hook.address, "order-1", "IDR", 1000, lambda text: None)
    assert hook.events == [event]


async def test_a_declined_payment_is_followed_by_a_paid_one(hook: Hook) -> None:
    assert await send("declined-then-paid", hook.address, "order-1", "IDR", 1000, lambda text: None)
    assert hook.events == ["payment.failure", "payment.capture", "payment_session.completed"]


async def test_webhooks_come_twice_with_the_same_id_or_out_of_order(hook: Hook) -> None:
    assert await send("twice", hook.address, "order-1", "IDR", 1000, lambda text: None)
    ids = [headers["webhook-id"] for headers, _ in hook.arrived]
    assert ids[0] == ids[1] != ids[2] == ids[3]
    hook.arrived.clear()
    assert await send("out-of-order", hook.address, "order-1", "IDR", 1000, lambda text: None)
    assert hook.events == ["payment_session.completed", "payment.capture"]


async def test_another_answer_than_2xx_and_no_answer_are_told(hook: Hook) -> None:
    hook.status, said = 500, list[str]()
    assert not await send("invoice.paid", hook.address, "order-1", "IDR", 1000, said.append)
    assert "500 Internal Server Error" in "".join(said)
    assert not await send("invoice.paid", Address("http://127.0.0.1:9/"), "order-1", "IDR", 1000, said.append)
    assert "No answer: ConnectError" in "".join(said)
    assert not await send("invoice.paid", Address(hook.address.url, "é"), "order-1", "IDR", 1000, said.append)
    assert "No answer: UnicodeEncodeError" in "".join(said)


async def test_what_cannot_be_made_is_one_sentence(hook: Hook) -> None:
    with pytest.raises(SandboxError, match="The currency is one of IDR"):
        await send("invoice.paid", hook.address, "order-1", "EUR", 1000)
    command = [sys.executable, "-m", "webapp.sandbox", "send", "payment.capture", "--to", hook.address.url]
    ran = subprocess.run(
        [*command, "--amount", "-1"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stdout, hook.arrived) == (1, "", [])
    assert ran.stderr.startswith("xendit-sandbox: cannot make payment.capture: ") and ran.stderr.count("\n") == 1
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert (ran.returncode, hook.events) == (0, ["payment.capture"])
