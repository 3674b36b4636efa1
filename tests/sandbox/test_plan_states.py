"""The life of a plan and of its payment methods, by arbitrary sequences of events."""

import copy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.sandbox import cycles, plans, tokens
from webapp.sandbox.clock import from_text, to_text
from webapp.sandbox.codec import dumps
from webapp.sandbox.errors import SandboxError
from webapp.sandbox.object_records import PlanRecord, TokenRecord
from webapp.sandbox.schedules import next_after

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
DECLINES = 10_054
TERMS: dict[str, Any] = {
    "id": "repl_1",
    "business_id": "a" * 24,
    "reference_id": "plan-1",
    "customer_id": "cust-1",
    "currency": "IDR",
    "amount": 50_000,
    "country": "ID",
    "payment_tokens": [{"payment_token_id": name, "rank": rank} for rank, name in ((2, "pt-1"), (1, "pt-2"))],
}


def token(name: str) -> TokenRecord:
    known = {"business_id": "a" * 24, "customer_id": "cust-1", "country": "ID", "currency": "IDR"}
    shown = {"payment_token_id": name, "channel_code": "DANA", "channel_properties": {}, "status": "ACTIVE"}
    return TokenRecord(known | shown, to_text(NOW + timedelta(days=200)))


@pytest.mark.parametrize(
    ("interval", "count", "anchor", "moment", "expected"),
    [
        ("DAY", 3, "2026-11-01T08:00:00Z", "2026-11-04T08:00:00Z", "2026-11-07T08:00:00Z"),
        ("WEEK", 2, "2026-11-01T08:00:00Z", "2026-11-01T07:59:59Z", "2026-11-01T08:00:00Z"),
        ("MONTH", 1, "2026-11-28T08:00:00Z", "2027-02-01T00:00:00Z", "2027-02-28T08:00:00Z"),
        ("MONTH", 1, "2026-11-01T08:00:00+07:00", "2026-12-01T01:00:00Z", "2027-01-01T01:00:00Z"),
        ("MONTH", 1, "2027-01-01T00:00:00+07:00", "2027-01-31T17:00:00Z", "2027-02-28T17:00:00Z"),
        ("MONTH", 1, "2026-12-01T00:00:00-11:00", "2027-02-01T10:59:59Z", "2027-02-01T11:00:00Z"),
        ("MONTH", 5, "2026-11-01T08:00:00Z", "2027-04-01T08:00:00Z", "2027-09-01T08:00:00Z"),
        ("YEAR", 1, "2026-11-01T08:00:00Z", "2028-11-01T08:00:00Z", "2029-11-01T08:00:00Z"),
    ],
)
def test_a_schedule_counts_from_its_anchor(interval: str, count: int, anchor: str, moment: str, expected: str) -> None:
    schedule = {"interval": interval, "interval_count": count, "anchor_date": anchor}
    assert next_after(schedule, from_text(moment)) == from_text(expected)


@given(
    st.sampled_from(["DAY", "WEEK", "MONTH", "YEAR"]),
    st.integers(1, 365),
    st.datetimes(datetime(1, 1, 2), datetime(2030, 12, 28)),
    st.datetimes(datetime(2026, 1, 1), datetime(2060, 1, 1)),
    st.integers(-14, 14),
)
def test_the_next_date_is_the_first_one_later(
    interval: str, count: int, anchor: datetime, moment: datetime, hours: int
) -> None:
    offset = timezone(timedelta(hours=hours))
    anchor = anchor.replace(day=min(anchor.day, 28), tzinfo=offset, microsecond=0)
    schedule = {"interval": interval, "interval_count": count, "anchor_date": anchor.isoformat()}
    later = next_after(schedule, moment.replace(tzinfo=UTC))
    assert later and later > moment.replace(tzinfo=UTC)
    assert next_after(schedule, later - timedelta(seconds=1)) == later


EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 60 * 24 * 50)),
    st.tuples(st.just("simulate"), st.sampled_from([0, DECLINES, 50_000])),
    st.tuples(st.just("force")),
    st.tuples(st.just("skip")),
    st.tuples(st.just("reprice"), st.sampled_from([DECLINES, 60_000])),
    st.tuples(st.just("cancel token"), st.integers(0, 1)),
    st.tuples(st.just("stop")),
)


def happen(record: PlanRecord, methods: list[TokenRecord], now: datetime, event: tuple[Any, ...]) -> None:
    cycle = record.cycles[-1]
    try:
        match event:
            case ("simulate", amount):
                cycles.check_open(cycle, "SCHEDULED")
                plans.attempt(record, cycle, now, "INITIAL", amount)
            case ("force",):
                cycles.check_open(cycle, "SCHEDULED", "RETRYING")
                plans.attempt(record, cycle, now, "FORCED")
            case ("skip",):
                cycles.check_open(cycle, "SCHEDULED")
                cycle["status"] = "CANCELLED"
                plans.go_on(record, now)
            case ("reprice", amount) if cycle["status"] == "SCHEDULED":
                cycle["amount"] = amount
            case ("cancel token", number):
                tokens.cancel(methods[number], now)
            case ("stop",):
                plans.deactivate(record, now)
    except SandboxError as error:
        assert error.status in (400, 403, 429)


@settings(max_examples=120, deadline=None)
@given(
    st.booleans(),
    st.sampled_from(["RESUME", "STOP"]),
    st.sampled_from([{}, {"total_retry": 2, "retry_interval": "DAY", "retry_interval_count": 3}]),
    st.sampled_from([None, 3]),
    st.lists(EVENTS, max_size=25),
)
def test_whatever_happens_a_cycle_is_paid_once_and_an_ended_plan_or_token_never_pays(
    at_once: bool, action: str, retries: dict[str, Any], most: int | None, events: list[tuple[Any, ...]]
) -> None:
    schedule = {"anchor_date": "2026-12-01T00:00:00Z", "interval": "MONTH", "interval_count": 1} | retries
    schedule["total_recurrence"] = most
    terms = TERMS | {"schedule": schedule, "immediate_payment": at_once, "failed_cycle_action": action}
    record, methods, now = plans.start(terms, NOW), [token("pt-1"), token("pt-2")], NOW
    for event in events:
        if event[0] == "wait":
            now += timedelta(minutes=event[1])
        for method in methods:
            tokens.advance(method, now)
            record.others[method.id] = (dumps({"token": method.token, "expires_at": method.expires_at}), 1)
        usable = {method.id for method in methods if method.is_active}
        before, paid = copy.deepcopy((record.plan, record.cycles)), len(record.children)
        ended = not record.is_active
        if event[0] == "wait":
            plans.advance(record, now)
        else:
            happen(record, methods, now, event)
        assert {child.payment["payment_token_id"] for child in record.children[paid:]} <= usable
        assert not ended or (record.plan, record.cycles) == before
        check(record)


def check(record: PlanRecord) -> None:
    """What holds at any time."""
    open_cycles = [each for each in record.cycles if each["status"] in ("SCHEDULED", "RETRYING")]
    assert len(open_cycles) == record.is_active
    assert [each["cycle_number"] for each in record.cycles] == list(range(1, len(record.cycles) + 1))
    for cycle in record.cycles:
        wins = [each for each in cycle["attempt_details"] if each["status"] == "SUCCEEDED"]
        assert len(wins) == (cycle["status"] == "SUCCEEDED")
        tries = {each["attempt_number"] for each in cycle["attempt_details"]}
        assert len(tries) == cycle["attempt_count"] + cycle["forced_attempt_count"]
    names = [event.name for event in record.outbox]
    succeeded = sum(cycle["status"] == "SUCCEEDED" for cycle in record.cycles)
    assert names.count("payment.capture") == names.count("recurring.cycle.succeeded") == succeeded
    assert names.count("recurring.cycle.created") == len(record.cycles)
    assert names.count("recurring.plan.inactivated") == (not record.is_active)
    assert all(child.payment["status"] in ("SUCCEEDED", "FAILED") for child in record.children)
