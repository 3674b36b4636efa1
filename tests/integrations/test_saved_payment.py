"""The exact calls of saved_payment.py and customer.py, and what their answers mean."""

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx

from tests.integrations.test_payloads import ORDER, PAGE
from tests.xendit import client_to
from webapp.integrations.customer import find_customer
from webapp.integrations.errors import XenditError
from webapp.integrations.saved_payment import (
    action_url,
    cancel_payment_request,
    cancel_payment_token,
    get_payment_request,
    get_payment_token,
    of_payment_request,
    pay_with_token,
    token_label,
)

pytestmark = pytest.mark.anyio

KEY = "xnd_development_secret"
REQUEST = {"payment_request_id": "pr-1", "latest_payment_id": "py-1", "request_amount": 59.2, "currency": "SGD"}
CARD = {"card_details": {"masked_card_number": "400000XXXXXX1000", "network": "VISA"}}


def xendit_saying(answer: Any, status: int = 200) -> tuple[respx.Router, httpx.AsyncClient]:
    router = respx.Router()
    router.route(url__startswith="https://api.xendit.co/").mock(httpx.Response(status, json=answer))
    return router, client_to(router)


async def test_a_token_is_charged_with_exactly_this() -> None:
    answer = REQUEST | {"status": "SUCCEEDED"}
    router, client = xendit_saying(answer, 201)
    async with client:
        assert await pay_with_token(client, KEY, replace(ORDER, payment_token_id="pt-1"), return_url=PAGE) == answer
    sent = router.calls.last.request
    assert (sent.method, str(sent.url)) == ("POST", "https://api.xendit.co/v3/payment_requests")
    assert sent.headers["authorization"] == "Basic eG5kX2RldmVsb3BtZW50X3NlY3JldDo="
    assert json.loads(sent.content) == {
        "reference_id": "selat-1",
        "type": "PAY",
        "payment_token_id": "pt-1",
        "country": "SG",
        "currency": "SGD",
        "request_amount": 59.2,
        "capture_method": "AUTOMATIC",
        "description": "Selat Coffee Roasters: 2 × Gayo Highlands, 1 × Nanyang Kopi Blend",
        "channel_properties": {"success_return_url": PAGE, "failure_return_url": PAGE},
    }


async def test_without_https_no_return_url_is_sent() -> None:
    router, client = xendit_saying(REQUEST | {"status": "SUCCEEDED"}, 201)
    async with client:
        await pay_with_token(client, KEY, replace(ORDER, payment_token_id="pt-1"))
    assert "channel_properties" not in json.loads(router.calls.last.request.content)


@pytest.mark.parametrize(
    ("call", "method", "path"),
    [
        (get_payment_request, "GET", "/v3/payment_requests/id-1"),
        (cancel_payment_request, "POST", "/v3/payment_requests/id-1/cancel"),
        (get_payment_token, "GET", "/v3/payment_tokens/id-1"),
        (cancel_payment_token, "POST", "/v3/payment_tokens/id-1/cancel"),
    ],
)
async def test_each_other_call_has_its_address_and_no_body(call: Any, method: str, path: str) -> None:
    router, client = xendit_saying({"payment_request_id": "id-1", "payment_token_id": "id-1", "status": "ACTIVE"})
    async with client:
        await call(client, KEY, "id-1")
    sent = router.calls.last.request
    assert (sent.method, sent.url.path, sent.content) == (method, path, b"")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"status": "SUCCEEDED"}, "completed"),
        ({"status": "FAILED"}, "failed"),
        ({"status": "CANCELED"}, "cancelled"),
        ({"status": "EXPIRED"}, "expired"),
        ({"status": ["SUCCEEDED"]}, "open"),
        ({}, "open"),
    ],
)
def test_a_payment_request_is_read_by_its_status(answer: dict[str, Any], state: str) -> None:
    outcome = of_payment_request(REQUEST | answer)
    assert (outcome.state, outcome.amount) == (state, Decimal("59.2"))
    assert outcome.ids == {"payment_request_id": "pr-1", "payment_id": "py-1"}


def test_a_payment_before_3ds_is_not_yet_the_orders() -> None:
    outcome = of_payment_request(REQUEST | {"status": "REQUIRES_ACTION"})
    assert (outcome.state, outcome.ids) == ("open", {"payment_request_id": "pr-1"})


@pytest.mark.parametrize(
    ("actions", "url"),
    [
        (
            [{"type": "REDIRECT_CUSTOMER", "descriptor": "WEB_URL", "value": "https://3ds.example/1"}],
            "https://3ds.example/1",
        ),
        ([{"type": "PRESENT_TO_CUSTOMER", "value": "000201"}], None),
        ([{"type": "REDIRECT_CUSTOMER", "value": 1}], None),
        ([{"type": "REDIRECT_CUSTOMER"}], None),
        ([], None),
        (None, None),
        ("https://3ds.example/1", None),
        (["https://3ds.example/1"], None),
    ],
)
def test_the_way_to_3ds_or_the_wallet_is_found_or_there_is_none(actions: Any, url: str | None) -> None:
    assert action_url({"actions": actions}) == url


@pytest.mark.parametrize(
    ("token", "label"),
    [
        ({"channel_code": "CARDS", "channel_properties": CARD}, "Visa •••• 1000"),
        (
            {"channel_code": "CARDS", "channel_properties": {"card_details": {"masked_card_number": "1000"}}},
            "Card •••• 1000",
        ),
        ({"channel_code": "CARDS", "channel_properties": {"card_details": None}}, "Card"),
        ({"channel_code": "SHOPEEPAY", "channel_properties": {"success_return_url": PAGE}}, "SHOPEEPAY"),
        ({"channel_code": "DANA"}, "DANA"),
        ({"channel_code": ["DANA"]}, ""),
        ({"channel_code": "<b>"}, ""),
        ({}, ""),
    ],
)
def test_a_shopper_knows_what_was_saved_by_its_label(token: dict[str, Any], label: str) -> None:
    assert token_label(token) == label


async def test_a_customer_is_found_by_the_shops_reference() -> None:
    found = [{"id": "cust-0", "reference_id": "selat-10"}, {"id": "cust-1", "reference_id": "selat-1"}]
    router, client = xendit_saying({"data": found, "has_more": False})
    async with client:
        assert await find_customer(client, KEY, "selat-1") == "cust-1"
    assert str(router.calls.last.request.url) == "https://api.xendit.co/customers?reference_id=selat-1"


@pytest.mark.parametrize("reference", ["tom+shop@example.com", "A&B", "cust#7", "50%25", "Zoë 1", "a=b?c"])
async def test_a_customer_is_found_by_any_reference_and_never_by_anothers(reference: str) -> None:
    router, client = xendit_saying({"data": [{"id": "cust-1", "reference_id": reference}]})
    async with client:
        assert await find_customer(client, KEY, reference) == "cust-1"
    assert dict(router.calls.last.request.url.params) == {"reference_id": reference}
    _, client = xendit_saying({"data": [{"id": "cust-1", "reference_id": "another's"}, {"id": "cust-2"}]})
    async with client:
        assert await find_customer(client, KEY, reference) is None


@pytest.mark.parametrize("answer", [{"data": [{"id": "../x"}]}, {"data": "cust-1"}, {"data": [1]}, []])
async def test_an_answer_that_can_be_no_customer_is_an_error(answer: Any) -> None:
    _, client = xendit_saying(answer)
    async with client:
        with pytest.raises(XenditError):
            await find_customer(client, KEY, "selat-1")


async def test_no_customer_is_no_error() -> None:
    _, client = xendit_saying({"data": []})
    async with client:
        assert await find_customer(client, KEY, "selat-1") is None
