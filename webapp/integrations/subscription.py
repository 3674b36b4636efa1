"""Run a subscription after its start: read its months, charge a failed one again, stop it.

1. A session of type SUBSCRIPTION makes the plan (``payment_link.py``, ``components.py``). Store ``recurring_plan_id``.
2. Xendit charges each month, a cycle, by itself. Wait for ``recurring.cycle.succeeded``, ``.retrying`` or ``.failed``:
   ``of_cycle`` reads the webhook's ``data``. Find your order by the ``plan_id``.
3. Or ask, signed in with the secret API key: ``get_plan`` says whether it goes on, ``get_cycles`` lists the months.
4. A cycle that is ``RETRYING`` is charged again on ``retry_at``. ``force_attempt`` charges it now.
5. ``deactivate_plan`` stops the plan for good: a new subscription takes a new session.
6. With a test key, ``simulate_cycle`` charges the next month today.

Each raises XenditError. 403 ``INELIGIBLE_CYCLE_REQUEST``: the cycle is past that. 403 ``REQUEST_FORBIDDEN_ERROR``: the
plan has stopped. 404 ``DATA_NOT_FOUND``: it is not of this key's account.

https://docs.xendit.co/docs/subscriptions-overview · https://docs.xendit.co/apidocs/subscription-webhook
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypedDict

import httpx

from .errors import XenditError, call_xendit, is_id

API_URL = "https://api.xendit.co"
VERSION = {"api-version": "2026-01-01"}


class Plan(TypedDict):
    """``status``: ``ACTIVE``, ``INACTIVE``, ``PENDING`` or ``REQUIRES_ACTION``. ``outcomes.of_plan`` reads it."""

    id: str
    status: str


class Cycle(TypedDict):
    """``status``: ``SCHEDULED``, ``PENDING``, ``RETRYING``, ``SUCCEEDED``, ``FAILED`` or ``CANCELLED``."""

    id: str
    status: str


async def get_plan(client: httpx.AsyncClient, api_key: str, plan_id: str, *, api_url: str = API_URL) -> Plan:
    """Return the plan as it is now."""
    return await call_xendit(client, "GET", f"{api_url}/recurring/plans/{plan_id}", api_key, Plan, headers=VERSION)


async def get_cycles(client: httpx.AsyncClient, api_key: str, plan_id: str, *, api_url: str = API_URL) -> list[Cycle]:
    """Return the plan's cycles, at most 100: those that were, and the next one."""
    url = f"{api_url}/recurring/plans/{plan_id}/cycles?limit=100"
    page = await call_xendit(client, "GET", url, api_key, _Page, headers=VERSION)
    cycles = page.get("data")
    if not isinstance(cycles, list) or not all(isinstance(cycle, dict) for cycle in cycles):
        raise XenditError.unexpected(200)
    return cycles


async def force_attempt(
    client: httpx.AsyncClient, api_key: str, plan_id: str, cycle_id: str, *, api_url: str = API_URL
) -> Cycle:
    """Charge a cycle now, ahead of its date or of its next retry, and return it."""
    url = f"{api_url}/recurring/plans/{plan_id}/cycles/{cycle_id}/force_attempt"
    return await call_xendit(client, "POST", url, api_key, Cycle, headers=VERSION)


async def simulate_cycle(
    client: httpx.AsyncClient, api_key: str, plan_id: str, cycle_id: str, amount: Decimal, *, api_url: str = API_URL
) -> Cycle:
    """Charge a ``SCHEDULED`` cycle today, in test mode, and return it.

    ``amount`` is in the currency's main unit: the plan's, or one that declines on purpose, such as 10054.
    """
    payload: dict[str, object] = {"amount": _number(amount)}
    url = f"{api_url}/recurring/plans/{plan_id}/cycles/{cycle_id}/simulate"
    return await call_xendit(client, "POST", url, api_key, Cycle, payload=payload, headers=VERSION)


async def deactivate_plan(client: httpx.AsyncClient, api_key: str, plan_id: str, *, api_url: str = API_URL) -> Plan:
    """Stop the plan for good, and return it: ``INACTIVE``."""
    url = f"{api_url}/recurring/plans/{plan_id}/deactivate"
    return await call_xendit(client, "POST", url, api_key, Plan, headers=VERSION)


class _Page(TypedDict):
    """``data``: the cycles."""


@dataclass(frozen=True)
class CycleOutcome:
    """The meaning of a cycle, from an answer or a webhook; the last two are of its last attempt."""

    cycle_id: str
    status: str
    number: int
    amount: Decimal
    due: datetime | None
    """The time of its charge; while it is ``RETRYING``, of the next one."""
    attempts: int = 0
    failure_code: str = ""
    retry_at: datetime | None = None


def of_cycle(cycle: Mapping[str, object]) -> CycleOutcome:
    """Return what a cycle means: an answer, or a webhook's ``data``. Raises ValueError for what can be none."""
    status, number, attempts = cycle.get("status"), cycle.get("cycle_number"), cycle.get("attempt_details") or []
    if not is_id(cycle.get("id")) or not isinstance(status, str) or not re.fullmatch(r"[A-Z_]{1,40}", status):
        raise ValueError("a cycle without an id or a status")
    if type(number) is not int or not 0 <= number < 10**6:
        raise ValueError("a cycle without a number")
    if not isinstance(attempts, list) or not all(isinstance(attempt, Mapping) for attempt in attempts):
        raise ValueError("attempts that can be none")
    last = attempts[-1] if attempts else {}
    failure_code = last.get("failure_code")
    return CycleOutcome(
        str(cycle["id"]),
        status,
        number,
        _amount(cycle.get("amount")),
        _moment(cycle.get("scheduled_timestamp")),
        len(attempts),
        failure_code[:100] if isinstance(failure_code, str) else "",
        _moment(last.get("next_retry_timestamp")),
    )


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 10**15:
        raise ValueError("an amount that can be none")
    return Decimal(str(value))


def _moment(value: object) -> datetime | None:
    """Return a time in UTC. Raises ValueError for what can be none."""
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"2\d{3}-[\d:T.-]{4,28}(Z|[+-]\d\d:\d\d)", value):
        raise ValueError("a time that can be none")
    return datetime.fromisoformat(value).astimezone(UTC)


def _number(amount: Decimal) -> int | float:
    """JSON has no decimals: 240000, 21.6."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)
