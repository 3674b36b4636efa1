"""The cycles of a plan: list, get, change, cancel, charge now, simulate. https://docs.xendit.co/docs/subscriptions-overview"""

from collections.abc import Callable
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from .. import plans
from ..clock import from_text, to_text
from ..codec import ApiResponse
from ..cycles import check_open, view
from ..errors import SandboxError, no_data, validation_error
from ..object_records import PlanRecord
from ..store import Store
from .metadata import check_metadata
from .paging import page
from .plan_schema import CYCLE_CHANGE, JSON, SIMULATION, check_date, check_decimals, check_names, forbidden
from .plans import own_plan
from .reading import body_of
from .schema import check_schema

Change = Callable[[PlanRecord, JSON, datetime], None]


class CyclesApi:
    """The six calls about the cycles of a plan."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def find(self, request: Request) -> Response:
        """Handle `GET /recurring/plans/{plan_id}/cycles`: newest first. Its error is 403 where others answer 404."""
        try:
            record = await own_plan(self.store, request)
        except SandboxError as error:
            raise (forbidden("There is no such plan") if error.status == 404 else error) from None
        return ApiResponse(page([view(cycle) for cycle in reversed(record.cycles)], request.query_params))

    async def get(self, request: Request) -> Response:
        """Handle `GET /recurring/plans/{plan_id}/cycles/{cycle_id}`."""
        return ApiResponse(view(_find(await own_plan(self.store, request), request)))

    async def change(self, request: Request) -> Response:
        """Handle `PATCH /recurring/plans/{plan_id}/cycles/{cycle_id}`: only before the day of its charge."""
        record = await own_plan(self.store, request)
        body, currency = await body_of(request), record.plan["currency"]
        check_names(body, CYCLE_CHANGE)
        check_schema(body, CYCLE_CHANGE)
        check_decimals(body.get("amount", 0), currency)
        check_metadata(body.get("metadata"), "API_VALIDATION_ERROR")
        if body.get("currency", currency) != currency:
            raise validation_error(f"must be {currency}", "/body/currency")

        def change(record: PlanRecord, cycle: JSON, now: datetime) -> None:
            if cycle["status"] != "SCHEDULED" or now.date() >= from_text(cycle["scheduled_timestamp"]).date():
                raise forbidden("A cycle can be changed only before the day of its charge")
            if date := body.get("scheduled_timestamp"):
                if from_text(date) <= now:
                    raise validation_error("must be in the future", "/body/scheduled_timestamp")
                check_date(date, now, "/body/scheduled_timestamp")
                cycle["scheduled_timestamp"] = to_text(from_text(date))
            cycle |= {name: body[name] for name in ("amount", "metadata") if name in body} | {"updated": to_text(now)}

        return await self._update(request, change)

    async def cancel(self, request: Request) -> Response:
        """Handle `POST …/cancel`: skip a cycle that is SCHEDULED. The plan goes on."""

        def cancel(record: PlanRecord, cycle: JSON, now: datetime) -> None:
            check_open(cycle, "SCHEDULED")
            cycle |= {"status": "CANCELLED", "updated": to_text(now)}
            plans.go_on(record, now)

        return await self._update(request, cancel)

    async def force_attempt(self, request: Request) -> Response:
        """Handle `POST …/force_attempt`: charge a cycle before its date, or before its next retry."""

        def attempt(record: PlanRecord, cycle: JSON, now: datetime) -> None:
            check_open(cycle, "SCHEDULED", "RETRYING")
            plans.attempt(record, cycle, now, "FORCED")

        return await self._update(request, attempt)

    async def simulate(self, request: Request) -> Response:
        """Handle `POST …/simulate`: the charge of a SCHEDULED cycle happens now, with this amount."""
        record = await own_plan(self.store, request)
        body = await body_of(request)
        check_schema(body, SIMULATION)
        check_decimals(body["amount"], record.plan["currency"])

        def attempt(record: PlanRecord, cycle: JSON, now: datetime) -> None:
            check_open(cycle, "SCHEDULED")
            plans.attempt(record, cycle, now, "INITIAL", body["amount"])

        return await self._update(request, attempt)

    async def _update(self, request: Request, change: Change) -> Response:
        """Apply a change to the cycle in the address."""
        record = await own_plan(self.store, request)

        def apply(record: PlanRecord, now: datetime) -> JSON:
            cycle = _find(record, request)
            change(record, cycle, now)
            return view(cycle)

        return ApiResponse(await self.store.plans.update(record.id, apply))


def _find(record: PlanRecord, request: Request) -> JSON:
    for cycle in record.cycles:
        if cycle["id"] == request.path_params["cycle_id"]:
            return cycle
    raise no_data("There is no such cycle")
