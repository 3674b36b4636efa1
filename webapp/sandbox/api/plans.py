"""Subscription plans: create, get, change, deactivate. https://docs.xendit.co/docs/subscriptions-overview"""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from .. import plans
from ..clock import to_text
from ..codec import ApiResponse
from ..customers import get_customer
from ..errors import SandboxError, no_data
from ..ids import new_id
from ..markets import MARKETS
from ..object_records import PlanRecord
from ..store import Store
from .dates import check_anchor
from .plan_schema import JSON, PLAN, PLAN_CHANGE, check_names, check_plan, check_token, ranked
from .reading import body_of, business_of
from .schema import check_schema


async def own_plan(store: Store, request: Request) -> PlanRecord:
    """Return the plan in the address. Raise 404 if there is none, or if it is another business's."""
    business_id, wanted = business_of(request), request.path_params["plan_id"]
    record = await store.plans.get(wanted) if wanted.startswith("repl_") else None
    if record is None or record.business_id != business_id:
        raise no_data("There is no such plan")
    return record


class PlansApi:
    """The four calls about a plan."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def create(self, request: Request) -> Response:
        """Handle `POST /recurring/plans`."""
        business_id = business_of(request)
        body = await body_of(request)
        check_schema(body, PLAN)
        now = self.store.clock()
        check_plan(body, body["currency"], now)
        check_anchor(body["schedule"], now, "/body/schedule")
        if await get_customer(self.store, business_id, body["customer_id"]) is None:
            raise SandboxError(404, "CUSTOMER_NOT_FOUND_ERROR", "The customer does not exist")
        terms = {name: body.get(name) for name in PLAN.properties}
        terms |= {"payment_tokens": await self._tokens(body, business_id, body["currency"])}
        terms |= {"id": new_id("repl_"), "business_id": business_id, "country": MARKETS[body["currency"]].country}
        record = plans.start(terms, now)
        await self.store.plans.add(record)
        return ApiResponse(plans.view(record), 201)

    async def get(self, request: Request) -> Response:
        """Handle `GET /recurring/plans/{plan_id}`."""
        return ApiResponse(plans.view(await own_plan(self.store, request)))

    async def change(self, request: Request) -> Response:
        """Handle `PATCH /recurring/plans/{plan_id}`. The cycle that is scheduled keeps its date and amount."""
        record = await own_plan(self.store, request)
        body = await body_of(request)
        check_names(body, PLAN_CHANGE)
        check_schema(body, PLAN_CHANGE)
        check_plan(body, record.plan["currency"], self.store.clock())
        changes = {name: body[name] for name in body if name not in ("schedule", "payment_tokens")}
        if "payment_tokens" in body:
            changes["payment_tokens"] = await self._tokens(body, record.business_id, record.plan["currency"])

        def change(record: PlanRecord, now: datetime) -> JSON:
            if not record.is_active:
                raise SandboxError(422, "UNPROCESSABLE_ENTITY_ERROR", f"The plan is {record.plan['status']}")
            schedule = record.plan["schedule"] | plans.schedule_of(body) | {"updated": to_text(now)}
            record.plan |= changes | {"schedule": schedule, "updated": to_text(now)}
            return plans.view(record)

        return ApiResponse(await self.store.plans.update(record.id, change))

    async def deactivate(self, request: Request) -> Response:
        """Handle `POST /recurring/plans/{plan_id}/deactivate`."""
        record = await own_plan(self.store, request)
        return ApiResponse(plans.view(await self.store.plans.update(record.id, plans.deactivate)))

    async def _tokens(self, body: JSON, business_id: str, currency: str) -> list[JSON]:
        """Return the payment methods in the body. Raise 400 unless each can pay."""
        for each in body["payment_tokens"]:
            check_token(await self.store.get_token(each["payment_token_id"]), business_id, currency)
        return ranked(body["payment_tokens"])
