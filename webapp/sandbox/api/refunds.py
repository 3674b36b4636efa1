"""Refunds: create, get, list. https://docs.xendit.co/apidocs/refund-payment-request"""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .. import refunds
from ..codec import ApiResponse
from ..document_table import UNIQUE
from ..errors import SandboxError, bad_request, key_used, validation_error
from ..markets import MARKETS
from ..object_records import Charge
from ..records import InvoiceRecord
from ..refunds import JSON, Payment
from ..store import Store
from .metadata import check_metadata
from .paging import page
from .reading import body_of, business_of
from .schema import Rule, check_schema
from .session_schema import MAX_NUMBER, text

REASONS = ("FRAUDULENT", "DUPLICATE", "REQUESTED_BY_CUSTOMER", "CANCELLATION", "OTHERS")
FILTERS = ("payment_request_id", "invoice_id", "payment_method_type", "channel_code")
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
        check_metadata(body.get("metadata"), "API_VALIDATION_ERROR", keys=50, value=500)
        if not body.get("payment_request_id") and not body.get("invoice_id"):
            raise validation_error("must have required property 'payment_request_id'", "/body/payment_request_id")
        record = await self._owner(business_id, body)
        key = _key_alias(business_id, request.headers.get("idempotency-key"))
        used = await self.store.sessions.one("find_alias", alias=key) if key else None
        if used and used["object_id"] != record.id:
            raise key_used()

        def refund(record: Any, now: datetime) -> JSON:
            payment = payment_of(record, body.get("payment_request_id"))
            _check_amount(body, payment)
            if known := refunds.find(record.refunds, key, body):
                return known
            made = refunds.create(record.refunds, payment, body, key, now)
            record.aliases += [made["id"], *([key] if key else [])]
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
        business_id, query = business_of(request), dict(request.query_params)
        if not query.get("payment_request_id") and not query.get("invoice_id"):
            raise validation_error("must have property 'payment_request_id' or 'invoice_id'", "/query")
        try:
            found = (await self._owner(business_id, query)).refunds
        except SandboxError as error:
            if error.status != 404:
                raise
            found = []
        chosen = {name: query[name] for name in FILTERS if query.get(name)}
        shown = [refunds.view(refund) for refund in reversed(found) if chosen.items() <= refund.items()]
        return ApiResponse(page(shown, query))

    async def _owner(self, business_id: str, wanted: JSON) -> Charge | InvoiceRecord:
        """Return the session or invoice of the payment. Raise 404 if there is none, or if it is another business's."""
        record: Charge | InvoiceRecord | None
        if wanted.get("payment_request_id"):
            alias = str(wanted["payment_request_id"])
            record = await self.store.find_by_alias(alias) if alias.startswith("pr-") else None
        else:
            record = await self.store.get_invoice(str(wanted.get("invoice_id") or ""))
        if record is None or record.business_id != business_id:
            raise _missing()
        return record


def _key_alias(business_id: str, key: str | None) -> str | None:
    """Return the alias of an idempotency key, which only one payment may have; None without a key."""
    return f"{UNIQUE}refund:{hashlib.sha256(f'{business_id}:{key}'.encode()).hexdigest()}" if key else None


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
