"""The rules of an order's status."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.orders.order import anchor_date
from webapp.orders.status import Flow, OrderStatus, may_become, status_after

FINAL = (OrderStatus.PAID, OrderStatus.SAVED, OrderStatus.SUBSCRIBED)


def order_with(flow: Flow) -> Any:
    return SimpleNamespace(flow=flow, holds=flow is Flow.AUTHORIZE)


@given(st.lists(st.sampled_from(list(OrderStatus)), max_size=20))
def test_once_paid_saved_or_subscribed_nothing_undoes_it(reports: list[OrderStatus]) -> None:
    status, succeeded = OrderStatus.WAITING, None
    for new in reports:
        if may_become(status, new):
            status = new
        if succeeded is None and status in FINAL:
            succeeded = status
        if succeeded is OrderStatus.SUBSCRIBED:
            assert status.has_plan
        elif succeeded is not None:
            assert status is succeeded


def test_a_plan_that_has_stopped_never_goes_on() -> None:
    assert not any(may_become(OrderStatus.STOPPED, status) for status in OrderStatus)


def test_a_plan_may_be_stopped_before_the_shop_heard_of_it_and_paid_is_never_stopped() -> None:
    from_here = {status for status in OrderStatus if may_become(status, OrderStatus.STOPPED)}
    assert {OrderStatus.WAITING, OrderStatus.SUBSCRIBED, OrderStatus.EXPIRED} <= from_here
    assert not from_here & {OrderStatus.PAID, OrderStatus.SAVED, OrderStatus.AUTHORIZED, OrderStatus.RELEASED}


def test_money_that_moved_late_is_never_denied() -> None:
    for closed in (OrderStatus.EXPIRED, OrderStatus.CANCELLED, OrderStatus.FAILED_TO_CREATE):
        assert may_become(closed, OrderStatus.PAID)
        assert not may_become(closed, OrderStatus.WAITING)


@given(st.lists(st.sampled_from(list(OrderStatus)), max_size=20))
def test_what_is_held_ends_charged_or_released(reports: list[OrderStatus]) -> None:
    status = OrderStatus.AUTHORIZED
    for new in reports:
        if may_become(status, new):
            status = new
        assert status in (OrderStatus.AUTHORIZED, OrderStatus.RELEASED, OrderStatus.PAID)
    assert may_become(OrderStatus.RELEASED, OrderStatus.PAID)  # captured at the same moment


def test_each_flow_has_its_own_success() -> None:
    expected = {Flow.PAY: "paid", Flow.PAY_SAVE: "paid", Flow.SAVE: "saved", Flow.SUBSCRIPTION: "subscribed"}
    expected[Flow.AUTHORIZE] = "authorized"
    assert {flow: status_after(order_with(flow), "completed", None) for flow in Flow} == expected
    assert status_after(order_with(Flow.AUTHORIZE), "completed", Decimal(1)) is OrderStatus.PAID
    stopped = {flow: status_after(order_with(flow), "stopped") for flow in Flow}
    assert stopped == dict.fromkeys(Flow) | {Flow.SUBSCRIPTION: "stopped"}


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)))
def test_a_subscription_is_anchored_ahead_on_a_day_that_xendit_takes(moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    anchor = anchor_date(now)
    assert anchor.day <= 28
    assert now < anchor <= now + timedelta(days=5)


@pytest.mark.parametrize("day", [(2026, 1, 28), (2026, 1, 30), (2026, 1, 31), (2028, 2, 28)])
def test_past_the_28th_the_first_of_the_next_month_is_the_anchor(day: tuple[int, int, int]) -> None:
    assert anchor_date(datetime(*day, tzinfo=UTC)).day == 1
