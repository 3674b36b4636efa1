"""The control under /_sandbox/ of a sandbox that runs alone: what a suite in any language asks of it."""

import asyncio
import contextlib
import json
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, KEY, PAY, SUBSCRIPTION
from webapp.app import create_app as create_shop
from webapp.config import Settings
from webapp.sandbox import SandboxSettings, SQLiteDatabase, ids
from webapp.sandbox.errors import SandboxError
from webapp.sandbox.standalone import create_app

pytestmark = pytest.mark.anyio
SETTINGS = SandboxSettings("http://localhost:4270", "secret", standalone=True, keep_days=36_500)


@asynccontextmanager
async def running(folder: Path, client_host: str = "127.0.0.1", **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(SETTINGS, SQLiteDatabase(folder / "sandbox.db"), **options)
    transport = httpx.ASGITransport(app, client=(client_host, 50_000))
    base = httpx.AsyncClient(transport=transport, base_url="http://localhost:4270", auth=(KEY, ""))
    async with app.router.lifespan_context(app), base as client:
        yield client


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(tmp_path) as client:
        yield client


@pytest.fixture
async def hook() -> AsyncIterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """The address of a server that keeps the token and the body of each webhook."""
    arrived: list[tuple[str, dict[str, Any]]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        body = await reader.readexactly(int(fields["content-length"]))
        arrived.append((fields["x-callback-token"], json.loads(body)))
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nthanks")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook", arrived
    server.close()


async def post(client: httpx.AsyncClient, path: str, body: Any = None) -> Any:
    answer = await client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def webhooks_are(client: httpx.AsyncClient, *statuses: str) -> list[dict[str, Any]]:
    """Wait until the webhooks, newest first, have these statuses, and return them."""
    async with asyncio.timeout(10):
        while True:
            rows: list[dict[str, Any]] = (await client.get("/_sandbox/webhooks")).json()
            if [row["status"] for row in rows] == [*statuses]:
                return rows
            await asyncio.sleep(0.01)


async def test_an_invoice_and_a_session_are_paid_declined_and_expired_by_id(client: httpx.AsyncClient) -> None:
    invoice = await post(client, "/v2/invoices", INVOICE)
    declined = await post(client, f"/_sandbox/decline/{invoice['id']}", {"channel": "DANA"})
    assert declined["status"] == "PENDING"  # as at Xendit: an invoice may be paid after a failure
    paid = await post(client, f"/_sandbox/pay/{invoice['id']}", {"channel": "DANA"})
    assert (paid["status"], paid["payment_channel"]) == ("PAID", "DANA")
    assert paid == (await client.get(f"/v2/invoices/{invoice['id']}")).json()

    session = await post(client, "/sessions", PAY)
    assert (await post(client, f"/_sandbox/pay/{session['payment_session_id']}"))["status"] == "COMPLETED"
    session = await post(client, "/sessions", PAY)
    assert (await post(client, f"/_sandbox/expire/{session['payment_session_id']}"))["status"] == "EXPIRED"


async def test_a_payment_that_waits_at_its_bank_is_approved_by_control(client: httpx.AsyncClient) -> None:
    session = await post(client, "/sessions", PAY)
    await client.post(session["payment_link_url"], data={"decision": "pay", "choice": "CARDS.challenge"})
    paid = await post(client, f"/_sandbox/pay/{session['payment_session_id']}")
    assert paid["status"] == "COMPLETED"
    webhooks = (await client.get("/_sandbox/webhooks", params={"object_id": paid["payment_session_id"]})).json()
    assert [row["event"] for row in webhooks].count("payment.capture") == 1


async def test_a_restart_forgets_the_faults_of_webhooks_and_sends_what_waits_for_a_later_clock(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        faults = await post(client, "/_sandbox/webhook_faults", {"outage": True, "duplicate": True})
        assert (await client.get("/_sandbox/webhook_faults")).json() == faults and faults["outage"]
        await post(client, "/_sandbox/clock", {"advance": "1 month"})
        invoice = await post(client, "/v2/invoices", INVOICE)
        await post(client, f"/_sandbox/pay/{invoice['id']}")
    async with running(tmp_path) as client:
        found = (await client.get("/_sandbox/webhook_faults")).json()
        assert found == {"duplicate": False, "delay": 0.0, "shuffle": False, "outage": False}
        await webhooks_are(client, "NOT_SENT")  # there is no address


async def test_a_payment_request_is_declined_with_the_wanted_code(client: httpx.AsyncClient) -> None:
    urls = {"success_return_url": "http://shop.test/", "failure_return_url": "http://shop.test/"}
    terms = {"reference_id": "order-1", "type": "PAY", "country": "ID", "currency": "IDR", "request_amount": 1000}
    body = terms | {"channel_code": "DANA", "channel_properties": urls}
    asked = await post(client, "/v3/payment_requests", body)
    path = f"/_sandbox/decline/{asked['payment_request_id']}"
    declined = await post(client, path, {"failure_code": "INSUFFICIENT_BALANCE"})
    assert (declined["status"], declined["failure_code"]) == ("FAILED", "INSUFFICIENT_BALANCE")
    for decision in ("pay", "decline"):
        late = await client.post(f"/_sandbox/{decision}/{asked['payment_request_id']}")
        assert (late.status_code, late.json()["error_code"]) == (422, "INACTIVE_PAYMENT_REQUEST")
        assert "is FAILED" in late.json()["message"]


async def test_what_cannot_be_decided_is_said(client: httpx.AsyncClient) -> None:
    invoice = await post(client, "/v2/invoices", INVOICE)
    for path, body, status, said in (
        ("pay/unknown", {}, 404, "There is no object of this id"),
        ("pay/pt-1", {}, 404, "Only a session, an invoice and a payment request"),
        (f"pay/{invoice['id']}", {"channel": "GCASH"}, 400, "GCASH is not offered; there are CARDS, "),
        (f"pay/{invoice['id']}", {"colour": "red"}, 400, "there is no field colour; there are channel, failure_code"),
        (f"burn/{invoice['id']}", {}, 404, "There is pay, decline, expire"),
        ("clock", {}, 400, 'advance must be a time, such as "3 days" or "2030-01-01T00:00:00Z"'),
        ("clock", {"advance": "soon"}, 400, 'advance must be a time, such as "3 days" or "2030-01-01T00:00:00Z"'),
        ("nothing", {}, 404, "There is no POST /_sandbox/nothing"),
        ("webhooks", {}, 405, "There is no POST /_sandbox/webhooks"),
    ):
        answer = await client.post(f"/_sandbox/{path}", json=body)
        assert (answer.status_code, said in answer.json()["message"]) == (status, True), answer.text
        assert ("allow" in answer.headers) is (status == 405)


async def test_the_next_calls_fail_and_are_late_as_often_as_wanted(client: httpx.AsyncClient) -> None:
    await post(client, "/_sandbox/faults", {"fail": "500", "times": 2, "path": "/v2/invoices", "method": "post"})
    assert (await client.get("/v2/invoices")).status_code == 200
    answers = [await client.post("/v2/invoices", json=INVOICE) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]

    await post(client, "/_sandbox/faults", {"fail": "429", "times": None, "key": "xnd_development_other"})
    assert (await client.get("/v2/invoices")).status_code == 200
    for _ in range(3):
        other = await client.get("/v2/invoices", auth=("xnd_development_other", ""))
        assert (other.status_code, other.json()["error_code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert len((await client.get("/_sandbox/faults")).json()) == 1
    await client.delete("/_sandbox/faults")

    await post(client, "/_sandbox/faults", {"delay": 0.05})
    began = time.monotonic()
    await client.get("/v2/invoices")
    assert time.monotonic() - began >= 0.05
    assert (await client.get("/_sandbox/faults")).json() == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ({"fail": "418"}, "fail must be one of 400, 401, 429, 500, down, timeout"),
        ({"fail": 500}, "fail must be text"),
        ({"delay": -1}, "delay must be seconds"),
        ({"delay": "1"}, "delay must be seconds"),
        ({"delay": [1]}, "delay must be seconds"),
        ({"times": 0}, "times must be 1 or more"),
        ({"colour": "red"}, "there is no field colour"),
    ],
    ids=str,
)
async def test_a_fault_that_cannot_be_is_refused(client: httpx.AsyncClient, fault: dict[str, Any], said: str) -> None:
    answer = await client.post("/_sandbox/faults", json=fault)
    assert answer.status_code == 400
    assert said in answer.json()["message"]


async def test_a_key_has_its_own_webhook_address_and_token(
    client: httpx.AsyncClient, hook: tuple[str, list[tuple[str, dict[str, Any]]]]
) -> None:
    url, arrived = hook
    first = await post(client, "/v2/invoices", INVOICE)
    await post(client, f"/_sandbox/pay/{first['id']}")  # nobody gets its webhook
    await webhooks_are(client, "NOT_SENT")
    await post(client, "/_sandbox/webhook_address", {"key": KEY, "url": url, "token": "its-token"})
    invoice = await post(client, "/v2/invoices", INVOICE)
    await post(client, f"/_sandbox/pay/{invoice['id']}")
    rows = await webhooks_are(client, "DELIVERED", "NOT_SENT")
    assert [(token, body["id"]) for token, body in arrived] == [("its-token", invoice["id"])]
    assert [(made["answer"], made["text"], made["url"]) for made in rows[0]["tries"]] == [("200", "thanks", url)]
    assert json.loads(rows[0]["tries"][0]["body"]) == arrived[0][1]

    await post(client, f"/_sandbox/webhooks/{rows[1]['webhook_id']}/resend")
    async with asyncio.timeout(10):
        while len(arrived) < 2:
            await asyncio.sleep(0.01)
    assert arrived[1][1]["id"] == first["id"]
    assert (await client.post("/_sandbox/webhooks/unknown/resend")).status_code == 404
    for wrong in ("notaurl", "http://localhost:99999/", "http://999.1.1.1/", "http://a b/"):
        assert (await client.post("/_sandbox/webhook_address", json={"url": wrong})).status_code == 400
    for token in ("é", "a\nb", " a"):
        refused = await client.post("/_sandbox/webhook_address", json={"url": url, "token": token})
        assert (refused.status_code, refused.json()["message"]) == (
            400,
            "token must be printable ASCII, as in a header",
        )


async def test_webhook_faults_are_set_for_all(client: httpx.AsyncClient) -> None:
    set_ = await post(client, "/_sandbox/webhook_faults", {"duplicate": True, "delay": 2.5})
    assert set_ == {"duplicate": True, "delay": 2.5, "shuffle": False, "outage": False}
    assert (await post(client, "/_sandbox/webhook_faults", {"delay": 0.3}))["delay"] == 0.3
    for wrong in ({"delay": "soon"}, {"delay": -1}, {"delay": 1e15}, {"delay": True}, {"delay": None}, {"outage": 1}):
        assert (await client.post("/_sandbox/webhook_faults", json=wrong)).status_code == 400


async def test_months_pass_and_a_subscription_charges_each(client: httpx.AsyncClient) -> None:
    schedule = {"anchor_date": "2030-01-28T00:00:00Z", "interval": "MONTH", "interval_count": 1}
    session = await post(client, "/sessions", SUBSCRIPTION | {"subscription": {"schedule": schedule}})
    await post(client, f"/_sandbox/pay/{session['payment_session_id']}")
    plan = (await client.get(f"/sessions/{session['payment_session_id']}")).json()["recurring_plan_id"]
    await post(client, "/_sandbox/clock", {"advance": "2030-01-29T00:00:00Z"})
    for months in (1, 2, 3):
        now = (await client.get("/_sandbox/clock")).json()["now"]
        assert now.startswith(f"2030-0{months}-2")
        cycles = (await client.get(f"/recurring/plans/{plan}/cycles")).json()["data"]
        assert [cycle["status"] for cycle in cycles].count("SUCCEEDED") == months
        await post(client, "/_sandbox/clock", {"advance": "1 month"})


async def test_all_that_falls_due_happens_however_many_there_are(client: httpx.AsyncClient, tmp_path: Path) -> None:
    await post(client, "/_sandbox/seed", [{"path": "/v2/invoices", "body": INVOICE, "key": KEY}] * 202)
    await post(client, "/_sandbox/clock", {"advance": "25 hours"})
    with contextlib.closing(sqlite3.connect(tmp_path / "sandbox.db")) as database:
        assert database.execute("SELECT count(*) FROM sandbox_webhooks").fetchone() == (202,)


@pytest.mark.parametrize("words", ["", "yesterday", "2020-01-01T00:00:00Z", "11 years", "99999 years", "1 fortnight"])
async def test_the_clock_refuses_what_is_no_time_to_come(client: httpx.AsyncClient, words: str) -> None:
    assert (await client.post("/_sandbox/clock", json={"advance": words})).status_code == 400


async def test_reset_forgets_all_and_counted_ids_begin_again(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ids, "_counted", None)
    ids.count_up()
    for _ in range(2):
        created = [(await post(client, "/sessions", PAY))["payment_session_id"] for _ in range(2)]
        assert created == ["ps-000000000000000000000001", "ps-000000000000000000000002"]
        assert (await post(client, "/v2/invoices", INVOICE))["id"] == "000000000000000000000001"
        await post(client, "/_sandbox/faults", {"fail": "down"})
        await post(client, "/_sandbox/clock", {"advance": "1 day"})
        await post(client, "/_sandbox/reset")
        assert (await client.get(f"/sessions/{created[0]}")).status_code == 404


async def test_a_seed_fills_it_and_says_which_call_failed(client: httpx.AsyncClient, tmp_path: Path) -> None:
    calls = [
        {"path": "/v2/invoices", "body": INVOICE, "key": KEY, "then": "pay"},
        {"path": "/_sandbox/webhook_faults", "body": {"outage": True}},
        {"path": "/sessions", "body": PAY, "key": KEY, "then": "expire"},
    ]
    answers = await post(client, "/_sandbox/seed", calls)
    assert [answers[0]["status"], answers[2]["status"]] == ["PAID", "EXPIRED"]
    failed = await client.post("/_sandbox/seed", json=[calls[0], {"path": "/v2/invoices", "body": {}}])
    assert (failed.status_code, failed.json()["message"][:29]) == (422, "Call 2 was answered with 400:")
    for wrong in (
        *({}, [7], [{"path": "v2"}], [{"path": "/a", "than": "pay"}], [{"path": "/a", "then": "burn"}]),
        *(
            [{"path": "/v2/invoices", "method": None}],
            [{"path": "/a\nb"}],
            [{"path": "/_sandbox/reset", "then": "pay"}],
        ),
        [{"path": "/v2/invoices", "method": "GET", "then": "pay"}],
    ):
        answer = await client.post("/_sandbox/seed", json=wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_SEED")

    (tmp_path / "other").mkdir()
    with pytest.raises(SandboxError, match="Call 2 was answered with 400"):
        async with running(tmp_path / "other", seed_calls=[calls[2], {"path": "/v2/invoices"}]):
            pass
    for _ in range(2):  # only an empty database is filled
        async with running(tmp_path / "other", seed_calls=calls[:1]) as other:
            assert len((await other.get("/v2/invoices")).json()) == 1


async def test_only_this_machines_programs_control_it(tmp_path: Path) -> None:
    async with running(tmp_path) as client:
        for headers in (
            {"host": "sandbox.example"},  # a name of others that leads here
            {"x-forwarded-for": "203.0.113.7"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        ):
            answer = await client.post("/_sandbox/reset", headers=headers)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "FORBIDDEN")
        assert (await client.post("/_sandbox/reset", headers={"origin": "http://localhost:4270"})).status_code == 200
    async with running(tmp_path, "192.0.2.1") as client:
        assert (await client.post("/_sandbox/reset")).status_code == 403
        assert (await client.get("/v2/invoices")).status_code == 200
    async with running(tmp_path, "192.0.2.1", open_control=True) as client:
        for host in ("xendit:4270", "192.0.2.7:4270", "[2001:db8::7]:4270", "xendit.test", "localhost:4270"):
            assert (await client.post("/_sandbox/reset", headers={"host": host})).status_code == 200
        for host in ("sandbox.example:4270", "", "["):  # a page of this name could lead its own requests here
            for path in ("/", "/_sandbox/webhooks"):
                assert (await client.get(path, headers={"host": host})).status_code == 403
        assert (await client.post("/_sandbox/reset", headers={"origin": "https://evil.example"})).status_code == 403


async def test_an_open_sandbox_is_controlled_by_its_public_name(tmp_path: Path) -> None:
    settings = replace(SETTINGS, public_url="https://sandbox.example")
    app = create_app(settings, SQLiteDatabase(tmp_path / "sandbox.db"), open_control=True)
    base = httpx.AsyncClient(transport=httpx.ASGITransport(app, client=("192.0.2.1", 50_000)))
    async with app.router.lifespan_context(app), base as client:
        assert (await client.get("https://sandbox.example/_sandbox/webhooks")).status_code == 200
        assert (await client.get("https://other.example/_sandbox/webhooks")).status_code == 403


async def test_a_shops_sandbox_has_neither_control_nor_console(tmp_path: Path) -> None:
    app = create_shop(Settings(database_url=f"sqlite:///{tmp_path}/shop.db", secret_key="s" * 64))
    transport = httpx.ASGITransport(app)
    shop = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")
    async with app.router.lifespan_context(app), shop:
        for path in (
            "/_sandbox/faults",
            "/_sandbox/webhooks",
            "/_sandbox/console/requests",
            "/sdk/xendit-components.mjs",
        ):
            assert (await shop.get(path)).status_code == 404
