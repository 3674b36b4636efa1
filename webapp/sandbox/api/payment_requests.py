"""Payments with a saved method or once: create, get, cancel, simulate. https://docs.xendit.co/apidocs/create-payment-request"""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from .. import payment_requests
from ..codec import ApiResponse
from ..errors import bad_request, no_data
from ..links import payment_request_view
from ..object_records import Charge, PaymentRequestRecord, TokenRecord
from ..records import InvoiceRecord
from ..settings import SandboxSettings
from ..store import Store
from .guest_payments import source_of
from .payment_request_schema import REQUEST, SIMULATE, check_rules, terms_of, unique_reference
from .reading import body_of, business_of
from .schema import check_schema


class PaymentRequestsApi:
    """The four calls about a payment request."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    async def create(self, request: Request) -> Response:
        """Handle `POST /v3/payment_requests`, with a `payment_token_id` or once.

        The payment is saved with its token, so a token that is cancelled meanwhile never pays.
        """
        business_id = business_of(request)
        body = await body_of(request)
        check_schema(body, REQUEST)
        if "payment_token_id" not in body:
            source = await source_of(self.store, business_id, body)
            record = payment_requests.begin(source, terms_of(body), self.store.clock())
            await self.store.requests.add(record)
            return ApiResponse(payment_request_view(self.settings, record, record.payment), 201)
        known = await self.store.get_token(body["payment_token_id"])
        if known is None or known.business_id != business_id:
            raise bad_request("INVALID_TOKEN", "There is no such payment token")

        def pay(token: TokenRecord, now: datetime) -> PaymentRequestRecord:
            check_rules(body, token, now)
            record = payment_requests.begin(token.token, terms_of(body), now)
            if record.payment["channel_code"] == "CARDS":
                record.aliases.append(unique_reference(business_id, body["reference_id"]))
            token.children.append(record)
            return record

        record = await self.store.tokens.update(known.id, pay)
        return ApiResponse(payment_request_view(self.settings, record, record.payment), 201)

    async def get(self, request: Request) -> Response:
        """Handle `GET /v3/payment_requests/{payment_request_id}`, also of a session's payment."""
        wanted, record = request.path_params["payment_request_id"], await self._own(request)
        attempt = next(each for each in record.attempts if each.get("payment_request_id") == wanted)
        return ApiResponse(payment_request_view(self.settings, record, attempt))

    async def cancel(self, request: Request) -> Response:
        """Handle `POST /v3/payment_requests/{payment_request_id}/cancel`."""
        record = await self._with_token(request)
        changed = await self.store.requests.update(record.id, payment_requests.cancel)
        return ApiResponse(payment_request_view(self.settings, changed, changed.payment))

    async def simulate(self, request: Request) -> Response:
        """Handle `POST /v3/payment_requests/{payment_request_id}/simulate`: the customer approves."""
        record = await self._with_token(request)
        check_schema(await body_of(request), SIMULATE)

        def approve(record: PaymentRequestRecord, now: datetime) -> None:
            if record.payment["status"] != "REQUIRES_ACTION":
                raise bad_request("INACTIVE_PAYMENT_REQUEST", f"The payment request is {record.payment['status']}")
            payment_requests.decide(record, now, approved=True)

        await self.store.requests.update(record.id, approve)
        return ApiResponse({"status": "PENDING", "message": "Simulated; the result arrives by webhook"})

    async def _with_token(self, request: Request) -> PaymentRequestRecord:
        """Return the payment request in the address; those of sessions are ended by their session."""
        record = await self._own(request)
        if not isinstance(record, PaymentRequestRecord):
            raise bad_request("INACTIVE_PAYMENT_REQUEST", "The payment request belongs to a session, and ends with it")
        return record

    async def _own(self, request: Request) -> Charge:
        business_id, wanted = business_of(request), request.path_params["payment_request_id"]
        record = await self.store.find_by_alias(wanted) if wanted.startswith("pr-") else None
        if record is None or isinstance(record, InvoiceRecord) or record.business_id != business_id:
            raise no_data("There is no such payment request")
        return record
