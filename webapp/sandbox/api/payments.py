"""Authorised payments: get, capture, cancel. https://docs.xendit.co/apidocs/capture-payment"""

from datetime import datetime
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from ..captures import capture, release
from ..codec import ApiResponse
from ..errors import SandboxError, bad_request
from ..markets import MARKETS
from ..object_records import Charge
from ..payment_objects import JSON, payment_object
from ..records import InvoiceRecord
from ..store import Store
from .reading import body_of, business_of
from .schema import Rule, check_schema
from .session_schema import MAX_NUMBER

AMOUNT = Rule("number", minimum=0, maximum=MAX_NUMBER)
CAPTURE = Rule("object", properties={"capture_amount": AMOUNT, "final_capture": Rule("boolean")})


class PaymentsApi:
    """The calls about one payment."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def get(self, request: Request) -> Response:
        """Handle `GET /v3/payments/{payment_id}`."""
        record, attempt = await self._own(request)
        return ApiResponse(payment_object(record.session, attempt))

    async def capture(self, request: Request) -> Response:
        """Handle `POST /v3/payments/{payment_id}/capture`: all that is held, or less, once."""
        record, attempt = await self._own(request)
        body = await body_of(request)
        check_schema(body, CAPTURE)
        amount = body.get("capture_amount", record.session["amount"])
        decimals = MARKETS[record.session["currency"]].decimals
        if amount <= 0 or Decimal(amount) != round(Decimal(amount), decimals):
            raise bad_request("INVALID_VALUE_ERROR", "capture_amount must be above 0, with the decimals of a price")

        def change(record: Charge, now: datetime) -> JSON:
            return payment_object(record.session, capture(record, now, attempt["payment_id"], amount))

        return ApiResponse(await self.store.table_of(record.id).update(record.id, change))

    async def cancel(self, request: Request) -> Response:
        """Handle `POST /v3/payments/{payment_id}/cancel`: let the hold go."""
        record, attempt = await self._own(request)

        def change(record: Charge, now: datetime) -> JSON:
            return payment_object(record.session, release(record, now, attempt["payment_id"], "CANCELED"))

        return ApiResponse(await self.store.table_of(record.id).update(record.id, change))

    async def _own(self, request: Request) -> tuple[Charge, JSON]:
        business_id, wanted = business_of(request), request.path_params["payment_id"]
        record = await self.store.find_by_alias(wanted)
        if record and not isinstance(record, InvoiceRecord) and record.business_id == business_id:
            for attempt in record.attempts:
                if attempt.get("payment_id") == wanted:
                    return record, attempt
        raise SandboxError(404, "DATA_NOT_FOUND", "There is no such payment")
