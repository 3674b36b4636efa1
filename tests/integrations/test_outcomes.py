"""When is it paid? Every answer and webhook of Xendit's, as `outcomes.py` reads it."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.integrations.outcomes import Outcome, of_invoice, of_payment, of_session, of_webhook
from webapp.integrations.webhooks import read_webhook

ORDER = SimpleNamespace(
    reference_id="order-1",
    currency="IDR",
    amount=Decimal(480_000),
    payment_session_id="ps-1",
    invoice_id=None,
    payment_id="py-1",
    recurring_plan_id="repl_1",
)
SESSION = {"payment_session_id": "ps-1", "reference_id": "order-1", "currency": "IDR", "amount": 480_000}
PAYMENT = {"payment_id": "py-1", "reference_id": "order-1", "currency": "IDR", "request_amount": 480_000}
INVOICE = {"id": "inv-1", "external_id": "order-1", "currency": "IDR", "amount": 480_000}


def captured(*amounts: Any) -> dict[str, Any]:
    return PAYMENT | {"status": "SUCCEEDED", "captures": [{"capture_amount": amount} for amount in amounts]}


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"status": "ACTIVE"}, "open"),
        ({"status": "COMPLETED"}, "completed"),
        ({"status": "COMPLETED", "capture_method": "AUTOMATIC"}, "completed"),
        ({"status": "COMPLETED", "capture_method": "MANUAL"}, "authorized"),
        ({"status": "PENDING"}, "pending"),
        ({"status": "EXPIRED"}, "expired"),
        ({"status": "CANCELED"}, "cancelled"),
        ({"status": ["COMPLETED"]}, "open"),
        ({}, "open"),
    ],
)
def test_a_session_is_read_by_its_status(answer: dict[str, Any], state: str) -> None:
    outcome = of_session(SESSION | answer)
    assert outcome == Outcome(state, "order-1", Decimal(480_000), "IDR", {"payment_session_id": "ps-1"})  # type: ignore[arg-type]
    assert outcome.mismatch(ORDER) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("payment", "state"),
    [
        (PAYMENT | {"status": "SUCCEEDED"}, "completed"),
        (captured(480_000), "completed"),
        (captured(400_000, 80_000), "completed"),
        (captured(479_999.99), "open"),
        (captured("NaN"), "open"),
        (captured(None), "open"),
        (PAYMENT | {"status": "AUTHORIZED"}, "authorized"),
        (PAYMENT | {"status": "FAILED"}, "failed"),
    ],
)
def test_a_payment_is_paid_once_all_of_it_is_captured(payment: dict[str, Any], state: str) -> None:
    assert of_payment(payment).state == state


@pytest.mark.parametrize(
    ("changes", "amount"),
    [
        ({}, None),
        ({"captures": []}, None),
        ({"captures": [{"capture_amount": 1000}]}, 1000),
        ({"capture_method": "AUTOMATIC"}, 480_000),
    ],
)
def test_what_was_captured_by_hand_is_known_only_if_xendit_names_it(changes: dict[str, Any], amount: object) -> None:
    outcome = of_payment(PAYMENT | {"status": "SUCCEEDED", "capture_method": "MANUAL"} | changes)
    assert (outcome.state, outcome.captured) == ("completed", amount)


@pytest.mark.parametrize(
    ("invoice", "state"),
    [
        ({"status": "PENDING"}, "open"),
        ({"status": "PAID"}, "completed"),
        ({"status": "PAID", "paid_amount": 480_000}, "completed"),
        ({"status": "PAID", "paid_amount": 500_000}, "completed"),
        ({"status": "PAID", "paid_amount": 1}, "open"),
        ({"status": "SETTLED", "paid_amount": 479_999}, "open"),
        ({"status": "SETTLED"}, "completed"),
        ({"status": "EXPIRED"}, "expired"),
    ],
)
def test_an_invoice_is_paid_once_all_of_it_is_paid(invoice: dict[str, Any], state: str) -> None:
    outcome = of_invoice(INVOICE | invoice)
    assert (outcome.state, outcome.reference_id, outcome.ids) == (state, "order-1", {"invoice_id": "inv-1"})


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"event": "payment_session.completed", "data": SESSION}, "completed"),
        ({"event": "payment_session.expired", "data": SESSION}, "expired"),
        ({"event": "payment.capture", "data": PAYMENT | {"status": "SUCCEEDED"}}, "completed"),
        ({"event": "payment.succeeded", "data": PAYMENT | {"status": "SUCCEEDED"}}, "completed"),
        ({"event": "payment.authorization", "data": PAYMENT | {"status": "AUTHORIZED"}}, "authorized"),
        ({"event": "payment.failure", "data": PAYMENT | {"status": "FAILED"}}, "failed"),
        ({"event": "payment.expiry", "data": PAYMENT | {"status": "EXPIRED"}}, "released"),
        ({"event": "payment_token.activation", "data": {"payment_token_id": "pt-1"}}, "open"),
        ({"event": "recurring.plan.activated", "data": {"id": "repl_1", "status": "ACTIVE"}}, "completed"),
        ({"event": "recurring.plan.activation", "data": {"id": "repl_1", "status": "ACTIVE"}}, "completed"),
        ({"event": "recurring.plan.inactivated", "data": {"status": "INACTIVE", "amount": 1}}, "stopped"),
        ({"event": "recurring.plan.inactivated", "data": {"status": "PENDING"}}, "open"),
        ({"event": "recurring.cycle.succeeded", "data": {"id": "recy_1", "status": "SUCCEEDED"}}, "open"),
        ({"event": "refund.succeeded", "data": {"id": "rfd-1", "amount": 1}}, "open"),
        (INVOICE | {"status": "PAID"}, "completed"),
        (INVOICE | {"status": "EXPIRED"}, "expired"),
        ({"id": "va-1", "external_id": "order-1", "account_number": "1"}, "open"),
        ({"id": "va-1", "status": 1}, "open"),
    ],
)
def test_a_webhook_is_read_by_its_event(body: dict[str, Any], state: str) -> None:
    assert of_webhook(read_webhook(body)).state == state


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"reference_id": "order-2"}, "reference_id"),
        ({"currency": "PHP"}, "currency"),
        ({"amount": 480_000.01}, "amount"),
        *(({"amount": amount}, "amount") for amount in ("a lot", "NaN", "sNaN", "Infinity", 10**400, -1, True, [], {})),
        ({"payment_session_id": "ps-2"}, "payment_session_id"),
        ({"amount": "480000.00"}, None),
        ({"amount": None, "currency": "", "reference_id": None}, None),
    ],
)
def test_what_contradicts_the_order_is_named(change: dict[str, Any], field: str | None) -> None:
    assert of_session(SESSION | {"status": "COMPLETED"} | change).mismatch(ORDER) == field  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("amounts", "field"), [((999_999,), "captured"), ((480_000, 1), "captured"), ((480_000,), None)]
)
def test_more_than_the_order_is_not_its_capture(amounts: tuple[int, ...], field: str | None) -> None:
    assert of_payment(captured(*amounts)).mismatch(ORDER) == field  # type: ignore[arg-type]


@pytest.mark.parametrize("event", ["recurring.plan.inactivated", "recurring.cycle.failed"])
def test_another_plan_is_not_the_orders(event: str) -> None:
    data = {"id": "repl_2", "plan_id": "repl_2", "reference_id": "order-1", "status": "INACTIVE"}
    assert of_webhook(read_webhook({"event": event, "data": data})).mismatch(ORDER) == "recurring_plan_id"  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["FAILED", "EXPIRED", "CANCELED"])
def test_the_end_of_another_try_is_not_the_end_of_the_orders_payment(status: str) -> None:
    ended = PAYMENT | {"status": status}
    assert of_payment(ended).mismatch(ORDER) is None  # type: ignore[arg-type]
    assert of_payment(ended | {"payment_id": "py-2"}).mismatch(ORDER) == "payment_id"  # type: ignore[arg-type]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
EVENTS = ("payment_session.completed", "payment.capture", "payment_token.activation")
EVENTS += ("recurring.plan.activated", "recurring.plan.inactivated", "recurring.cycle.retrying")
ODD = ("reference_id", "currency", "amount", "recurring_plan_id")
FIELDS = ("id", "plan_id", "status", "amount", "request_amount", "captures", "paid_amount", "currency", "reference_id")


def test_an_order_that_names_no_payment_yet_may_be_declined() -> None:
    order = SimpleNamespace(**{name: value for name, value in vars(ORDER).items() if name != "payment_id"})
    declined = {"event": "payment.failure", "data": PAYMENT | {"status": "FAILED"}}
    assert of_webhook(read_webhook(declined)).mismatch(order) is None


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_no_webhook_is_too_odd_to_be_read(event: str, data: dict[str, Any]) -> None:
    outcome = of_webhook(read_webhook({"event": event, "data": data}))
    assert outcome.mismatch(ORDER) in (None, *ODD)  # type: ignore[arg-type]
