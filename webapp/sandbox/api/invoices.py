"""The legacy Invoice API: create, get, list, expire. https://docs.xendit.co/docs/payment-links-api-overview"""

from datetime import datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .. import invoices
from ..clock import to_text
from ..codec import ApiResponse
from ..errors import validation_error
from ..ids import new_hex_id
from ..invoice_channels import channels_of, method_name
from ..invoice_search import search
from ..invoices import CALLBACK_URL
from ..links import invoice_view
from ..markets import INVOICE_DEFAULT, MARKETS
from ..merchants import merchant_of
from ..records import InvoiceRecord
from ..settings import SandboxSettings
from ..store import Store
from .invoice_filters import filters_of
from .invoice_schema import INVOICE, check_rules, duration
from .reading import body_of, business_of
from .schema import check_schema

REPEATED = [
    *("description", "payer_email", "items", "fees", "customer", "customer_notification_preference", "metadata"),
    *("success_redirect_url", "failure_redirect_url", "locale", "payment_methods", "should_authenticate_credit_card"),
    *("reminder_time", "reminder_time_unit", "channel_properties"),
]


class InvoicesApi:
    """The four calls of the Invoice API."""

    def __init__(self, store: Store, settings: SandboxSettings) -> None:
        self.store, self.settings = store, settings

    async def create(self, request: Request) -> Response:
        """Handle `POST /v2/invoices`."""
        business_id = business_of(request)
        body = await body_of(request)
        check_schema(body, INVOICE)
        check_rules(body)
        invoice = invoice_of(body, business_id, merchant_of(request, self.settings.merchant_name), self.store.clock())
        record = InvoiceRecord(invoice, client_type=body.get("client_type") or "API_GATEWAY")
        if self.settings.obeys_callback_urls:
            record.callback_url = body.get(CALLBACK_URL) or ""
        await self.store.add_invoice(record)
        return self._answer(record)

    async def get(self, request: Request) -> Response:
        """Handle `GET /v2/invoices/{invoice_id}`."""
        return self._answer(await self._own(request))

    async def find(self, request: Request) -> Response:
        """Handle `GET /v2/invoices`: a list, newest first. A page shorter than its limit is the last one."""
        business_id, wanted = business_of(request), filters_of(request.query_params)
        after = await self.store.get_invoice(wanted.last_invoice) if wanted.last_invoice else None
        if wanted.last_invoice and (after is None or after.business_id != business_id):
            raise validation_error("must be the id of an invoice", "/query/last_invoice")
        found = await search(
            self.store, business_id, wanted.fit, wanted.limit, external_id=wanted.external_id, after=after
        )
        return ApiResponse([invoice_view(self.settings, record) for record in found])

    async def expire(self, request: Request) -> Response:
        """Handle `POST /invoices/{invoice_id}/expire!`."""
        record = await self._own(request)

        def expire(record: InvoiceRecord, now: datetime) -> InvoiceRecord:
            invoices.expire(record, now)
            return record

        return self._answer(await self.store.update_invoice(record.id, expire))

    def _answer(self, record: InvoiceRecord) -> Response:
        return ApiResponse(invoice_view(self.settings, record))

    async def _own(self, request: Request) -> InvoiceRecord:
        """Return the invoice in the address. Raise 404 if there is none, or if it is another business's."""
        business_id = business_of(request)
        record = await self.store.get_invoice(request.path_params["invoice_id"])
        if record is None or record.invoice["user_id"] != business_id:
            raise invoices.missing()
        return record


def invoice_of(body: dict[str, Any], business_id: str, merchant_name: str, now: datetime) -> dict[str, Any]:
    """Return a new, PENDING invoice. `amount` wins over the sum of items and fees."""
    currency = body.get("currency", INVOICE_DEFAULT)
    amount = int(body["amount"]) if MARKETS[currency].whole_invoices else body["amount"]
    invoice = {
        "id": new_hex_id(),
        "external_id": body["external_id"],
        "user_id": business_id,
        "status": "PENDING",
        "merchant_name": merchant_name,
        "merchant_profile_picture_url": "",
        "amount": amount,
        "expiry_date": to_text(now + timedelta(seconds=duration(body))),
        "should_exclude_credit_card": False,
        "should_send_email": body.get("should_send_email", False),
        "created": to_text(now),
        "updated": to_text(now),
        "currency": currency,
    }
    invoice |= available(currency, body.get("payment_methods"), amount, merchant_name)
    return invoice | {name: body[name] for name in REPEATED if body.get(name) is not None}


def available(
    currency: str, wanted: list[str] | None, amount: Any, merchant_name: str
) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of payment methods in an invoice's answer. Cards are in none of them."""
    lists: dict[str, list[dict[str, Any]]] = {
        "available_banks": [],
        "available_retail_outlets": [],
        "available_ewallets": [],
        "available_qr_codes": [],
        "available_direct_debits": [],
        "available_paylaters": [],
    }
    for channel in channels_of(currency, wanted):
        name = method_name(channel)
        match channel.pm_type:
            case "VIRTUAL_ACCOUNT":
                bank = {"bank_code": name, "collection_type": "POOL", "transfer_amount": amount}
                holder = {"bank_branch": "Virtual Account", "account_holder_name": merchant_name.upper()}
                lists["available_banks"].append({**bank, **holder, "identity_amount": 0})
            case "OVER_THE_COUNTER":
                lists["available_retail_outlets"].append({"retail_outlet_name": name})
            case "EWALLET":
                lists["available_ewallets"].append({"ewallet_type": name})
            case "QR_CODE":
                lists["available_qr_codes"].append({"qr_code_type": name})
            case "ONLINE_BANKING":
                lists["available_direct_debits"].append({"direct_debit_type": name})
            case "PAYLATER":
                lists["available_paylaters"].append({"paylater_type": name})
    return lists
