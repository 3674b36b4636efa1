"""The life of a session and of an invoice, first by example, then by arbitrary sequences of events."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandbox.conftest import INVOICE, PAY, SAVE, SUBSCRIPTION
from webapp.sandbox import invoices, sessions
from webapp.sandbox.api.invoices import invoice_of
from webapp.sandbox.api.sessions import session_of
from webapp.sandbox.errors import SandboxError
from webapp.sandbox.records import InvoiceRecord, SessionRecord, attempt_id

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FINAL = ("COMPLETED", "EXPIRED", "CANCELED")


def new_record(body: dict[str, Any] = PAY, **changes: Any) -> SessionRecord:
    return SessionRecord(session_of(body | changes, "a" * 24, "cust-1", NOW))


def begin(record: SessionRecord, **changes: Any) -> dict[str, Any]:
    kind = "payment_request" if record.session["session_type"] == "PAY" else "payment_token"
    usual: dict[str, Any] = {"channel_code": "CARDS", "save": False, "kind": kind, "status": "REQUIRES_ACTION"}
    return sessions.begin_attempt(record, NOW, **usual | changes)


def names(record: SessionRecord | InvoiceRecord) -> list[str]:
    return [event.name for event in record.outbox]


def test_a_payment_completes_its_session() -> None:
    record = new_record()
    attempt = begin(record)
    sessions.settle_attempt(record, NOW, attempt_id(attempt), "SUCCEEDED")
    assert (record.status, attempt["status"]) == ("COMPLETED", "SUCCEEDED")
    assert record.session["payment_request_id"] == attempt["payment_request_id"]
    assert record.session["payment_id"].startswith("py-")
    assert "payment_token_id" not in record.session
    assert names(record) == ["payment.capture", "payment_session.completed"]
    assert record.outbox[0].data["captures"][0]["capture_amount"] == 240_000


@pytest.mark.parametrize(
    ("allowed", "wanted", "saved"),
    [("OPTIONAL", True, True), ("OPTIONAL", False, False), ("FORCED", False, True), ("DISABLED", True, False)],
)
def test_a_payment_saves_what_session_and_customer_agreed_on(allowed: str, wanted: bool, saved: bool) -> None:
    record = new_record(allow_save_payment_method=allowed)
    attempt = begin(record, save=wanted)
    sessions.settle_attempt(record, NOW, attempt_id(attempt), "SUCCEEDED")
    assert ("payment_token_id" in record.session) is saved
    assert ("payment_token.activation" in names(record)) is saved


def test_a_manual_capture_completes_with_an_authorisation() -> None:
    record = new_record(capture_method="MANUAL")
    attempt = begin(record)
    sessions.settle_attempt(record, NOW, attempt_id(attempt), "SUCCEEDED")
    assert (record.status, attempt["status"]) == ("COMPLETED", "AUTHORIZED")
    assert names(record) == ["payment.authorization", "payment_session.completed"]


def test_saving_and_subscribing() -> None:
    saved, subscribed = new_record(SAVE), new_record(SUBSCRIPTION)
    for record in (saved, subscribed):
        sessions.settle_attempt(record, NOW, attempt_id(begin(record)), "SUCCEEDED")
        assert record.session["payment_token_id"].startswith("pt-")
        assert "payment_id" not in record.session
    completed = ["payment_token.activation", "payment_session.completed"]
    assert names(saved) == completed
    assert names(subscribed) == [*completed, "recurring.plan.activated", "recurring.cycle.created"]
    plan, cycle = subscribed.outbox[2].data, subscribed.outbox[3].data
    assert plan["id"] == cycle["plan_id"] == subscribed.session["recurring_plan_id"]
    assert plan["payment_tokens"] == [{"payment_token_id": subscribed.session["payment_token_id"], "rank": 1}]


def test_a_failed_attempt_leaves_the_session_active() -> None:
    record = new_record()
    sessions.settle_attempt(record, NOW, attempt_id(begin(record)), "FAILED", "INSUFFICIENT_BALANCE")
    assert record.is_active
    assert names(record) == ["payment.failure"]
    assert record.outbox[0].data["failure_code"] == "INSUFFICIENT_BALANCE"
    sessions.settle_attempt(record, NOW, attempt_id(begin(record)), "SUCCEEDED")
    assert record.status == "COMPLETED"


@pytest.mark.parametrize(("status", "name"), [("FAILED", "payment.failure"), ("SUCCEEDED", "payment.capture")])
def test_an_attempt_may_end_as_it_begins(status: str, name: str) -> None:
    record = new_record()
    attempt = begin(record, status=status, failure_code="CARD_DECLINED" if status == "FAILED" else None)
    assert attempt["status"] == status
    assert names(record)[0] == name


def test_completing_ends_the_other_attempts() -> None:
    record = new_record()
    other, winner = begin(record), begin(record)
    sessions.settle_attempt(record, NOW, attempt_id(winner), "SUCCEEDED")
    before = copy.deepcopy(record)
    sessions.settle_attempt(record, NOW, attempt_id(other), "SUCCEEDED")
    assert (other["status"], record) == ("CANCELED", before)


def test_nothing_begins_in_a_session_that_has_ended() -> None:
    record = new_record()
    sessions.cancel(record, NOW)
    assert names(record) == []
    with pytest.raises(SandboxError, match="Session status is CANCELED, expecting ACTIVE"):
        begin(record)


def test_a_due_attempt_is_settled_by_the_clock_but_not_after_expiry() -> None:
    soon, late = NOW + timedelta(seconds=5), NOW + timedelta(minutes=31)
    record = new_record()
    begin(record, status="PENDING", due=soon, due_outcome="FAILED", failure_code="PROCESSOR_ERROR")
    begin(record, status="PENDING", due=late, due_outcome="SUCCEEDED")
    assert sessions.due_at(record) == "2026-11-22T09:00:05.000Z"
    assert not sessions.advance(record, NOW + timedelta(seconds=4))
    assert sessions.advance(record, soon)
    assert (record.attempts[0]["status"], record.attempts[0]["failure_code"]) == ("FAILED", "PROCESSOR_ERROR")
    assert sessions.advance(record, late)
    assert (record.status, record.attempts[1]["status"]) == ("EXPIRED", "EXPIRED")
    assert names(record) == ["payment.failure", "payment_session.expired"]
    assert sessions.due_at(record) is None


def test_a_sleeping_server_finds_the_payment_that_was_due_before_the_expiry() -> None:
    record = new_record()
    begin(record, status="PENDING", due=NOW + timedelta(seconds=5), due_outcome="SUCCEEDED")
    sessions.advance(record, NOW + timedelta(days=3))
    assert record.status == "COMPLETED"


OUTCOMES = ("SUCCEEDED", "FAILED", "CANCELED", "EXPIRED", "PENDING")
EVENTS = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from(["REQUIRES_ACTION", "PENDING", "FAILED", "SUCCEEDED"]), st.booleans()),
    st.tuples(st.just("begin due"), st.integers(0, 4000), st.sampled_from(OUTCOMES)),
    st.tuples(st.just("settle"), st.integers(0, 5), st.sampled_from(OUTCOMES)),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("expire")),
    st.tuples(st.just("wait"), st.integers(0, 2400)),
)


def happen(record: SessionRecord, now: datetime, event: tuple[Any, ...]) -> datetime:
    try:
        match event:
            case ("begin", status, save):
                begin(record, status=status, save=save)
            case ("begin due", seconds, outcome):
                begin(record, due=now + timedelta(seconds=seconds), due_outcome=outcome)
            case ("settle", number, outcome) if number < len(record.attempts):
                sessions.settle_attempt(record, now, attempt_id(record.attempts[number]), outcome)
            case ("cancel",):
                sessions.cancel(record, now)
            case ("expire",):
                sessions.expire(record, now)
            case ("wait", seconds):
                now += timedelta(seconds=seconds)
                sessions.advance(record, now)
    except SandboxError as error:
        assert error.error_code == "INVALID_SESSION_STATUS"
        assert not record.is_active
    return now


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([PAY, PAY | {"allow_save_payment_method": "OPTIONAL"}, SAVE, SUBSCRIPTION]), st.lists(EVENTS))
def test_whatever_happens_a_final_state_is_final(body: dict[str, Any], events: list[tuple[Any, ...]]) -> None:
    record, now = new_record(body), NOW
    amount = record.session["amount"]
    for event in events:
        before = copy.deepcopy(record)
        now = happen(record, now, event)
        if before.status in FINAL:
            assert record == before
        assert record.session["amount"] == amount
    succeeded = [one for one in record.attempts if one["status"] in ("SUCCEEDED", "ACTIVE")]
    assert len(succeeded) == (record.status == "COMPLETED")
    ends = [name for name in names(record) if name.startswith("payment_session.")]
    assert ends == {"COMPLETED": ["payment_session.completed"], "EXPIRED": ["payment_session.expired"]}.get(
        record.status, []
    )
    if not record.is_active:
        assert {one["status"] for one in record.attempts}.isdisjoint({"REQUIRES_ACTION", "PENDING"})


INVOICE_EVENTS = st.one_of(
    st.tuples(st.just("begin")),
    st.tuples(st.just("settle"), st.integers(0, 3), st.sampled_from(["SUCCEEDED", "FAILED", "CANCELED"])),
    st.tuples(st.just("expire")),
    st.tuples(st.just("wait"), st.integers(0, 100_000)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(INVOICE_EVENTS))
def test_whatever_happens_a_paid_invoice_stays_paid(events: list[tuple[Any, ...]]) -> None:
    record, now = InvoiceRecord(invoice_of(INVOICE, "a" * 24, "Selat", NOW)), NOW
    for event in events:
        before = copy.deepcopy(record)
        match event:
            case ("begin",) if record.is_pending:
                invoices.begin(record, now, channel_code="DANA", method="EWALLET", name="DANA")
            case ("settle", number, outcome) if number < len(record.payments):
                invoices.settle(record, now, record.payments[number]["id"], outcome, "X")
            case ("expire",):
                invoices.expire(record, now)
            case ("wait", seconds):
                now += timedelta(seconds=seconds)
                invoices.advance(record, now)
        if not before.is_pending:
            assert record == before
    assert record.invoice["amount"] == INVOICE["amount"]
    assert len(record.outbox) == (record.status != "PENDING")
