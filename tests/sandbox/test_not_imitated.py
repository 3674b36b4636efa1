"""Calls that the sandbox does not imitate, odd spellings of paths, and the headers of each answer."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, KEY, PAY, Rig
from webapp.sandbox import SandboxSettings, SQLiteDatabase
from webapp.sandbox.standalone import create_app

pytestmark = pytest.mark.anyio
UNKNOWN = [
    *(
        ("POST", "/v2/payouts"),
        ("GET", "/transactions"),
        ("POST", "/v2/payment_methods"),
        ("PATCH", "/customers/cust-1"),
        ("POST", "/refunds/rfd-1/cancel"),
    ),
    *(("GET", "/sessions"), ("DELETE", "/sessions/ps-1"), ("GET", "/")),
]


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A sandbox of its own, as its command starts it."""
    app = create_app(SandboxSettings("http://localhost", "s" * 40, standalone=True), SQLiteDatabase(tmp_path / "s.db"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", auth=(KEY, "")) as client,
    ):
        yield client


@pytest.mark.parametrize(("method", "path"), UNKNOWN)
async def test_a_call_that_is_not_imitated_says_so_and_what_is(
    rig: Rig, method: str, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    answer = await rig.api.request(method, path)
    assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMITATED")
    start, _, rest = answer.json()["message"].partition(". ")
    assert start == f"The sandbox does not imitate {method} {path}"
    for collection in (
        "/sessions",
        "/v2/invoices",
        "/customers",
        "/refunds",
        "/v3/payment_requests",
        "/recurring/plans",
    ):
        assert f"{collection}," in f"{rest[:-1]},"
    assert f"not imitated: {method} '{path}'" in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/sessions", ". This path takes POST. It serves /balance,"),
        ("DELETE", "/customers", ". This path takes GET, POST. It serves /balance,"),
        ("GET", "/v2/payouts", ". It serves /balance,"),
    ],
)
async def test_a_known_path_names_its_methods(rig: Rig, method: str, path: str, said: str) -> None:
    assert f"does not imitate {method} {path}{said}" in (await rig.api.request(method, path)).json()["message"]


async def test_a_key_is_asked_for_first(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    for auth in (("", ""), ("xnd_production_x", ""), ("xnd_development_x", "password")):
        answer = await rig.api.get("/v2/payouts", auth=auth)
        assert (answer.status_code, answer.json()["error_code"]) == (401, "INVALID_API_KEY")
    assert "not imitated" not in caplog.text


async def test_a_path_cannot_write_lines_into_the_log(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    await rig.api.get("/v2/payouts%0AERROR%3A%20all%20is%20lost")
    assert caplog.text.count("\n") == 1


async def test_the_console_shows_what_was_not_imitated(alone: httpx.AsyncClient) -> None:
    await alone.post("/v2/invoices", json=INVOICE)
    await alone.post("/v2/payouts", json={})
    page = (await alone.get("/_sandbox/console/requests?only=unknown")).text
    assert "/v2/payouts" in page
    assert "/v2/invoices" not in page


async def test_the_console_shows_a_body_that_no_page_can_hold(alone: httpx.AsyncClient) -> None:
    await alone.post("/v2/invoices", content=b'{"external_id": "\\ud800"}')
    page = await alone.get("/_sandbox/console/requests/1")
    assert page.status_code == 200
    assert "&#34;external_id&#34;: &#34;\\ud800&#34;" in page.text


async def test_the_console_shows_no_card_that_a_request_named(alone: httpx.AsyncClient) -> None:
    card = {"card_number": "4000000000001091", "cvn": "31415926", "masked_card_number": "400000XXXXXX1091"}
    await alone.post("/v3/payment_requests", json={"channel_properties": {"card_details": card}})
    page = (await alone.get("/_sandbox/console/requests/1")).text
    assert "400000XXXXXX1091" in page
    assert "4000000000001091" not in page and "31415926" not in page


async def test_double_and_trailing_slashes_change_nothing(alone: httpx.AsyncClient, rig: Rig) -> None:
    for client in (alone, rig.api):
        base = str(client.base_url).rstrip("/")  # httpx would take the first part of //v2/invoices for a host
        invoice = (await client.post(f"{base}//v2/invoices/", json=INVOICE)).json()
        for path in ("//v2/invoices/{id}", "/v2//invoices/{id}/", "/v2/invoices/{id}"):
            answer = await client.get(base + path.format(**invoice))
            assert (answer.status_code, answer.json()) == (200, invoice), path
        assert (await client.get("/v2/invoices/")).json() == [invoice]
        assert (await client.post("/sessions/", json=PAY)).status_code == 201
        assert (await client.post(f"{base}//invoices/{invoice['id']}/expire!")).json()["status"] == "EXPIRED"


async def test_each_answer_has_an_id_and_the_rate_limit(rig: Rig) -> None:
    created = await rig.api.post("/v2/invoices", json=INVOICE)
    for answer in (created, await rig.api.get("/v2/payouts"), await rig.api.get("/sessions/ps-1", auth=("", ""))):
        assert uuid.UUID(answer.headers["Request-ID"])
        assert (answer.headers["Rate-Limit-Limit"], answer.headers["Rate-Limit-Remaining"]) == ("60", "59")
    rig.clock.pass_by(seconds=20.5)
    again = await rig.api.post("/v2/invoices", json=INVOICE)
    assert again.headers["Request-ID"] != created.headers["Request-ID"]
    assert (again.headers["Rate-Limit-Remaining"], again.headers["Rate-Limit-Reset"]) == ("58", "39.500")
    rig.clock.pass_by(seconds=39.5)
    assert (await rig.api.post("/v2/invoices", json=INVOICE)).headers["Rate-Limit-Remaining"] == "58"
    other = await rig.api.post("/v2/invoices", json=INVOICE, auth=("xnd_development_other", ""))
    assert other.headers["Rate-Limit-Remaining"] == "59"


async def test_the_limit_is_told_and_not_enforced(rig: Rig) -> None:
    answers = [await rig.api.get("/v2/invoices") for _ in range(62)]
    assert {answer.status_code for answer in answers} == {200}
    assert answers[-1].headers["Rate-Limit-Remaining"] == "0"


async def test_a_reset_forgets_the_calls_of_later_days(alone: httpx.AsyncClient) -> None:
    await alone.post("/_sandbox/clock", json={"advance": "1 month"})
    await alone.get("/v2/invoices")
    await alone.post("/_sandbox/reset")
    headers = (await alone.get("/v2/invoices")).headers
    assert (headers["Rate-Limit-Remaining"], float(headers["Rate-Limit-Reset"])) == ("59", 60)


async def test_a_fault_on_purpose_has_the_headers_too(alone: httpx.AsyncClient) -> None:
    await alone.post("/_sandbox/faults", json={"fail": "429"})
    answer = await alone.get("/v2/invoices")
    assert (answer.status_code, answer.json()["error_code"]) == (429, "RATE_LIMIT_EXCEEDED")
    assert float(answer.headers["Rate-Limit-Reset"]) > 0 and answer.headers["Rate-Limit-Remaining"] == "0"
