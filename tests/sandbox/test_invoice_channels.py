"""The channels of invoices, by the names that the official SDKs' enums have: limited to them, listed, paid."""

from typing import Any

import pytest

from tests.sandbox.conftest import INVOICE, Rig

pytestmark = pytest.mark.anyio
FPX = "PUBLIC AMBANK KFH AGRO AFFIN ALLIANCE MUAMALAT HLB ISLAM RAKYAT CIMB UOB BOC BSN OCBC HSBC SCH MAYB2U RHB"
FPX_BUSINESS = (
    "UOB AGRO ALLIANCE AMBANK ISLAM MUAMALAT HLB HSBC RAKYAT KFH OCBC PUBLIC RHB SCH CITIBANK BNP"
    " DEUTSCHE MAYB2E CIMB AFFIN"
)
# Source: https://docs.xendit.co/docs/payment-links-api-overview and the SDKs' enums.
NAMES = {
    "IDR": (
        "CREDIT_CARD BCA BNI BSI BRI MANDIRI PERMATA SAHABAT_SAMPOERNA BNC BJB CIMB HANA MUAMALAT ALFAMART"
        " INDOMARET OVO DANA SHOPEEPAY LINKAJA JENIUSPAY ASTRAPAY NEXCASH GOPAY DD_BRI DD_MANDIRI"
        " DD_BCA_KLIKPAY KREDIVO AKULAKU UANGME ATOME QRIS"
    ),
    "PHP": (
        "CREDIT_CARD 7ELEVEN CEBUANA DD_BPI DD_UBP DD_RCBC DD_BDO_EPAY DD_CHINABANK DP_MLHUILLIER DP_PALAWAN"
        " DP_ECPAY_LOAN DP_ECPAY_SCHOOL LBC PAYMAYA GRABPAY GCASH SHOPEEPAY BILLEASE CASHALO QRPH"
        " BDO_ONLINE_BANKING UNIONBANK_ONLINE_BANKING"
    ),
    "THB": (
        "CREDIT_CARD PROMPTPAY LINEPAY WECHATPAY TRUEMONEY SHOPEEPAY DD_SCB_MB DD_BBL_MB DD_KTB_MB DD_BAY_MB"
        " DD_KBANK_MB"
    ),
    "VND": ("CREDIT_CARD APPOTA MOMO ZALOPAY VNPTWALLET VIETTELPAY SHOPEEPAY WOORI VIETCAPITAL VPB BIDV PV MSB CAKE"),
    "MYR": ("CREDIT_CARD TOUCHNGO WECHATPAY GRABPAY SHOPEEPAY"),
    "USD": ("CREDIT_CARD"),
}
NAMES["MYR"] += "".join(f" DD_{bank}_FPX" for bank in FPX.split())
NAMES["MYR"] += "".join(f" DD_{bank}_FPX_BUSINESS" for bank in FPX_BUSINESS.split())
KEYS = {
    "available_banks": "bank_code",
    "available_retail_outlets": "retail_outlet_name",
    "available_ewallets": "ewallet_type",
    "available_qr_codes": "qr_code_type",
    "available_direct_debits": "direct_debit_type",
    "available_paylaters": "paylater_type",
}


def listed(invoice: dict[str, Any]) -> list[str]:
    return [entry[key] for name, key in KEYS.items() for entry in invoice[name]]


@pytest.mark.parametrize("currency", NAMES)
async def test_an_invoice_is_limited_to_any_name_and_lists_it_alone(rig: Rig, currency: str) -> None:
    for name in NAMES[currency].split():
        invoice = await rig.create(INVOICE, currency=currency, amount=20_000, payment_methods=[name])
        assert invoice["payment_methods"] == [name]
        assert listed(invoice) == ([] if name == "CREDIT_CARD" else [name])
    everything = await rig.create(INVOICE, currency=currency, payment_methods=NAMES[currency].split())
    assert sorted([*listed(everything), "CREDIT_CARD"]) == sorted(NAMES[currency].split())


@pytest.mark.parametrize("currency", NAMES)
async def test_an_invoice_that_names_none_lists_only_names_of_the_sdks(rig: Rig, currency: str) -> None:
    invoice = await rig.create(INVOICE, currency=currency)
    # The mobile banking of Thailand is in no enum.
    known = {name for name in NAMES[currency].split() if not name.endswith("_MB")}
    assert set(listed(invoice)) <= known
    assert currency == "USD" or listed(invoice)


@pytest.mark.parametrize(
    ("currency", "name", "method"),
    [
        ("IDR", "KREDIVO", "PAYLATER"),
        ("IDR", "BSI", "BANK_TRANSFER"),
        ("PHP", "CEBUANA", "RETAIL_OUTLET"),
        ("PHP", "QR_PH", "QR_CODE"),
        ("PHP", "BPI_DIRECT_DEBIT", "DIRECT_DEBIT"),
        ("THB", "LINEPAY", "EWALLET"),
        ("MYR", "DD_CIMB_FPX", "DIRECT_DEBIT"),
    ],
)
async def test_a_named_channel_pays(rig: Rig, currency: str, name: str, method: str) -> None:
    invoice = await rig.create(INVOICE, currency=currency, amount=20_000, payment_methods=[name])
    page = (await rig.browser.get(invoice["invoice_url"])).text
    assert page.count('name="choice"') == 1 and f'value="{name}"' in page
    step = await rig.settle(invoice, name)
    assert (await rig.browser.get(step.headers["location"])).status_code == 200
    await rig.browser.post(step.headers["location"], data={"decision": "approve"})
    paid = (await rig.api.get(f"/v2/invoices/{invoice['id']}")).json()
    assert (paid["status"], paid["payment_method"], [paid["payment_channel"]]) == ("PAID", method, listed(invoice))


async def test_a_channel_of_another_market_is_refused(rig: Rig) -> None:
    for currency, name in (
        ("IDR", "QRPH"),
        ("PHP", "KREDIVO"),
        ("THB", "DD_CIMB_FPX"),
        ("MYR", "DD_BPI"),
        ("USD", "DANA"),
    ):
        answer = await rig.api.post("/v2/invoices", json=INVOICE | {"currency": currency, "payment_methods": [name]})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "UNAVAILABLE_PAYMENT_METHOD_ERROR")
        assert answer.json()["message"].endswith(f": {name}")
