"""Refunds: create, get, list. https://docs.xendit.co/apidocs/refund-payment-request"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .. import refunds
from ..codec import ApiResponse
from ..errors import SandboxError, bad_request, validation_error
from ..markets import MARKETS
from ..object_records import Charge
from ..records import InvoiceRecord
from ..refunds import JSON, Payment
from ..store import Store
from .reading import body_of, business_of
from .schema import Rule, check_schema
from .session_schema import MAX_NUMBER, text

REASONS = ("FRAUDULENT", "DUPLICATE", "REQUESTED_BY_CUSTOMER", "CANCELLATION", "OTHERS")
REFUND = Rule(
    "object",
    required=("reason",),
    properties={
        "payment_request_id": text(1, 255),
        "invoice_id": text(1, 255),
        "reference_id": text(1, 255),
        "currency": text(3, 3),
        "amount": Rule("number", minimum=0, maximum=MAX_NUMBER),
        "reason": Rule("string", enum=REASONS),
        "metadata": Rule("object", nullable=True),
    },
)


class RefundsApi:
    """The three calls about refunds."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def create(self, request: Request) -> Response:
        """Handle `POST /refunds`. The answer is pending; the outcome comes by webhook."""
        business_id = business_of(request)
        body = await body_of(request)
        check_schema(body, REFUND)
        if not body.get("payment_request_id") and not body.get("invoice_id"):
            raise validation_error("must have required property 'payment_request_id'", "/body/payment_request_id")
        record = await self._owner(business_id, body)
        key = request.headers.get("idempotency-key", "")[:100] or None

        def refund(record: Any, now: datetime) -> JSON:
            payment = payment_of(record, body.get("payment_request_id"))
            _check_amount(body, payment)
            made = refunds.create(record.refunds, payment, body, key, now)
            record.aliases.append(made["id"])
            return made

        return ApiResponse(refunds.view(await self.store.table_of(record.id).update(record.id, refund)))

    async def get(self, request: Request) -> Response:
        """Handle `GET /refunds/{refund_id}`."""
        business_id, wanted = business_of(request), request.path_params["refund_id"]
        record = await self.store.find_by_alias(wanted)
        found = [refund for refund in record.refunds if refund["id"] == wanted] if record else []
        if record is None or record.business_id != business_id or not found:
            raise _missing()
        return ApiResponse(refunds.view(found[0]))

    async def find(self, request: Request) -> Response:
        """Handle `GET /refunds`, of a payment request or of an invoice."""
        wanted = {name: request.query_params.get(name) for name in ("payment_request_id", "invoice_id")}
        try:
            record = await self._owner(business_of(request), wanted)
        except SandboxError as error:
            if error.status != 404:
                raise
            return ApiResponse({"data": [], "has_more": False})
        return ApiResponse({"data": [refunds.view(refund) for refund in reversed(record.refunds)], "has_more": False})

    async def _owner(self, business_id: str, wanted: JSON) -> Charge | InvoiceRecord:
        """Return the session or invoice of the payment. Raise 404 if there is none, or if it is another business's."""
        record: Charge | InvoiceRecord | None
        if wanted.get("payment_request_id"):
            record = await self.store.find_by_alias(str(wanted["payment_request_id"]))
        else:
            record = await self.store.get_invoice(str(wanted.get("invoice_id") or ""))
        if record is None or record.business_id != business_id:
            raise _missing()
        return record


def payment_of(record: Charge | InvoiceRecord, payment_request_id: str | None) -> Payment:
    """Return the payment to refund. Raise INELIGIBLE_TRANSACTION_STATUS where nothing was captured."""
    if isinstance(record, InvoiceRecord):
        paid = next((each for each in record.payments if each["status"] == "SUCCEEDED"), None)
        if paid is None:
            raise _ineligible()
        ids = {"invoice_id": record.id, "payment_id": paid["id"]}
        invoice = record.invoice
        return Payment(
            record.id, ids, paid["channel_code"], invoice["currency"], Decimal(invoice["amount"]), invoice["paid_at"]
        )
    attempt = next((each for each in record.attempts if each.get("payment_request_id") == payment_request_id), None)
    if attempt is None or attempt["status"] != "SUCCEEDED":
        raise _ineligible()
    session = record.session
    ids = {name: attempt[name] for name in ("payment_request_id", "payment_id")}
    amount = Decimal(attempt.get("captured", session["amount"]))
    return Payment(record.id, ids, attempt["channel_code"], session["currency"], amount, attempt["updated"])


def _check_amount(body: JSON, payment: Payment) -> None:
    if body.get("currency", payment.currency) != payment.currency:
        raise bad_request("INVALID_VALUE_ERROR", f"currency must be {payment.currency}")
    if "amount" in body:
        amount, decimals = Decimal(body["amount"]), MARKETS[payment.currency].decimals
        if amount <= 0 or amount != round(amount, decimals):
            raise bad_request("INVALID_VALUE_ERROR", f"amount must be above 0 and have at most {decimals} decimals")


def _ineligible() -> SandboxError:
    return bad_request("INELIGIBLE_TRANSACTION_STATUS", "This payment is not in a state that can be refunded")


def _missing() -> SandboxError:
    return SandboxError(404, "DATA_NOT_FOUND", "There is no such payment or refund")
