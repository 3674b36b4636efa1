"""The exact JSON that goes to Xendit, for every flow and integration."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx

from tests.xendit import client_to, fake_xendit
from webapp.integrations.components import create_components_session
from webapp.integrations.errors import XenditError
from webapp.integrations.invoice import create_invoice
from webapp.integrations.payment_link import create_payment_link_session
from webapp.orders.order import LineItem, Order
from webapp.orders.status import Flow

pytestmark = pytest.mark.anyio

PAGE = "https://shop.example/orders/selat-1"
CREATED = datetime(2026, 11, 27, 9, 30, tzinfo=UTC)
ORDER = Order(
    reference_id="selat-1",
    checkout_id="c" * 22,
    visitor="visitor",
    integration="components",
    flow=Flow.PAY,
    currency="SGD",
    country="SG",
    locale="th",
    lines=(
        LineItem("gayo", "Gayo Highlands", 2, Decimal("21.60"), "COFFEE", "Aceh, Indonesia"),
        LineItem("nanyang", "Nanyang Kopi Blend", 1, Decimal("16.00"), "COFFEE", "Singapore"),
    ),
    amount=Decimal("59.20"),
    created=CREATED,
    expires_at=CREATED + timedelta(hours=1),
)
BASE = {
    "reference_id": "selat-1",
    "session_type": "PAY",
    "currency": "SGD",
    "amount": 59.2,
    "country": "SG",
    "locale": "th",
    "description": "Selat Coffee Roasters: 2 × Gayo Highlands, 1 × Nanyang Kopi Blend",
    "expires_at": "2026-11-27T10:30:00Z",
    "customer": {
        "reference_id": ORDER.customer_reference,
        "type": "INDIVIDUAL",
        "email": "shopper@example.com",
        "individual_detail": {"given_names": "Selat", "surname": "Shopper"},
    },
    "success_return_url": PAGE,
    "cancel_return_url": PAGE,
}
ITEMS = [
    {
        "reference_id": "gayo",
        "type": "PHYSICAL_PRODUCT",
        "name": "Gayo Highlands",
        "net_unit_amount": 21.6,
        "quantity": 2,
        "category": "COFFEE",
        "description": "Aceh, Indonesia",
    },
    {
        "reference_id": "nanyang",
        "type": "PHYSICAL_PRODUCT",
        "name": "Nanyang Kopi Blend",
        "net_unit_amount": 16,
        "quantity": 1,
        "category": "COFFEE",
        "description": "Singapore",
    },
]
# The 27th plus a day is the 28th: the last day that Xendit takes as an anchor.
SCHEDULE = {
    "schedule": {
        "interval": "MONTH",
        "interval_count": 1,
        "anchor_date": "2026-11-28T00:00:00Z",
        "retry_interval": "DAY",
        "retry_interval_count": 1,
        "total_retry": 3,
    },
    "failed_cycle_action": "RESUME",
}
BY_FLOW: dict[Flow, dict[str, Any]] = {
    Flow.PAY: BASE | {"items": ITEMS},
    Flow.PAY_SAVE: BASE | {"items": ITEMS, "allow_save_payment_method": "OPTIONAL"},
    Flow.AUTHORIZE: BASE | {"items": ITEMS, "capture_method": "MANUAL", "allowed_payment_channels": ["CARDS"]},
    Flow.SAVE: BASE
    | {"session_type": "SAVE", "amount": 0, "description": "Selat Coffee Roasters: save a payment method"},
    Flow.SUBSCRIPTION: BASE
    | {
        "session_type": "SUBSCRIPTION",
        "description": "Selat Coffee Roasters: Monthly: 2 × Gayo Highlands, 1 × Nanyang Kopi Blend",
        "subscription": SCHEDULE,
    },
}
MODES = {
    "components": {
        "mode": "COMPONENTS",
        "components_configuration": {"origins": ["https://shop.example"], "return_url": f"{PAGE}/resume"},
    },
    "payment_link": {"mode": "PAYMENT_LINK"},
}
ANSWERS = {
    "components": {"payment_session_id": "ps-1", "components_sdk_key": "key"},
    "payment_link": {"payment_session_id": "ps-1", "payment_link_url": "https://dev.xen.to/12345678"},
    "invoice": {"id": "6748105a77f16ebe0cc583a7", "invoice_url": "https://checkout-staging.xendit.co/web/1"},
}


def order_of(flow: Flow) -> Order:
    return replace(ORDER, flow=flow, lines=(), amount=Decimal(0)) if flow is Flow.SAVE else replace(ORDER, flow=flow)


async def create(integration: str, client: httpx.AsyncClient, order: Order, page: str | None = PAGE) -> dict[str, Any]:
    key = "xnd_development_secret"
    if integration == "components":
        return await create_components_session(
            client,
            key,
            order,
            origins=["https://shop.example"],
            return_url=page and f"{page}/resume",
            success_return_url=page,
            cancel_return_url=page,
        )
    if integration == "payment_link":
        return await create_payment_link_session(client, key, order, success_return_url=page, cancel_return_url=page)
    return await create_invoice(client, key, order, success_redirect_url=page, failure_redirect_url=page)


def xendit_answering(answer: httpx.Response | Exception) -> tuple[respx.Router, httpx.AsyncClient]:
    router = fake_xendit(sessions=answer, invoices=answer)
    return router, client_to(router)


@pytest.mark.parametrize("flow", list(Flow))
@pytest.mark.parametrize("integration", ["components", "payment_link"])
async def test_a_session_is_asked_for_with_exactly_this(integration: str, flow: Flow) -> None:
    router, client = xendit_answering(httpx.Response(201, json=ANSWERS[integration]))
    async with client:
        assert await create(integration, client, order_of(flow)) == ANSWERS[integration]
    request = router["sessions"].calls.last.request
    assert json.loads(request.content) == BY_FLOW[flow] | MODES[integration]
    assert request.headers["authorization"] == "Basic eG5kX2RldmVsb3BtZW50X3NlY3JldDo="  # the key, a colon, no password


async def test_an_invoice_is_asked_for_with_exactly_this() -> None:
    router, client = xendit_answering(httpx.Response(200, json=ANSWERS["invoice"]))
    async with client:
        assert await create("invoice", client, ORDER) == ANSWERS["invoice"]
    assert json.loads(router["invoices"].calls.last.request.content) == {
        "external_id": "selat-1",
        "description": "Selat Coffee Roasters: 2 × Gayo Highlands, 1 × Nanyang Kopi Blend",
        "amount": 59.2,
        "invoice_duration": 3600,
        "currency": "SGD",
        "locale": "th",
        "customer": {"given_names": "Selat", "surname": "Shopper", "email": "shopper@example.com"},
        "items": [
            {"reference_id": "gayo", "name": "Gayo Highlands", "price": 21.6, "quantity": 2, "category": "COFFEE"},
            {"reference_id": "nanyang", "name": "Nanyang Kopi Blend", "price": 16, "quantity": 1, "category": "COFFEE"},
        ],
        "success_redirect_url": PAGE,
        "failure_redirect_url": PAGE,
    }


async def test_an_invoice_charges_a_fee_once() -> None:
    router, client = xendit_answering(httpx.Response(200, json=ANSWERS["invoice"]))
    fee = LineItem("fee-delivery", "Delivery", 1, Decimal("1.50"), "FEE", "Delivery", type="FEE")
    async with client:
        await create("invoice", client, replace(ORDER, lines=(*ORDER.lines, fee), amount=Decimal("60.70")))
    sent = json.loads(router["invoices"].calls.last.request.content)
    assert [item["reference_id"] for item in sent["items"]] == ["gayo", "nanyang"]
    assert (sent["fees"], sent["amount"]) == ([{"type": "Delivery", "value": 1.5}], 60.7)


@pytest.mark.parametrize("integration", list(ANSWERS))
async def test_without_https_no_return_url_is_sent(integration: str) -> None:
    router, client = xendit_answering(httpx.Response(201, json=ANSWERS[integration]))
    async with client:
        await create(integration, client, ORDER, page=None)
    assert b"_url" not in router.calls.last.request.content


async def test_one_return_url_is_sent_alone() -> None:
    router, client = xendit_answering(httpx.Response(201, json=ANSWERS["payment_link"]))
    async with client:
        await create_payment_link_session(client, "xnd_development_secret", ORDER, success_return_url=PAGE)
    sent = json.loads(router.calls.last.request.content)
    assert sent["success_return_url"] == PAGE and "cancel_return_url" not in sent


BAD_ANSWERS = {
    "a documented error": (
        httpx.Response(400, json={"error_code": "INVALID_URL", "message": "Please provide a valid HTTPS URL"}),
        (400, "INVALID_URL"),
    ),
    "a page of HTML": (httpx.Response(502, text="<h1>Bad gateway</h1>"), (502, "UNEXPECTED_ANSWER")),
    "JSON that is no error": (httpx.Response(500, json=["oops"]), (500, "UNEXPECTED_ANSWER")),
    "success without what we asked for": (httpx.Response(201, json={"status": "ACTIVE"}), (201, "UNEXPECTED_ANSWER")),
    "success that is not JSON": (httpx.Response(200, text="ok"), (200, "UNEXPECTED_ANSWER")),
    "success that is a list": (httpx.Response(200, json=[]), (200, "UNEXPECTED_ANSWER")),
    "a redirect": (httpx.Response(302, headers={"location": "https://elsewhere.example"}), (302, "UNEXPECTED_ANSWER")),
}


@pytest.mark.parametrize("integration", list(ANSWERS))
@pytest.mark.parametrize("answer", list(BAD_ANSWERS))
async def test_any_other_answer_is_an_error_with_its_code(integration: str, answer: str) -> None:
    response, expected = BAD_ANSWERS[answer]
    _, client = xendit_answering(response)
    async with client:
        with pytest.raises(XenditError) as raised:
            await create(integration, client, ORDER)
    assert (raised.value.status, raised.value.error_code) == expected


@pytest.mark.parametrize(
    ("sent", "errors"), [([{"path": "amount"}], [{"path": "amount"}]), ("amount", []), ({"amount": 1}, []), (None, [])]
)
async def test_an_error_names_the_fields_that_xendit_refused(sent: object, errors: list[object]) -> None:
    body = {"error_code": "API_VALIDATION_ERROR", "message": "Some fields are wrong", "errors": sent}
    _, client = xendit_answering(httpx.Response(400, json=body))
    async with client:
        with pytest.raises(XenditError) as raised:
            await create("payment_link", client, ORDER)
    assert (raised.value.message, raised.value.errors) == ("Some fields are wrong", errors)


@pytest.mark.parametrize("integration", list(ANSWERS))
@pytest.mark.parametrize(
    ("failure", "code"), [(httpx.ReadTimeout("slow"), "TIMEOUT"), (httpx.ConnectError("gone"), "CONNECTION_FAILED")]
)
async def test_no_answer_is_an_error_too(integration: str, failure: Exception, code: str) -> None:
    _, client = xendit_answering(failure)
    async with client:
        with pytest.raises(XenditError) as raised:
            await create(integration, client, ORDER)
    assert (raised.value.status, raised.value.error_code) == (0, code)
