"""How each kind of record is read, written, and moved on by the clock."""

from . import invoices, payment_requests, plans, sessions, tokens
from .codec import dumps, loads
from .document_table import RecordKind
from .errors import no_data, not_found
from .object_records import PaymentRequestRecord, PlanRecord, TokenRecord
from .records import InvoiceRecord, SessionRecord


def _read_session(text: str) -> SessionRecord:
    return SessionRecord(**loads(text))


def _write_session(record: SessionRecord) -> str:
    kept = {"session": record.session, "attempts": record.attempts, "customer": record.customer}
    return dumps(kept | {"refunds": record.refunds, "merchant": record.merchant})


def _read_invoice(text: str) -> InvoiceRecord:
    return InvoiceRecord(**loads(text))


def _write_invoice(record: InvoiceRecord) -> str:
    kept = {"invoice": record.invoice, "payments": record.payments, "refunds": record.refunds}
    return dumps(kept | {"client_type": record.client_type, "callback_url": record.callback_url})


def _read_token(text: str) -> TokenRecord:
    return TokenRecord(**loads(text))


def _read_request(text: str) -> PaymentRequestRecord:
    return PaymentRequestRecord(**loads(text))


def _write_request(record: PaymentRequestRecord) -> str:
    return dumps({"payment": record.payment, "refunds": record.refunds})


def _read_plan(text: str) -> PlanRecord:
    return PlanRecord(**loads(text))


def _write_plan(record: PlanRecord) -> str:
    return dumps({"plan": record.plan, "cycles": record.cycles})


SESSION = RecordKind("session", _read_session, _write_session, sessions.advance, sessions.due_at, not_found)
INVOICE = RecordKind("invoice", _read_invoice, _write_invoice, invoices.advance, invoices.due_at, invoices.missing)
TOKEN = RecordKind("object", _read_token, TokenRecord.document, tokens.advance, tokens.due_at, no_data)
REQUEST = RecordKind(
    "object", _read_request, _write_request, payment_requests.advance, payment_requests.due_at, no_data
)
PLAN = RecordKind("object", _read_plan, _write_plan, plans.advance, plans.due_at, no_data, plans.tokens_of)
