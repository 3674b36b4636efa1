"""Amounts as Xendit's browser SDK writes them: `Rp150.000`, `₱499`, `S$21.60`; no trailing .00."""

from decimal import Decimal

SYMBOLS = {
    "IDR": "Rp", "PHP": "₱", "MYR": "RM", "THB": "฿", "VND": "₫", "SGD": "S$", "HKD": "HK$", "MXN": "MXN$",
    "USD": "US$",
}  # fmt: skip
SWAPPED = str.maketrans(",.", ".,")


def amount_text(amount: Decimal | int, currency: str) -> str:
    text = f"{amount:,.2f}".removesuffix(".00")
    if currency in ("IDR", "VND"):
        text = text.translate(SWAPPED)
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{text}{symbol}" if currency == "VND" else f"{symbol}{text}"
