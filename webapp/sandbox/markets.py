"""The market table: one row for each currency, from which all rules, amounts and channels are read.

Codes and limits are those of Xendit's channel pages. A channel with a `flow` is one that the SDK lets through.
HKD and MXN are here because the official demo store offers them; no published schema has them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from .channels import Channel, cards

QR, WALLET, ONLINE, BANK, SHOP = "QR_CODE", "EWALLET", "ONLINE_BANKING", "VIRTUAL_ACCOUNT", "OVER_THE_COUNTER"
INVOICE_DEFAULT = "IDR"  # the currency of an invoice that names none


@dataclass(frozen=True)
class Market:
    """One currency. `country` is None for a currency that has no market of its own.

    `hours`: its clock's, from UTC. `decimals`: the most that an amount may have. `price`: how an amount is written;
    `separators`: of thousands and of decimals. `invoices`: the Invoice API takes the currency;
    `whole_invoices`: it cuts decimals off.
    """

    currency: str
    country: str | None
    price: str
    channels: tuple[Channel, ...]
    hours: int = 0
    decimals: int = 2
    separators: str = ",."
    invoices: bool = False
    whole_invoices: bool = False

    @property
    def embedded(self) -> list[Channel]:
        """Return the channels that Components offers; hosted pages offer all."""
        return [channel for channel in self.channels if channel.flow]

    def find(self, code: str) -> Channel | None:
        """Return the channel of this code, or None."""
        return next((channel for channel in self.channels if channel.code == code), None)

    def format(self, amount: Decimal | int) -> str:
        """Return the amount as Xendit's SDK writes it: `Rp150.000`, `S$21.60`, and no trailing .00."""
        text = f"{amount:,.2f}".removesuffix(".00")
        return self.price.format(text.translate(str.maketrans(",.", self.separators)))


def _by_currency(rows: Iterable[Market]) -> dict[str, Market]:
    return {market.currency: market for market in rows}


# fmt: off
MARKETS = _by_currency([
    Market("IDR", "ID", "Rp{}", hours=7, decimals=0, separators=".,", invoices=True, whole_invoices=True, channels=(
        cards(5_000, 200_000_000),
        Channel("QRIS", "QRIS", QR, 1, 10_000_000, flow="qr", colour="#B3202A"),
        Channel("DANA", "DANA", WALLET, 100, 20_000_000, saves=True, flow="redirect", colour="#1277C9", app=True),
        Channel("OVO", "OVO", WALLET, 100, 20_000_000, saves=True, flow="push", colour="#4B2A86"),
        Channel(
            "SHOPEEPAY", "ShopeePay", WALLET, 1, 20_000_000, saves=True, flow="redirect", colour="#D8472B", app=True,
        ),
        Channel("BCA_VIRTUAL_ACCOUNT", "BCA", BANK, 10_000, 50_000_000),
        Channel("BNI_VIRTUAL_ACCOUNT", "BNI", BANK, 1, 50_000_000_000),
        Channel("BRI_VIRTUAL_ACCOUNT", "BRI", BANK, 1, 50_000_000_000),
        Channel("MANDIRI_VIRTUAL_ACCOUNT", "Mandiri", BANK, 1, 50_000_000_000),
        Channel("PERMATA_VIRTUAL_ACCOUNT", "Permata", BANK, 1, 9_999_999_999),
        Channel("ALFAMART", "Alfamart", SHOP, 10_000, 5_000_000),
        Channel("INDOMARET", "Indomaret", SHOP, 10_000, 5_000_000),
        Channel("ASTRAPAY", "AstraPay", WALLET, 100, 20_000_000),
        Channel("LINKAJA", "LinkAja", WALLET, 100, 10_000_000),
        Channel("BRI_DIRECT_DEBIT", "BRI direct debit", ONLINE, 1, 999_999, saves=True),
    )),
    Market("PHP", "PH", "₱{}", hours=8, invoices=True, channels=(
        cards(1),
        Channel("QR_PH", "QR Ph", QR, 1, 50_000, flow="qr", colour="#1F4FA3"),
        Channel("GCASH", "GCash", WALLET, 1, 100_000, flow="redirect", colour="#1463DE", app=True),
        Channel("PAYMAYA", "Maya", WALLET, 1, 100_000, saves=True, flow="redirect", colour="#137A4B"),
        Channel("GRABPAY", "GrabPay", WALLET, 1, 100_000, saves=True),
        Channel("SHOPEEPAY", "ShopeePay", WALLET, 1, 100_000, saves=True),
        Channel("BPI_DIRECT_DEBIT", "BPI direct debit", ONLINE, Decimal("0.01"), 500_000, saves=True, colour="#A0142D"),
        Channel("7ELEVEN", "7-Eleven", SHOP, 50, 50_000),
        Channel("LBC", "LBC", SHOP, 50, 200_000),
    )),
    Market("THB", "TH", "฿{}", hours=7, invoices=True, channels=(
        cards(1, 700_000),
        Channel("PROMPTPAY", "PromptPay", QR, 1, 700_000, flow="qr", colour="#123A6B"),
        Channel("TRUEMONEY", "TrueMoney", WALLET, 1, 100_000, flow="redirect", colour="#C4531B", app=True),
        Channel("KBANK_MOBILE_BANKING", "KBank mobile banking", ONLINE, 20, 700_000),
        Channel("KTB_MOBILE_BANKING", "Krungthai mobile banking", ONLINE, 20, 700_000),
    )),
    Market("SGD", "SG", "S${}", hours=8, channels=(
        cards(1, 1_000),
        Channel("SGQR", "PayNow", QR, Decimal("0.01"), 200_000, flow="qr", colour="#7A1F6B"),
    )),
    Market("MYR", "MY", "RM{}", hours=8, invoices=True, channels=(
        cards(1, 5_000),
        Channel("TOUCHNGO", "Touch 'n Go", WALLET, 1, 25_000, saves=True, flow="redirect", colour="#1B56A8", app=True),
        Channel("MAYB2U_FPX", "Maybank2U", ONLINE, 1, 30_000, saves=True, flow="redirect", colour="#8A6A00"),
        Channel(
            "MAYB2E_FPX_BUSINESS", "Maybank2E (business)", ONLINE, 1, 1_000_000, saves=True, flow="approval",
            colour="#5F4A00",
        ),
        Channel("GRABPAY", "GrabPay", WALLET, 1, 1_500, saves=True),
        Channel("SHOPEEPAY", "ShopeePay", WALLET, 1, 30_000, saves=True),
        Channel("WECHATPAY", "WeChat Pay", WALLET, Decimal("0.1"), 25_000),
        Channel("AMBANK_VIRTUAL_ACCOUNT", "AmBank", BANK, 1, 10_000_000),
    )),
    Market("VND", "VN", "{}₫", hours=7, decimals=0, separators=".,", invoices=True, channels=(
        cards(1_000),
        Channel("MOMO", "MoMo", WALLET, 1_000, 50_000_000, flow="redirect", colour="#A1226B", app=True),
        Channel("ZALOPAY", "ZaloPay", WALLET, 1_000, 50_000_000, flow="redirect", colour="#1668C4", app=True),
        Channel("APPOTA", "Appota", WALLET, 1_000, 500_000_000),
        Channel("SHOPEEPAY", "ShopeePay", WALLET, 1_000, 500_000_000),
    )),
    Market("HKD", "HK", "HK${}", hours=8, channels=(cards(1),)),
    Market("MXN", "MX", "MXN${}", hours=-6, channels=(cards(1),)),
    Market("USD", None, "US${}", invoices=True, channels=(cards(1, 1_000),)),
])
# fmt: on
