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
from webapp.sandbox.documents import InvoiceDoc, SessionDoc, attempt_id
from webapp.sandbox.errors import SandboxError

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
FINAL = ("COMPLETED", "EXPIRED", "CANCELED")


def new_doc(body: dict[str, Any] = PAY, **changes: Any) -> SessionDoc:
    return SessionDoc(session_of(body | changes, "a" * 24, "cust-1", NOW))


def begin(doc: SessionDoc, **changes: Any) -> dict[str, Any]:
    kind = "payment_request" if doc.session["session_type"] == "PAY" else "payment_token"
    usual: dict[str, Any] = {"channel_code": "CARDS", "save": False, "kind": kind, "status": "REQUIRES_ACTION"}
    return sessions.begin_attempt(doc, NOW, **usual | {"actions": []} | changes)


def names(doc: SessionDoc | InvoiceDoc) -> list[str]:
    return [event.name for event in doc.outbox]


def test_a_payment_completes_its_session() -> None:
    doc = new_doc()
    attempt = begin(doc)
    sessions.settle_attempt(doc, NOW, attempt_id(attempt), "SUCCEEDED")
    assert (doc.status, attempt["status"]) == ("COMPLETED", "SUCCEEDED")
    assert doc.session["payment_request_id"] == attempt["payment_request_id"]
    assert doc.session["payment_id"].startswith("py-")
    assert "payment_token_id" not in doc.session
    assert names(doc) == ["payment.capture", "payment_session.completed"]
    assert doc.outbox[0].data["captures"][0]["capture_amount"] == 240_000


@pytest.mark.parametrize(
    ("allowed", "wanted", "saved"),
    [("OPTIONAL", True, True), ("OPTIONAL", False, False), ("FORCED", False, True), ("DISABLED", True, False)],
)
def test_a_payment_saves_what_session_and_customer_agreed_on(allowed: str, wanted: bool, saved: bool) -> None:
    doc = new_doc(allow_save_payment_method=allowed)
    attempt = begin(doc, save=wanted)
    sessions.settle_attempt(doc, NOW, attempt_id(attempt), "SUCCEEDED")
    assert ("payment_token_id" in doc.session) is saved
    assert ("payment_token.activation" in names(doc)) is saved


def test_a_manual_capture_completes_with_an_authorisation() -> None:
    doc = new_doc(capture_method="MANUAL")
    attempt = begin(doc)
    sessions.settle_attempt(doc, NOW, attempt_id(attempt), "SUCCEEDED")
    assert (doc.status, attempt["status"]) == ("COMPLETED", "AUTHORIZED")
    assert names(doc) == ["payment.authorization", "payment_session.completed"]


def test_saving_and_subscribing() -> None:
    saved, subscribed = new_doc(SAVE), new_doc(SUBSCRIPTION)
    for doc in (saved, subscribed):
        sessions.settle_attempt(doc, NOW, attempt_id(begin(doc)), "SUCCEEDED")
        assert doc.session["payment_token_id"].startswith("pt-")
        assert "payment_id" not in doc.session
    completed = ["payment_token.activation", "payment_session.completed"]
    assert names(saved) == completed
    assert names(subscribed) == [*completed, "recurring.plan.activated", "recurring.cycle.created"]
    plan, cycle = subscribed.outbox[2].data, subscribed.outbox[3].data
    assert plan["id"] == cycle["plan_id"] == subscribed.session["recurring_plan_id"]
    assert plan["payment_tokens"] == [{"payment_token_id": subscribed.session["payment_token_id"], "rank": 1}]


def test_a_failed_attempt_leaves_the_session_active() -> None:
    doc = new_doc()
    sessions.settle_attempt(doc, NOW, attempt_id(begin(doc)), "FAILED", "INSUFFICIENT_BALANCE")
    assert doc.is_active
    assert names(doc) == ["payment.failure"]
    assert doc.outbox[0].data["failure_code"] == "INSUFFICIENT_BALANCE"
    sessions.settle_attempt(doc, NOW, attempt_id(begin(doc)), "SUCCEEDED")
    assert doc.status == "COMPLETED"


@pytest.mark.parametrize(("status", "name"), [("FAILED", "payment.failure"), ("SUCCEEDED", "payment.capture")])
def test_an_attempt_may_end_as_it_begins(status: str, name: str) -> None:
    doc = new_doc()
    attempt = begin(doc, status=status, failure_code="CARD_DECLINED" if status == "FAILED" else None)
    assert attempt["status"] == status
    assert names(doc)[0] == name


def test_completing_ends_the_other_attempts() -> None:
    doc = new_doc()
    other, winner = begin(doc), begin(doc)
    sessions.settle_attempt(doc, NOW, attempt_id(winner), "SUCCEEDED")
    before = copy.deepcopy(doc)
    sessions.settle_attempt(doc, NOW, attempt_id(other), "SUCCEEDED")
    assert (other["status"], doc) == ("CANCELED", before)


def test_nothing_begins_in_a_session_that_has_ended() -> None:
    doc = new_doc()
    sessions.cancel(doc, NOW)
    assert names(doc) == []
    with pytest.raises(SandboxError, match="Session status is CANCELED, expecting ACTIVE"):
        begin(doc)


def test_a_due_attempt_is_settled_by_the_clock_but_not_after_expiry() -> None:
    soon, late = NOW + timedelta(seconds=5), NOW + timedelta(minutes=31)
    doc = new_doc()
    begin(doc, status="PENDING", due=soon, due_outcome="FAILED", failure_code="PROCESSOR_ERROR")
    begin(doc, status="PENDING", due=late, due_outcome="SUCCEEDED")
    assert sessions.due_at(doc) == "2026-11-22T09:00:05.000Z"
    assert not sessions.advance(doc, NOW + timedelta(seconds=4))
    assert sessions.advance(doc, soon)
    assert (doc.attempts[0]["status"], doc.attempts[0]["failure_code"]) == ("FAILED", "PROCESSOR_ERROR")
    assert sessions.advance(doc, late)
    assert (doc.status, doc.attempts[1]["status"]) == ("EXPIRED", "EXPIRED")
    assert names(doc) == ["payment.failure", "payment_session.expired"]
    assert sessions.due_at(doc) is None


def test_a_sleeping_server_finds_the_payment_that_was_due_before_the_expiry() -> None:
    doc = new_doc()
    begin(doc, status="PENDING", due=NOW + timedelta(seconds=5), due_outcome="SUCCEEDED")
    sessions.advance(doc, NOW + timedelta(days=3))
    assert doc.status == "COMPLETED"


OUTCOMES = ("SUCCEEDED", "FAILED", "CANCELED", "EXPIRED", "PENDING")
EVENTS = st.one_of(
    st.tuples(st.just("begin"), st.sampled_from(["REQUIRES_ACTION", "PENDING", "FAILED", "SUCCEEDED"]), st.booleans()),
    st.tuples(st.just("begin due"), st.integers(0, 4000), st.sampled_from(OUTCOMES)),
    st.tuples(st.just("settle"), st.integers(0, 5), st.sampled_from(OUTCOMES)),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("expire")),
    st.tuples(st.just("wait"), st.integers(0, 2400)),
)


def happen(doc: SessionDoc, now: datetime, event: tuple[Any, ...]) -> datetime:
    try:
        match event:
            case ("begin", status, save):
                begin(doc, status=status, save=save)
            case ("begin due", seconds, outcome):
                begin(doc, due=now + timedelta(seconds=seconds), due_outcome=outcome)
            case ("settle", number, outcome) if number < len(doc.attempts):
                sessions.settle_attempt(doc, now, attempt_id(doc.attempts[number]), outcome)
            case ("cancel",):
                sessions.cancel(doc, now)
            case ("expire",):
                sessions.expire(doc, now)
            case ("wait", seconds):
                now += timedelta(seconds=seconds)
                sessions.advance(doc, now)
    except SandboxError as error:
        assert error.error_code == "INVALID_SESSION_STATUS"
        assert not doc.is_active
    return now


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([PAY, PAY | {"allow_save_payment_method": "OPTIONAL"}, SAVE, SUBSCRIPTION]), st.lists(EVENTS))
def test_whatever_happens_a_final_state_is_final(body: dict[str, Any], events: list[tuple[Any, ...]]) -> None:
    doc, now = new_doc(body), NOW
    amount = doc.session["amount"]
    for event in events:
        before = copy.deepcopy(doc)
        now = happen(doc, now, event)
        if before.status in FINAL:
            assert doc == before
        assert doc.session["amount"] == amount
    succeeded = [one for one in doc.attempts if one["status"] in ("SUCCEEDED", "ACTIVE")]
    assert len(succeeded) == (doc.status == "COMPLETED")
    ends = [name for name in names(doc) if name.startswith("payment_session.")]
    assert ends == {"COMPLETED": ["payment_session.completed"], "EXPIRED": ["payment_session.expired"]}.get(
        doc.status, []
    )
    if not doc.is_active:
        assert {one["status"] for one in doc.attempts}.isdisjoint({"REQUIRES_ACTION", "PENDING"})


INVOICE_EVENTS = st.one_of(
    st.tuples(st.just("begin")),
    st.tuples(st.just("settle"), st.integers(0, 3), st.sampled_from(["SUCCEEDED", "FAILED", "CANCELED"])),
    st.tuples(st.just("expire")),
    st.tuples(st.just("wait"), st.integers(0, 100_000)),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(INVOICE_EVENTS))
def test_whatever_happens_a_paid_invoice_stays_paid(events: list[tuple[Any, ...]]) -> None:
    doc, now = InvoiceDoc(invoice_of(INVOICE, "a" * 24, "Selat", NOW)), NOW
    for event in events:
        before = copy.deepcopy(doc)
        match event:
            case ("begin",) if doc.is_pending:
                invoices.begin(doc, now, channel_code="DANA", method="EWALLET", name="DANA")
            case ("settle", number, outcome) if number < len(doc.payments):
                invoices.settle(doc, now, doc.payments[number]["id"], outcome, "X")
            case ("expire",):
                invoices.expire(doc, now)
            case ("wait", seconds):
                now += timedelta(seconds=seconds)
                invoices.advance(doc, now)
        if not before.is_pending:
            assert doc == before
    assert doc.invoice["amount"] == INVOICE["amount"]
    assert len(doc.outbox) == (doc.status != "PENDING")
