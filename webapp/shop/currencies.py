"""The markets. CONTRIBUTING.md lists the steps to add one."""

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Currency:
    """A market that Xendit serves: one currency, one country, one dashboard account, one API key."""

    code: str
    """ISO 4217, as Xendit's ``currency``."""
    country: str
    """ISO 3166-1 alpha-2, as Xendit's ``country``."""
    country_name: str
    symbol: str
    rate: Decimal
    """Units of this currency for one US dollar, chosen for round prices."""
    price_step: Decimal
    """Prices are multiples of this, as a shop there prints them: HK$128, MXN$290."""
    clock: tuple[str, int]
    """The name of its time and the hours from UTC. None of these markets has daylight saving time."""
    digits: int = 2
    """The number of decimals of an amount, such as a refund."""
    separators: str = ",."
    """The separators of thousands and of decimals."""
    symbol_last: bool = False
    invoices: bool = True
    """True if the Invoice API accepts it (xendit-python 7.0.0: IDR, PHP, MYR, THB, VND, USD)."""

    def format(self, amount: Decimal) -> str:
        """Return an amount as Xendit's browser SDK writes it: ``Rp150.000``, ``RM10.50``, without a trailing .00."""
        text = f"{amount:,.2f}".removesuffix(".00").translate(str.maketrans(",.", self.separators))
        return f"{text}{self.symbol}" if self.symbol_last else f"{self.symbol}{text}"


CURRENCIES: dict[str, Currency] = {
    currency.code: currency
    for currency in (
        Currency(
            "IDR", "ID", "Indonesia", "Rp", Decimal(15_000), Decimal(1_000), ("WIB", 7), digits=0, separators=".,"
        ),
        Currency("PHP", "PH", "Philippines", "₱", Decimal(55), Decimal(10), ("PHT", 8)),
        Currency("MYR", "MY", "Malaysia", "RM", Decimal("4.5"), Decimal(1), ("MYT", 8)),
        Currency("THB", "TH", "Thailand", "฿", Decimal(35), Decimal(10), ("ICT", 7)),
        Currency(
            "VND",
            "VN",
            "Vietnam",
            "₫",
            Decimal(25_000),
            Decimal(1_000),
            ("ICT", 7),
            digits=0,
            separators=".,",
            symbol_last=True,
        ),
        Currency("SGD", "SG", "Singapore", "S$", Decimal("1.35"), Decimal(1), ("SGT", 8), invoices=False),
        Currency("HKD", "HK", "Hong Kong", "HK$", Decimal(8), Decimal(1), ("HKT", 8), invoices=False),
        Currency("MXN", "MX", "Mexico", "MXN$", Decimal(18), Decimal(10), ("CST", -6), invoices=False),
    )
}


def open_markets(codes: Container[str]) -> list[Currency]:
    """Return the markets of these currency codes, in the order of the table."""
    return [currency for code, currency in CURRENCIES.items() if code in codes]
