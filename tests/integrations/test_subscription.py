"""What goes to Xendit about a plan, field by field, and what its cycles mean."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
import respx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.xendit import client_to
from webapp.integrations import subscription
from webapp.integrations.errors import XenditError
from webapp.integrations.subscription import CycleOutcome, of_cycle

pytestmark = pytest.mark.anyio

KEY = "xnd_development_secret"
PLAN = {"id": "repl_1", "status": "ACTIVE", "amount": 240_000, "currency": "IDR"}
CYCLE: dict[str, Any] = {
    "id": "recy_3",
    "type": "SCHEDULED",
    "reference_id": "selat-1",
    "plan_id": "repl_1",
    "customer_id": "cust-1",
    "cycle_number": 3,
    "status": "RETRYING",
    "attempt_details": [
        {
            "attempt_number": 1,
            "action_number": 1,
            "type": "INITIAL",
            "created": "2026-11-01T02:00:00.000Z",
            "payment_id": "py-8e9f0011-2c3d-4e4f-8051-627384950617",
            "payment_token_id": "pt-77aa88bb-99cc-4dd0-8ee1-ff2233445566",
            "status": "FAILED",
            "failure_code": "INSUFFICIENT_BALANCE",
            "next_retry_timestamp": "2026-11-02T02:00:00.000Z",
        }
    ],
    "attempt_count": 1,
    "forced_attempt_count": 0,
    "scheduled_timestamp": "2026-11-02T09:00:00.000+07:00",
    "currency": "IDR",
    "amount": 50_000,
    "metadata": None,
    "created": "2026-10-01T02:00:00.000Z",
    "updated": "2026-11-01T02:00:05.000Z",
}
PLANS = "https://api.xendit.co/recurring/plans/repl_1"
Call = Callable[[httpx.AsyncClient], Awaitable[Any]]
CALLS: list[tuple[Call, str, str, Any]] = [
    (lambda client: subscription.get_plan(client, KEY, "repl_1"), "GET", PLANS, None),
    (lambda client: subscription.get_cycles(client, KEY, "repl_1"), "GET", f"{PLANS}/cycles?limit=100", None),
    (
        lambda client: subscription.force_attempt(client, KEY, "repl_1", "recy_3"),
        *("POST", f"{PLANS}/cycles/recy_3/force_attempt", None),
    ),
    (
        lambda client: subscription.simulate_cycle(client, KEY, "repl_1", "recy_3", Decimal("240000.00")),
        *("POST", f"{PLANS}/cycles/recy_3/simulate", {"amount": 240_000}),
    ),
    (
        lambda client: subscription.simulate_cycle(client, KEY, "repl_1", "recy_3", Decimal("21.60")),
        *("POST", f"{PLANS}/cycles/recy_3/simulate", {"amount": 21.6}),
    ),
    (lambda client: subscription.deactivate_plan(client, KEY, "repl_1"), "POST", f"{PLANS}/deactivate", None),
]


@pytest.mark.parametrize(("call", "method", "url", "body"), CALLS)
async def test_a_call_about_a_plan_is_exactly_this(call: Call, method: str, url: str, body: Any) -> None:
    answer = {"data": [CYCLE], "has_more": False} if "limit" in url else CYCLE if "/cycles/" in url else PLAN
    router = respx.Router()
    route = router.route(method=method, url=url).mock(return_value=httpx.Response(200, json=answer))
    async with client_to(router) as client:
        assert await call(client) == ([CYCLE] if "limit" in url else answer)
    request = route.calls.last.request
    assert request.headers["api-version"] == "2026-01-01"
    assert request.headers["authorization"] == httpx.BasicAuth(KEY, "")._auth_header
    assert (json.loads(request.content) if request.content else None) == body


@pytest.mark.parametrize(("call", "method", "url", "body"), CALLS)
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(403, json={"error_code": "INELIGIBLE_CYCLE_REQUEST", "message": "no"}),
        httpx.Response(200, json={"id": "../x", "status": "ACTIVE", "data": "x"}),
        httpx.Response(200, json=[CYCLE]),
        httpx.Response(200, content=b"<html>"),
        httpx.ReadTimeout("late"),
    ],
    ids=["refused", "odd id", "list", "page", "silence"],
)
async def test_whatever_is_no_plan_and_no_cycle_is_one_error(
    call: Call, method: str, url: str, body: Any, answer: Any
) -> None:
    router = respx.Router()
    route = router.route(method=method, url=url)
    route.mock(**{"return_value" if isinstance(answer, httpx.Response) else "side_effect": answer})
    async with client_to(router) as client:
        with pytest.raises(XenditError):
            await call(client)


def test_a_cycle_says_what_was_charged_why_not_and_when_again() -> None:
    due, retry_at = datetime(2026, 11, 2, 2, tzinfo=UTC), datetime(2026, 11, 2, 2, tzinfo=UTC)
    expected = CycleOutcome("recy_3", "RETRYING", 3, Decimal(50_000), due, 1, "INSUFFICIENT_BALANCE", retry_at)
    assert of_cycle(CYCLE) == expected
    fresh = CYCLE | {"status": "SCHEDULED", "attempt_details": [], "scheduled_timestamp": None}
    assert of_cycle(fresh) == CycleOutcome("recy_3", "SCHEDULED", 3, Decimal(50_000), None)


NO_TIMES = (
    "soon",
    "2026-11-02",
    "2026-13-02T00:00:00Z",
    "2026-11-02T00:00:00",
    "2" * 5000,
    5,
    True,
    "9999-12-31T23:00-05:00",
)


@pytest.mark.parametrize(
    "change",
    [
        *({"id": value} for value in (None, "", "../x", 5, "a" * 300)),
        *({"status": value} for value in (None, "", 5, "<b>", "A" * 50)),
        *({"cycle_number": value} for value in (None, True, -1, 1.5, "1", 10**9)),
        *({"amount": value} for value in (None, True, -1, "50000", 1e300, [])),
        *({"scheduled_timestamp": value} for value in NO_TIMES),
        *({"attempt_details": [{"next_retry_timestamp": value}]} for value in NO_TIMES),
        *({"attempt_details": value} for value in ({"a": 1}, "x", [1], 5)),
    ],
)
def test_what_can_be_no_cycle_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"can be none|without|must be"):
        of_cycle(CYCLE | change)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
times = st.from_regex(r"2[0-9]{3}-[0-9:T.-]{4,28}(Z|[+-][0-9]{2}:[0-9]{2})", fullmatch=True)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from(list(CYCLE)), json_values), times)
def test_no_cycle_is_too_odd_to_be_read_or_refused(change: dict[str, Any], moment: str) -> None:
    for cycle in (CYCLE | change, CYCLE | {"scheduled_timestamp": moment}):
        try:
            outcome = of_cycle(cycle)
        except ValueError:
            continue
        assert outcome.amount >= 0 and len(outcome.failure_code) <= 100
