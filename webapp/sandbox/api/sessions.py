"""POST /sessions, GET /sessions/{id}, POST /sessions/{id}/cancel. https://docs.xendit.co/apidocs/create-session"""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .. import sessions
from ..clock import from_text, to_text
from ..codec import ApiResponse
from ..customers import add_customer, get_customer
from ..errors import SandboxError, not_found
from ..ids import new_id, new_session_id
from ..links import session_view
from ..merchants import merchant_of
from ..records import SessionRecord
from ..settings import SandboxSettings
from ..store import Store
from .reading import body_of, business_of
from .schema import check_schema
from .session_rules import check_rules
from .session_schema import SESSION

JSON = dict[str, Any]
DEFAULT_LIFETIME = timedelta(minutes=30)
# Xendit's answer repeats these properties if the request had them.
REPEATED = [
    *("description", "items", "metadata", "allow_save_payment_method", "channel_properties"),
    *("allowed_payment_channels", "notification_channels", "subscription", "success_return_url", "cancel_return_url"),
    *("components_configuration", "payment_link_configuration"),
]


class SessionsApi:
    """The three calls of the Sessions API."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    async def create(self, request: Request) -> Response:
        """Handle `POST /sessions`."""
        business_id = business_of(request)
        body = await body_of(request)
        check_schema(body, SESSION)
        now = self.store.clock()
        check_rules(body, now)
        customer_id, customer = await self._customer(business_id, body)
        record = SessionRecord(
            session_of(body, business_id, customer_id, now), customer=customer, merchant=merchant_of(request, "")
        )
        await self.store.add_session(record)
        return ApiResponse(session_view(self.settings, record), 201)

    async def get(self, request: Request) -> Response:
        """Handle `GET /sessions/{payment_session_id}`."""
        return ApiResponse(session_view(self.settings, await self._own(request)))

    async def cancel(self, request: Request) -> Response:
        """Handle `POST /sessions/{payment_session_id}/cancel`."""
        record = await self._own(request)

        def cancel(record: SessionRecord, now: datetime) -> SessionRecord:
            sessions.cancel(record, now)
            return record

        return ApiResponse(session_view(self.settings, await self.store.update_session(record.id, cancel)))

    async def _own(self, request: Request) -> SessionRecord:
        """Return the session in the address. Raise 404 if there is none, or if it is another business's."""
        business_id = business_of(request)
        record = await self.store.get_session(request.path_params["payment_session_id"])
        if record is None or record.session["business_id"] != business_id:
            raise not_found()
        return record

    async def _customer(self, business_id: str, body: JSON) -> tuple[str | None, JSON | None]:
        """Return the id and the details of the customer: one that is known, or the one in the request."""
        if customer_id := body.get("customer_id"):
            known = await get_customer(self.store, business_id, customer_id)
            if known is None:
                raise SandboxError(404, "DATA_NOT_FOUND", "The customer ID provided in the request does not exist")
            return str(customer_id), known
        if customer := body.get("customer"):
            return await add_customer(self.store, business_id, customer), customer
        return None, None


def session_of(body: dict[str, Any], business_id: str, customer_id: str | None, now: datetime) -> dict[str, Any]:
    """Return a new, ACTIVE session: the request with defaults, in the order of Xendit's answers."""
    expires_at = from_text(body["expires_at"]) if body.get("expires_at") else now + DEFAULT_LIFETIME
    session = {
        "payment_session_id": new_session_id(),
        "created": to_text(now),
        "updated": to_text(now),
        "status": "ACTIVE",
        "reference_id": body["reference_id"],
        "currency": body["currency"],
        "amount": body["amount"],
        "country": body["country"],
        "expires_at": to_text(expires_at),
        "session_type": body["session_type"],
        "mode": body["mode"],
        "locale": body.get("locale", "en"),
        "business_id": business_id,
    }
    if customer_id:
        session["customer_id"] = customer_id
    if body["session_type"] == "PAY":
        session["capture_method"] = body.get("capture_method", "AUTOMATIC")
    session |= {name: body[name] for name in REPEATED if body.get(name) is not None}
    if body["session_type"] == "SUBSCRIPTION":
        session["recurring_plan_id"] = new_id("repl_")
    return session
