"""The payment methods of invoices, by the names that the official SDKs' enums have for them.

An invoice that names none offers the usual channels of its market; the others are offered where it names them.
"""

from collections.abc import Iterable

from .channels import Channel
from .markets import BANK, MARKETS, ONLINE, SHOP, WALLET

LATER = "PAYLATER"
NAMES = {
    **{"CARDS": "CREDIT_CARD", "QR_PH": "QRPH", "BRI_DIRECT_DEBIT": "DD_BRI", "BPI_DIRECT_DEBIT": "DD_BPI"},
    **{"MAYB2U_FPX": "DD_MAYB2U_FPX", "MAYB2E_FPX_BUSINESS": "DD_MAYB2E_FPX_BUSINESS"},
    **{"KBANK_MOBILE_BANKING": "DD_KBANK_MB", "KTB_MOBILE_BANKING": "DD_KTB_MB"},
}
# Usual in sessions, but in no enum of the SDKs, which read such a name as UNKNOWN_ENUM_VALUE.
NO_ENUM = ("KBANK_MOBILE_BANKING", "KTB_MOBILE_BANKING", "AMBANK_VIRTUAL_ACCOUNT")
FPX = (
    "PUBLIC AMBANK KFH AGRO AFFIN ALLIANCE MUAMALAT HLB ISLAM RAKYAT CIMB UOB BOC BSN OCBC HSBC SCH RHB"
    " UOB_B AGRO_B ALLIANCE_B AMBANK_B ISLAM_B MUAMALAT_B HLB_B HSBC_B RAKYAT_B KFH_B OCBC_B PUBLIC_B RHB_B SCH_B"
    " CITIBANK_B BNP_B DEUTSCHE_B CIMB_B AFFIN_B"
)
PH_BANKS = (
    "BDO BPI UNIONBANK BOC CHINABANK INSTAPAY LANDBANK MAYBANK METROBANK PNB PSBANK PESONET RCBC ROBINSONS_BANK"
    " SECURITY_BANK"
)
MORE: dict[str, dict[str, str]] = {
    "IDR": {
        BANK: "BSI BJB SAHABAT_SAMPOERNA CIMB BNC HANA MUAMALAT",
        WALLET: "GOPAY NEXCASH JENIUSPAY",
        ONLINE: "BA_BRI DC_BRI DD_MANDIRI BCA_KLIKPAY BA_BCA_KLIKPAY DC_BCA_KLIKPAY DD_BCA_KLIKPAY",
        LATER: "KREDIVO AKULAKU UANGME ATOME",
    },
    "PHP": {
        SHOP: "CEBUANA DP_ECPAY_LOAN DP_ECPAY_SCHOOL DP_MLHUILLIER DP_PALAWAN",
        ONLINE: "BA_BPI DC_BPI BA_UBP DC_UBP DD_UBP DD_BDO_EPAY DD_RCBC BA_CHINABANK DC_CHINABANK DD_CHINABANK "
        + " ".join(f"{bank}_ONLINE_BANKING" for bank in PH_BANKS.split()),
        LATER: "BILLEASE CASHALO",
    },
    "THB": {WALLET: "LINEPAY WECHATPAY SHOPEEPAY", ONLINE: "DD_SCB_MB DD_BBL_MB DD_BAY_MB"},
    "VND": {BANK: "VIETCAPITAL WOORI PV MSB VPB BIDV CAKE", WALLET: "VIETTELPAY VNPTWALLET"},
    "MYR": {ONLINE: " ".join(f"DD_{bank.replace('_B', '')}_FPX{'_BUSINESS' * ('_B' in bank)}" for bank in FPX.split())},
}


def _channels(kinds: dict[str, str]) -> tuple[Channel, ...]:
    """Return the channels of one row. Their name is their code, and they take any amount."""
    return tuple(
        Channel(name, name.removeprefix("DD_").replace("_", " "), kind, 0, None)
        for kind, names in kinds.items()
        for name in names.split()
    )


NAMED = {currency: _channels(kinds) for currency, kinds in MORE.items()}


def method_name(channel: Channel) -> str:
    """Return the invoice's name of a channel: CREDIT_CARD for cards, BCA for BCA_VIRTUAL_ACCOUNT, QRPH for QR_PH."""
    return NAMES.get(channel.code) or channel.code.removesuffix("_VIRTUAL_ACCOUNT")


def all_channels(currency: str) -> tuple[Channel, ...]:
    """Return all channels that an invoice in this currency may name."""
    return MARKETS[currency].channels + NAMED.get(currency, ())


def channels_of(currency: str, wanted: Iterable[str] | None) -> list[Channel]:
    """Return the channels of an invoice: those that it names, or else the usual ones."""
    names = set(wanted or ())
    if not names:
        return [channel for channel in MARKETS[currency].channels if channel.code not in NO_ENUM]
    return [channel for channel in all_channels(currency) if names & {channel.code, method_name(channel)}]
