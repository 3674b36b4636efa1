"""Call the sandbox with the official xendit-python, whose package need not be in the environment of the tests.

Usage: python with_python.py http://localhost:PORT. It prints what an assertion found wrong.
"""

import json
import sys
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import xendit
from xendit.apis import BalanceApi, CustomerApi, InvoiceApi, RefundApi
from xendit.customer.model.customer_request import CustomerRequest
from xendit.customer.model.individual_detail import IndividualDetail
from xendit.exceptions import XenditSdkException
from xendit.invoice.model.create_invoice_request import CreateInvoiceRequest
from xendit.invoice.model.invoice_client_type import InvoiceClientType
from xendit.invoice.model.invoice_status import InvoiceStatus
from xendit.refund.model.create_refund import CreateRefund

URL = sys.argv[1]
CURRENCIES = ("IDR", "PHP", "THB", "VND", "MYR", "USD")
client = xendit.ApiClient(xendit.Configuration(host=URL, api_key="xnd_development_python_sdk"))
invoices, customers, refunds = InvoiceApi(client), CustomerApi(client), RefundApi(client)


def control(action: str, object_id: str, **body: Any) -> Any:
    request = urllib.request.Request(f"{URL}/_sandbox/{action}/{object_id}", json.dumps(body).encode(), method="POST")
    return json.load(urllib.request.urlopen(request))


def create(external_id: str, currency: str = "IDR", **more: Any) -> Any:
    amount = 20_000.0 if currency in ("IDR", "VND") else 100.0
    terms = {"external_id": external_id, "amount": amount, "currency": currency, "description": "Two bags"}
    return known(invoices.create_invoice(CreateInvoiceRequest(**terms | more)))


def known(answer: Any) -> Any:
    assert "UNKNOWN_ENUM_VALUE" not in str(answer), answer
    return answer


def names(found: list[Any]) -> list[str]:
    return [invoice.external_id for invoice in known(found)]


def call(path: str, method: str = "GET", body: Any = None) -> Any:
    """Call what the SDK has no class for, by its own client."""
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    answer = client.call_api(path, method, header_params=headers, body=body, _preload_content=False)
    return json.loads((answer[0] if isinstance(answer, tuple) else answer).data)


# The README's first call
assert BalanceApi(client).get_balance("CASH").balance > 0

# Invoices: every currency, the names of channels, and every filter of the list
for currency in CURRENCIES:
    invoice = create(f"all-{currency}", currency)
    control("pay", invoice.id)
    assert str(known(invoices.get_invoice_by_id(invoice.id)).status) == "PAID"
banks = [str(bank.bank_code) for bank in create("banks").available_banks]
debits = [str(debit.direct_debit_type) for debit in create("debits", "MYR").available_direct_debits]
codes = [str(code.qr_code_type) for code in create("codes", "PHP").available_qr_codes]
assert "BCA" in banks and "DD_MAYB2U_FPX" in debits and codes == ["QRPH"], (banks, debits, codes)
limited = create("limited", "PHP", payment_methods=["DD_BPI", "BILLEASE", "CEBUANA"])
assert [str(debit.direct_debit_type) for debit in limited.available_direct_debits] == ["DD_BPI"]
assert [str(paylater.paylater_type) for paylater in limited.available_paylaters] == ["BILLEASE"]

made = {name: create(name) for name in ("first", "second", "third", "fourth")}
control("pay", made["second"].id, channel="DANA")
assert str(known(invoices.expire_invoice(made["third"].id)).status) == "EXPIRED"
PAID, EXPIRED = InvoiceStatus("PAID"), InvoiceStatus("EXPIRED")
now, hour = datetime.now(UTC), timedelta(hours=1)
for query, expected in (
    ({"external_id": "first"}, ["first"]),
    ({"statuses": [EXPIRED]}, ["third"]),
    ({"statuses": [PAID, EXPIRED], "limit": 2.0}, ["third", "second"]),
    ({"limit": 2}, ["fourth", "third"]),
    ({"payment_channels": ["DANA"]}, ["second"]),
    ({"client_types": [InvoiceClientType("DASHBOARD")]}, []),
    ({"client_types": [InvoiceClientType("API_GATEWAY")], "limit": 1}, ["fourth"]),
    ({"created_after": now + hour}, []),
    ({"created_after": now - hour, "created_before": now + hour, "limit": 1}, ["fourth"]),
    ({"paid_after": now - hour, "paid_before": now + hour, "limit": 1}, ["second"]),
    ({"expired_before": now + hour}, []),
    ({"expired_after": now + hour, "limit": 1}, ["fourth"]),
    ({"on_demand_link": "someone"}, []),
    ({"recurring_payment_id": "another"}, []),
    ({"last_invoice": made["second"].id, "limit": 1}, ["first"]),
):
    assert names(invoices.get_invoices(**query)) == expected, query

seen: list[str] = []
while page := known(invoices.get_invoices(limit=3, **({"last_invoice": seen[-1]} if seen else {}))):
    seen += [invoice.id for invoice in page]
assert len(seen) == len(set(seen)) == len(CURRENCIES) + 4 + len(made), seen

# Customers
person = IndividualDetail(given_names="Ada", surname="Lovelace")
request = CustomerRequest(reference_id="python-1", type="INDIVIDUAL", individual_detail=person, email="ada@example.com")
customer = known(customers.create_customer(customer_request=request))
assert known(customers.get_customer(customer.id)).individual_detail.given_names == "Ada"
assert customers.get_customer_by_reference_id("python-1").data[0].id == customer.id

# A saved payment method and a payment with it, which only the SDK's bare client can call; then a refund
session = call(
    "/sessions",
    "POST",
    {
        "reference_id": "python-1",
        "session_type": "SAVE",
        "mode": "PAYMENT_LINK",
        "currency": "IDR",
        "country": "ID",
        "amount": 0,
        "customer_id": customer.id,
    },
)
token = call(f"/v3/payment_tokens/{control('pay', session['payment_session_id'])['payment_token_id']}")
assert token["status"] == "ACTIVE"
terms = {"reference_id": "python-2", "type": "PAY", "country": "ID", "currency": "IDR", "request_amount": 20_000}
terms |= {"payment_token_id": token["payment_token_id"], "channel_properties": {"skip_three_ds": True}}
payment = call("/v3/payment_requests", "POST", terms)
assert call(f"/v3/payment_requests/{payment['payment_request_id']}")["status"] == "SUCCEEDED"

refund = known(
    refunds.create_refund(
        create_refund=CreateRefund(
            payment_request_id=payment["payment_request_id"], reason="REQUESTED_BY_CUSTOMER", amount=5_000.0
        )
    )
)
assert known(refunds.get_refund(refund.id)).amount == 5_000
listed = known(refunds.get_all_refunds(payment_request_id=payment["payment_request_id"]))
assert [each.id for each in listed.data] == [refund.id]

# What is not there, and what is not imitated
for path, status, code in (
    ("/v2/invoices/nobody", 404, "INVOICE_NOT_FOUND_ERROR"),
    ("/transactions", 501, "NOT_IMITATED"),
):
    try:
        call(path)
    except XenditSdkException as error:
        assert (int(error.status), error.errorCode) == (status, code), error
    else:
        raise AssertionError(path)
