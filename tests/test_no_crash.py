"""No input ends in a 500, at any route of either app: the routes are read from the tables, so a new one is in here."""

import json
import os
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote, urlencode

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX, TOKEN
from webapp.app import create_app
from webapp.config import Settings

pytestmark = pytest.mark.anyio

EXAMPLES = int(os.environ.get("CRASH_EXAMPLES", "250"))
KEY = "Basic eG5kX2RldmVsb3BtZW50X3NhbmRib3hfaWRyOg=="  # xnd_development_sandbox_idr:
ODD = [
    "", " ", "0", "-1", "1e400", "NaN", "sNaN", "²", "٣", "\0", "\ud800", "\r\nX-Injected: 1", "ไทย", "😀",
    "../..", "//evil", "http://[", "javascript:alert(1)", "%00", "%", "{{7*7}}", "<b>", "'\";--", "a" * 3000,
    "9" * 5000, "true", "null", "20260101T000000Z", "2026-02-30T00:00:00Z", "2026-01-01", "CARDS", "CARDS.visa",
    "DANA", "pay", "approve", "decline", "resend", "expire", "IDR", "XXX", "id", "payment_link", "components", "gayo",
    "gayo:1",
]  # fmt: skip
FIELDS = """
product quantity currency flow integration language checkout_id seen next cart present fail delay duplicate
decision choice webhook save payload amount reason form_id reference_id session_type mode country expires_at
customer items subscription schedule anchor_date interval interval_count channel_code channel_properties
card_details card_number components_configuration origins external_id invoice_duration event data id status
metadata session_id payment_session_id payment_id captures request_amount capture_method payment_token_id
allowed_payment_channels success_return_url description locale name net_unit_amount category limit statuses
last_invoice created_after payment_request_id invoice_id customer_id type capture_amount individual_detail email
request_amount skip_three_ds scheduled_timestamp payment_tokens rank total_retry currency
""".split()  # noqa: SIM905
odd = st.sampled_from(ODD) | st.text(max_size=12)
numbers = st.integers() | st.floats(allow_nan=True, allow_infinity=True) | st.sampled_from([10**400, -0.0, 1e-300, 0.1])
scalars = st.none() | st.booleans() | numbers | odd
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | odd, inner, max_size=5),
    max_leaves=12,
)
SESSION = {"reference_id": "r1", "mode": "PAYMENT_LINK", "currency": "IDR", "country": "ID", "amount": 50000}
SCHEDULE = {"interval": "MONTH", "interval_count": 1}
VALID = [
    SESSION | {"session_type": "PAY"},
    SESSION | {"session_type": "SUBSCRIPTION", "subscription": {"schedule": SCHEDULE}},
    {"external_id": "e1", "amount": 50000},
    {"event": "payment_session.completed", "data": {"status": "COMPLETED"}},
]  # fmt: skip
HEADERS = """
origin referer accept-language accept-encoding cookie hx-request hx-target range host x-forwarded-for
x-forwarded-proto sec-fetch-site if-none-match authorization content-length webhook-id x-callback-token content-
type hx-current-url for-user-id idempotency-key
""".split()  # noqa: SIM905


def encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, bytes]:
    """A body with its content type: a form, JSON (nearly right, or not at all), a part of one, or garbage."""
    kind = draw(st.sampled_from(["form", "json", "nearly", "payload", "multipart", "garbage"]))
    if kind == "form":
        fields = draw(st.dictionaries(st.sampled_from(FIELDS), odd, max_size=6))
        return "application/x-www-form-urlencoded", urlencode({k: encoded(v) for k, v in fields.items()}).encode()
    if kind in ("json", "payload"):
        text = json.dumps(draw(documents))
        if kind == "json":
            return "application/json", text.encode()
        return "application/x-www-form-urlencoded", urlencode({"payload": text}).encode()
    if kind == "nearly":
        document = json.loads(json.dumps(draw(st.sampled_from(VALID))))
        for name in draw(st.lists(st.sampled_from(FIELDS), max_size=2)):
            place = document.get("subscription", {}).get("schedule", document) if name == "anchor_date" else document
            place[name] = draw(documents)
        return "application/json", json.dumps(document).encode()
    if kind == "multipart":
        name, value = draw(odd), draw(odd)
        part = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n--b--' % (encoded(name), encoded(value))
        return "multipart/form-data; boundary=b", part
    return draw(odd).replace("\r\n", ""), draw(st.binary(max_size=200) | st.just(b"[" * 5000))


@st.composite
def requests(draw: st.DrawFn, routes: list[Route]) -> dict[str, Any]:
    """A request to one of the routes. ``@name`` in its address stands for a value that leads somewhere."""
    route = draw(st.sampled_from(routes))
    raw = route.path
    for name in route.param_convertors:
        value = draw(st.sampled_from([f"@{name}", f"@{name}", *ODD]) | odd)
        for kind in ("", ":path", ":str"):
            raw = raw.replace(f"{{{name}{kind}}}", value)
    query = draw(st.dictionaries(st.sampled_from(FIELDS) | odd, odd, max_size=3))
    headers = draw(st.dictionaries(st.sampled_from(HEADERS), odd, max_size=3))
    method = draw(st.sampled_from(sorted(route.methods or {"GET"})))
    content_type, body = draw(bodies()) if method not in ("GET", "HEAD") else ("", b"")
    sent = {"host": "testserver", "content-type": content_type} | headers
    if draw(st.booleans()):
        sent["hx-request"] = "true"
    if draw(st.booleans()):
        sent |= {"authorization": KEY, "x-callback-token": "@token"}
    return {"method": method, "raw": raw, "query": query, "headers": sent, "body": body}


async def answer_to(app: Any, wanted: dict[str, Any]) -> tuple[int, dict[str, str]]:
    """Give a request to an app as uvicorn does, and return the status and the headers of the answer."""
    path = unquote(wanted["raw"].encode("utf-8", "replace").decode("latin-1"), "latin-1")
    path = path.encode("latin-1", "replace").decode("utf-8", "replace")
    headers = [
        (k.encode(), encoded(v).replace(b"\r", b"").replace(b"\n", b"").strip()) for k, v in wanted["headers"].items()
    ]
    query = urlencode({encoded(k): encoded(v) for k, v in wanted["query"].items()}).encode()
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": wanted["method"], "scheme": "http",
        "path": path, "raw_path": path.encode("utf-8", "replace"), "query_string": query, "root_path": "",
        "headers": headers, "client": ("127.0.0.1", 1), "server": ("testserver", 80),
    }  # fmt: skip
    messages = iter([{"type": "http.request", "body": wanted["body"], "more_body": False}])
    found: dict[str, Any] = {}

    async def receive() -> dict[str, Any]:
        return next(messages, {"type": "http.disconnect"})

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            found.update(message)

    await app(scope, receive, send)
    answered = {name.decode("latin-1"): value.decode("latin-1") for name, value in found["headers"]}
    assert all("\r" not in value and "\n" not in value for value in answered.values())
    return found["status"], answered


many = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
SHOP = create_app(Settings(secret_key="s" * 64, database_url="sqlite:////nowhere/shop.db"))
ROUTES = [route for route in SHOP.routes if isinstance(route, Route)]


def filled(wanted: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    """The request with what leads somewhere in its places."""
    raw = wanted["raw"]
    for name, value in known.items():
        raw = raw.replace(f"@{name}", value)
    headers = wanted["headers"]
    if headers.get("x-callback-token") == "@token":
        headers = headers | {"x-callback-token": known["token"]}
    return wanted | {"raw": raw, "headers": {"cookie": known["cookie"]} | headers}


async def lead_to_what_is_saved(shop: Shop) -> dict[str, str]:
    """The ids of a customer, a saved card, a payment with it that waits, and a plan: one more customer each time."""
    person = {"type": "INDIVIDUAL", "individual_detail": {"given_names": "Ada"}, "reference_id": os.urandom(6).hex()}
    subscription = {"schedule": SCHEDULE | {"anchor_date": "2027-01-01T00:00:00Z"}}
    body = SESSION | {"session_type": "SUBSCRIPTION", "customer": person, "subscription": subscription}
    headers = {"authorization": KEY}
    transport = httpx.ASGITransport(shop.app.state.sandbox.api)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as api:
        made = (await api.post("/sessions", json=body)).json()
        link = f"/sandbox/pay/{made['payment_link_url'].rpartition('/')[2]}"
        step = await shop.post(link, data={"decision": "pay", "choice": "CARDS.challenge"})
        await shop.post(step.headers["location"], data={"decision": "approve"})
        session = (await api.get(f"/sessions/{made['payment_session_id']}")).json()
        terms = {"reference_id": person["reference_id"], "type": "PAY", "country": "ID", "currency": "IDR"}
        terms |= {"request_amount": 50_000, "payment_token_id": session["payment_token_id"]}
        request = (await api.post("/v3/payment_requests", json=terms)).json()
        plan = f"/recurring/plans/{session['recurring_plan_id']}"
        cycle = (await api.get(f"{plan}/cycles")).json()["data"][0]
    return {
        "customer_id": session["customer_id"],
        "payment_token_id": session["payment_token_id"],
        "payment_request_id": request["payment_request_id"],
        "plan_id": session["recurring_plan_id"],
        "cycle_id": cycle["id"],
        "refund_id": "0",
    }


@pytest.fixture
async def known(open_shop: OpenShop, database_url: str) -> AsyncIterator[tuple[Shop, list[dict[str, str]]]]:
    """A shop with three orders, and what leads somewhere in it."""
    async with open_shop(database_url=database_url, webhook_tokens={"": TOKEN}) as shop:
        found = []
        for integration in ("components", "payment_link", "invoice"):
            order = await shop.place(integration)
            leads = {"reference_id": order.reference_id, "scene": "jakarta", "name": "components", "token": TOKEN}
            leads |= {
                "fingerprint": "0",
                "path": "css/shop.css",
                "code": "0",
                "session_id": order.payment_session_id or "0",
            }
            if integration == "components":
                page = (await shop.get(f"/orders/{order.reference_id}/resume")).text
                leads["auth"] = re.findall(r"session-[0-9a-f]+", page)[0]
            else:
                leads["code"] = (
                    (await shop.post(f"/orders/{order.reference_id}/pay")).headers["location"].rpartition("/")[2]
                )
            leads |= await lead_to_what_is_saved(shop)
            found.append(leads | {"cookie": "; ".join(f"{name}={value}" for name, value in shop.cookies.items())})
        yield shop, found


@many
@given(wanted=requests(ROUTES), which=st.integers(0, 2))
async def test_the_shop_and_the_sandboxs_pages_answer_whatever_is_sent(
    known: tuple[Shop, list[dict[str, str]]], wanted: dict[str, Any], which: int
) -> None:
    shop, leads = known
    status, headers = await answer_to(shop.app, filled(wanted, leads[which]))
    assert status < 500, wanted
    assert headers["x-request-id"] and headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" in headers


API_ROUTES = [route for route in SHOP.state.sandbox.bare_api.app.routes if isinstance(route, Route)]


@many
@given(wanted=requests(API_ROUTES), which=st.integers(1, 2))
async def test_xendits_api_in_the_sandbox_answers_whatever_is_sent(
    known: tuple[Shop, list[dict[str, str]]], wanted: dict[str, Any], which: int
) -> None:
    shop, leads = known
    order = leads[which] | {"id": leads[which]["session_id"]}
    status, headers = await answer_to(shop.app.state.sandbox.api, filled(wanted, order))
    assert status < 500 or status == 501, wanted  # 501: what is not imitated
    assert headers.get("content-type") == "application/json"


async def test_what_crashes_all_the_same_is_a_page_with_every_header(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*args: object, **more: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(shop.order_book, "recent", broken)
    for headers in ({}, HTMX):
        with pytest.raises(RuntimeError):  # the server logs it
            await shop.get("/orders", headers=headers)
        transport = httpx.ASGITransport(shop.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            answer = await client.get("/orders", headers=headers)
        assert answer.status_code == 500
        assert "Something broke on our side" in answer.text
        assert answer.headers["x-request-id"] and "content-security-policy" in answer.headers
    monkeypatch.setattr(shop.app.state.shop, "templates", None)  # what draws the page is what broke
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        answer = await client.get("/orders")
    assert (answer.status_code, answer.headers["x-content-type-options"]) == (500, "nosniff")


NAMED = [
    ("POST", "/cart/add", {"origin": "http://["}, 403),
    ("GET", "/orders/ไทย", {"hx-request": "true"}, 404),
    ("GET", "/orders/a%0d%0ab", {"hx-request": "true"}, 404),
    ("GET", "/ไทย", {"hx-request": "true"}, 404),
]


@pytest.mark.parametrize(("method", "path", "headers", "status"), NAMED)
async def test_what_once_crashed_the_shop_is_refused(
    shop: Shop, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert (await shop.request(method, path, headers=headers)).status_code == status
