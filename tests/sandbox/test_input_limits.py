"""What the sandbox takes has an end: bodies, nesting, numbers, texts, attempts."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, KEY, PAY, SCHEDULE, SUBSCRIPTION, Rig
from webapp.sandbox import SandboxSettings, SQLiteDatabase, standalone
from webapp.sandbox.body_limit import MAX_BODY
from webapp.sandbox.clock import to_text, utcnow
from webapp.sandbox.errors import MAX_ATTEMPTS

pytestmark = pytest.mark.anyio

ORIGINS = {"origins": ["http://localhost"]}
TEXTS = (b'"\\ud800"', b'"\\u0000"', b'{"\\u0000": 1}', b'"\xff"')
ABSURD = [
    b"[" * 100_000,
    b'{"a":' * 20_000,
    json.dumps(PAY)[:-1].encode() + b', "metadata": ' + b'{"a":' * 60 + b"1" + b"}" * 61,
    *(
        json.dumps(PAY)[:-1].encode() + b', "description": %s}' % value
        for value in (
            b"1e400",
            b"1e9999999999999999999",
            b"NaN",
            b"Infinity",
            b"9" * 5000,
            b'"\\ud800"',
            b'"\\u0000"',
            b'{"\\u0000": 1}',
            b'"\xff"',
        )
    ),
    b"",
    b"\xff\xfe",
]


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The sandbox as a server of its own, without the shop's limits in front of it."""
    app = standalone.create_app(SandboxSettings("http://localhost", "secret"), SQLiteDatabase(tmp_path / "sandbox.db"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", auth=(KEY, "")) as client,
    ):
        yield client


@pytest.mark.parametrize("path", ["/sessions", "/v2/invoices", "/customers", "/v3/payment_requests"])
async def test_absurd_json_is_a_400(alone: httpx.AsyncClient, path: str) -> None:
    for body in ABSURD:
        answer = await alone.post(path, content=body)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_JSON_FORMAT"), body[-80:]
    for body in (b"null", b"[]", b"3", b'"text"'):
        assert (await alone.post(path, content=body)).json()["error_code"] == "API_VALIDATION_ERROR"


async def test_an_absurd_payload_of_the_sdk_is_a_400(alone: httpx.AsyncClient) -> None:
    for body in ABSURD:
        answer = await alone.post("/api/sessions/payment_requests", data={"payload": body.decode("latin-1")})
        assert (answer.status_code, answer.json()["error_code"]) in ((400, "API_VALIDATION_ERROR"), (404, "NOT_FOUND"))


async def test_no_route_crashes_at_a_number_that_python_cannot_hold(alone: httpx.AsyncClient) -> None:
    """Each route that reads JSON, about objects that are there: of the API, of the SDK and of the control."""

    async def made(path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await alone.post(path, json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    number = "1e9999999999999999999"
    ids = dict.fromkeys(("refund_id", "customer_id"), "none")
    ids["invoice_id"] = (await made("/v2/invoices", INVOICE))["id"]
    ids |= await made(f"/_sandbox/pay/{(await made('/sessions', PAY))['payment_session_id']}")
    anchor = (utcnow().replace(day=1) + timedelta(days=32)).replace(day=1)
    schedule = SCHEDULE | {"anchor_date": to_text(anchor)}
    begun = await made("/sessions", SUBSCRIPTION | {"subscription": {"schedule": schedule}})
    ids |= {
        name: value for name, value in (await made(f"/_sandbox/pay/{begun['payment_session_id']}")).items() if value
    }
    ids["plan_id"] = ids["recurring_plan_id"]
    ids["cycle_id"] = (await alone.get(f"/recurring/plans/{ids['plan_id']}/cycles")).json()["data"][0]["id"]
    described = (await alone.get("/openapi.json")).json()["paths"]
    calls = [(method, path) for path, methods in described.items() for method in methods if method != "get"]
    own = ("seed", "pay/{invoice_id}", "faults", "clock", "webhook_faults", "webhook_address")
    calls += [("post", f"/_sandbox/{path}") for path in own]
    for method, path in calls:
        answer = await alone.request(method, path.format(**ids), content=f'{{"amount": {number}}}')
        reads = path not in described or "requestBody" in described[path][method]
        assert answer.status_code == 400 or (not reads and answer.status_code < 500), (method, path, answer.text)
    typed = await made("/sessions", PAY | {"mode": "COMPONENTS", "components_configuration": ORIGINS})
    auth = "-".join(typed["components_sdk_key"].split("-")[:2])
    for path in ("payment_requests", "payment_tokens", f"{auth}/card_info", f"{auth}/payment_options"):
        answer = await alone.post(
            f"/api/sessions/{path}", data={"payload": f'{{"session_id": "{auth}", "a": {number}}}'}
        )
        assert answer.status_code == 400, (path, answer.text)


async def test_a_body_ends_at_a_megabyte_while_it_arrives(alone: httpx.AsyncClient) -> None:
    arrived = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal arrived
        while arrived < 50 * MAX_BODY:
            arrived += 65_536
            yield b"a" * 65_536

    pages = ["/sandbox/pay/none", "/sandbox/invoice/none/x", "/sandbox/wallet/none/none"]
    for path in ("/sessions", "/v2/invoices", "/api/sessions/payment_requests", *pages):
        arrived, form = 0, {"content-type": "application/x-www-form-urlencoded"}
        answer = await alone.post(path, content=endless(), headers=form)
        assert answer.status_code in (404, 413), path
        assert arrived <= MAX_BODY + 65_536 or answer.status_code == 404
    assert (await alone.post("/sessions", content=b"a" * (MAX_BODY + 1))).json()["error_code"] == "REQUEST_TOO_LARGE"


@pytest.mark.parametrize("kind", ["session", "invoice"])
async def test_a_payment_takes_so_many_attempts_and_no_more(rig: Rig, kind: str) -> None:
    if kind == "session":
        made, link = await rig.create(PAY), "payment_link_url"
    else:
        made, link = (await rig.api.post("/v2/invoices", json=INVOICE)).json(), "invoice_url"
    for _ in range(MAX_ATTEMPTS + 3):
        answer = await rig.browser.post(made[link], data={"choice": "CARDS.visa", "decision": "decline"})
        assert answer.status_code == 303
    store = rig.sandbox.store
    session = await store.get_session(made.get("payment_session_id", ""))
    invoice = await store.get_invoice(made.get("id", ""))
    assert len(session.attempts if session else invoice.payments if invoice else []) == MAX_ATTEMPTS
    assert (await rig.browser.get(made[link])).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("GET", "/v2/invoices?limit=500", None, "request/query/limit must be a number from 1 to 100"),
        ("GET", "/refunds", None, "request/query must have property 'payment_request_id' or 'invoice_id'"),
        ("POST", "/sessions", PAY | {"customer_id": "cust-1"}, "request/body/customer_id must have 41 characters"),
        (
            *("POST", "/customers", {"reference_id": "customer-1", "type": "BUSINESS"}),
            "request/body must have required property 'business_detail'",
        ),
        ("POST", "/sessions", PAY | {"mode": 1}, "request/body/mode must be string"),
        ("POST", "/sessions", [], "request/body must be object"),
    ],
)
async def test_an_error_names_the_place_of_the_fault(rig: Rig, method: str, path: str, body: Any, message: str) -> None:
    assert (await rig.api.request(method, path, json=body)).json()["message"] == message
