"""Read a subscription's plan and cycles from Xendit, and do with them what the merchant asks for."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

import httpx
import structlog

from webapp.integrations import subscription
from webapp.integrations.errors import XenditError
from webapp.integrations.outcomes import of_plan
from webapp.integrations.subscription import CycleOutcome, of_cycle
from webapp.notices import N_, NOT_OURS, Refusal
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus, status_after
from webapp.shop.failing_totals import failing_totals
from webapp.web.plan import PlanView
from webapp.web.state import Shop
from webapp.xendit.order_sync import ASKED, PAGE_PATIENCE, QUESTIONS

log = structlog.get_logger()
_under_way: set[str] = set()
"""The orders whose plan this process is changing. Between processes, Xendit refuses the second change."""


async def fetch_plan(shop: Shop, order: Order, visitor: str) -> tuple[Order, PlanView | None]:
    """Return the order, stopped if its plan is, and the plan as its own visitor sees it; None if there is none."""
    if not order.status.has_plan or not order.recurring_plan_id or order.visitor != visitor:
        return order, None
    if order.currency not in shop.settings.api_keys:
        return order, None
    simulated = not is_live(shop, order)
    if shop.questions.wait(QUESTIONS, cost=2):  # Xendit's rate limit would be reached
        return order, PlanView(answered=False, simulated=simulated)
    set_order(order.reference_id, order.visitor)
    try:
        async with asyncio.timeout(PAGE_PATIENCE):
            plan = await subscription.get_plan(*_plan(shop, order), api_url=shop.settings.xendit_api_url)
            cycles = await fetch_cycles(shop, order)
    except (TimeoutError, XenditError) as error:
        log.warning("plan_not_fetched", error=str(error) or "TIMEOUT")
        return order, PlanView(answered=False, simulated=simulated)
    return await _apply(shop, order, plan, ASKED), PlanView(cycles, simulated=simulated)


async def fetch_cycles(shop: Shop, order: Order) -> list[CycleOutcome]:
    """Return the cycles of the order's plan, the newest first. Raises XenditError."""
    found = await subscription.get_cycles(*_plan(shop, order), api_url=shop.settings.xendit_api_url)
    try:
        return sorted(map(of_cycle, found), key=lambda cycle: cycle.number, reverse=True)
    except ValueError:
        raise XenditError.unexpected(200) from None


async def simulate(shop: Shop, order: Order, cycle_id: str, *, declined: bool) -> None:
    """Make the next month happen now, in test mode. Raises Refusal, XenditError."""
    with _alone(order):
        _refuse_live(shop, order)
        cycle = await _own_cycle(shop, order, cycle_id, "SCHEDULED")
        amount = declining_amount(order.currency) if declined else cycle.amount
        api_url = shop.settings.xendit_api_url
        await subscription.simulate_cycle(*_plan(shop, order), cycle.cycle_id, amount, api_url=api_url)


async def retry(shop: Shop, order: Order, cycle_id: str) -> None:
    """Charge a month that failed again, now. Raises Refusal, XenditError."""
    with _alone(order):
        _refuse_live(shop, order)
        cycle = await _own_cycle(shop, order, cycle_id, "RETRYING")
        api_url = shop.settings.xendit_api_url
        await subscription.force_attempt(*_plan(shop, order), cycle.cycle_id, api_url=api_url)


async def stop(shop: Shop, order: Order) -> None:
    """Deactivate the order's plan, and apply the answer. Raises Refusal, XenditError."""
    with _alone(order):
        plan = await subscription.deactivate_plan(*_plan(shop, order), api_url=shop.settings.xendit_api_url)
        await _apply(shop, order, plan, N_("stopped by the merchant"))


def is_live(shop: Shop, order: Order) -> bool:
    """Return whether the order's market takes real money."""
    return shop.api_key(order.currency).startswith("xnd_production_")


def declining_amount(currency: str) -> Decimal:
    """Return an amount for which any card declines in test mode: there is not enough money."""
    return failing_totals(currency)["INSUFFICIENT_BALANCE"]


def _plan(shop: Shop, order: Order) -> tuple[httpx.AsyncClient, str, str]:
    """Return the first arguments of each call: the client, the API key, the plan's id."""
    return shop.client, shop.api_key(order.currency), str(order.recurring_plan_id)


@contextmanager
def _alone(order: Order) -> Iterator[None]:
    """Let one change of the plan through at a time. Raises Refusal (409) for a second click, and without a plan."""
    if order.status is OrderStatus.STOPPED:
        raise Refusal(N_("This subscription has been stopped already."), 409)
    if order.status is not OrderStatus.SUBSCRIBED or not order.recurring_plan_id:
        raise Refusal(N_("This order is no subscription."), 409)
    if order.reference_id in _under_way:
        raise Refusal(N_("Xendit is still working on the last change of this payment. Wait a moment."), 409)
    set_order(order.reference_id, order.visitor)
    _under_way.add(order.reference_id)
    try:
        yield
    finally:
        _under_way.discard(order.reference_id)


def _refuse_live(shop: Shop, order: Order) -> None:
    if is_live(shop, order):
        raise Refusal(N_("With a key that takes real money, only Xendit's calendar makes it a month later."), 409)


async def _own_cycle(shop: Shop, order: Order, cycle_id: str, status: str) -> CycleOutcome:
    """Return the cycle of the order's own plan that the page showed. Raises Refusal where it is not as shown."""
    cycle = next((each for each in await fetch_cycles(shop, order) if each.cycle_id == cycle_id), None)
    if cycle is None:
        raise Refusal(NOT_OURS)
    if cycle.status == "SUCCEEDED":
        raise Refusal(N_("This month is paid already."), 409)
    if cycle.status != status:
        raise Refusal(N_("This month has changed since the page was loaded. Look again."), 409)
    return cycle


async def _apply(shop: Shop, order: Order, plan: Mapping[str, object], cause: str) -> Order:
    """Change the order's status by Xendit's answer about its plan. Return the order."""
    outcome = of_plan(plan)
    if field := outcome.mismatch(order):
        log.warning("xendit_answer_mismatch", field=field)
        return order
    status = status_after(order, outcome.state)
    return await shop.order_book.change_status(order, status, cause=cause, ids=outcome.ids) if status else order
