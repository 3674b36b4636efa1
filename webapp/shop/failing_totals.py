"""Totals that make every test card fail. See https://docs.xendit.co/docs/cards-simulate-card-scenarios"""

from decimal import Decimal

_USUAL = {
    "EXPIRED_CARD": "10051",
    "SUSPECTED_FRAUDULENT": "10052",
    "INSUFFICIENT_BALANCE": "10054",
    "STOLEN_CARD": "10055",
    "INVALID_CVV": "10058",
    "DECLINED_BY_ISSUER": "10059",
}
_VIETNAM = {
    "INSUFFICIENT_BALANCE": "405100",
    "EXPIRED_CARD": "405400",
    "SUSPECTED_FRAUDULENT": "405900",
    "DECLINED_BY_ISSUER": "400300",
}
_SMALL = {"INSUFFICIENT_BALANCE": "10.51", "INVALID_CARD": "10.14", "DECLINED_BY_ISSUER": "10.05"}

FAILURE_CODES = (*_USUAL, "INVALID_CARD")


def failing_totals(currency: str) -> dict[str, Decimal]:
    """Return the totals by failure code. In Malaysia and Singapore 10051 would be more than a card may pay."""
    totals = _VIETNAM if currency == "VND" else _SMALL if currency in ("MYR", "SGD") else _USUAL
    return {code: Decimal(total) for code, total in totals.items()}
