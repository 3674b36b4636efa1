"""The outcomes of test cards. Numbers as in Xendit's test mode, and three of our own for other cases.

https://docs.xendit.co/docs/cards-simulate-card-scenarios
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from .errors import bad_request

Verdict = Literal["approve", "challenge", "decline", "slow", "refuse"]

CHALLENGED = {
    "4000000000001091",
    "5200000000001096",
    "340000000002534",
    "3337000000000008",
    "4440000009900010",
    "5123450000000008",
    "1889800000000171",
}
# Thai test cards: a challenge from THB 20 up.
CHALLENGED_FROM_20 = {"4200350000000801", "5413530000000501"}
DECLINED = {"4000000000002503", "5200000000002151"}
# Ours: paid some seconds later; refused before there is a payment; issued abroad, so the gateway asks for an address.
SLOW = "4000000000003063"
REFUSED = "4000000000009995"
FOREIGN = "4242424242424242"
HOLDER = ("cardholder_first_name", "cardholder_last_name", "cardholder_email", "cardholder_phone_number")

# Amounts that decline any card. Vietnam has its own set, because a dong is small.
MAGIC_AMOUNTS = {
    "10051": "EXPIRED_CARD",
    "10052": "SUSPECTED_FRAUDULENT",
    "10053": "DECLINED_BY_PROCESSOR",
    "10054": "INSUFFICIENT_BALANCE",
    "10055": "STOLEN_CARD",
    "10056": "INACTIVE_OR_UNAUTHORIZED_CARD",
    "10057": "PROCESSOR_ERROR",
    "10058": "INVALID_CVV",
    "10059": "DECLINED_BY_ISSUER",
    "10.05": "DECLINED_BY_ISSUER",
    "10.14": "INVALID_CARD",
    "10.3": "PROCESSOR_ERROR",
    "10.51": "INSUFFICIENT_BALANCE",
    "10.65": "DECLINED_BY_ISSUER",
}
MAGIC_AMOUNTS_VND = {
    "405400": "EXPIRED_CARD",
    "405900": "SUSPECTED_FRAUDULENT",
    "405100": "INSUFFICIENT_BALANCE",
    "400700": "STOLEN_CARD",
    "405500": "INACTIVE_OR_UNAUTHORIZED_CARD",
    "402500": "PROCESSOR_ERROR",
    "403900": "INVALID_CVV",
    "400300": "DECLINED_BY_ISSUER",
}


@dataclass(frozen=True)
class CardOutcome:
    """The outcome of a card payment. `failure_code` is its failure; for a challenge, the failure after approval."""

    verdict: Verdict
    failure_code: str | None = None


def outcome(number: str, amount: Decimal | float, currency: str) -> CardOutcome:
    """Return the outcome of a payment of `amount` by this card."""
    failure_code = declined_amount(amount, currency)
    if number == REFUSED:
        return CardOutcome("refuse")
    if number in CHALLENGED or (number in CHALLENGED_FROM_20 and amount >= 20):
        return CardOutcome("challenge", failure_code)
    if failure_code or number in DECLINED:
        return CardOutcome("decline", failure_code or "CARD_DECLINED")
    return CardOutcome("slow" if number == SLOW else "approve")


def declined_amount(amount: Decimal | float, currency: str) -> str | None:
    """Return the failure of an amount that declines on purpose, or None."""
    magic = MAGIC_AMOUNTS_VND if currency == "VND" else MAGIC_AMOUNTS
    return magic.get(f"{Decimal(str(amount)).normalize():f}")


def test_number(masked_number: str) -> str:
    """Return the test card behind a masked number; any other card behaves as its masked number would."""
    special = (*CHALLENGED, *CHALLENGED_FROM_20, *DECLINED, SLOW, REFUSED, FOREIGN)
    return next((number for number in special if masked(number) == masked_number), masked_number)


def brand(number: str) -> str | None:
    """Return the network of a number or of its first digits, or None."""
    if number.startswith("4"):
        return "VISA"
    if number[:2] in ("34", "37"):
        return "AMEX"
    if number[:2] in ("51", "52", "53", "54", "55") or "2221" <= number[:4] <= "2720":
        return "MASTERCARD"
    if number.startswith("1889"):
        return "BCA"
    return "JCB" if "3528" <= number[:4] <= "3589" or number.startswith("3337") else None


def masked(number: str) -> str:
    """Return the number as Xendit shows it: the first six and the last four digits."""
    return f"{number[:6]}{'X' * (len(number) - 10)}{number[-4:]}"


def expiry(month: str, year: str, now: datetime) -> tuple[str, str]:
    """Return month and year of a card's end; four years ahead for none. Raise CARD_EXPIRED for a time that is over."""
    if not re.fullmatch(r"(0[1-9]|1[0-2]) 2[0-9]{3}", f"{month} {year}"):
        return "12", str(now.year + 4)
    if f"{year}-{month}" < f"{now:%Y-%m}":
        raise bad_request("CARD_EXPIRED", "The card has expired")
    return month, year


def details(number: str, expiry: tuple[str, str], holder: dict[str, Any], country: str) -> dict[str, Any]:
    """Return a card as Xendit's answers describe it, without its number."""
    return {
        "masked_card_number": masked(number),
        "expiry_month": expiry[0],
        "expiry_year": expiry[1],
        "type": "CREDIT",
        "network": brand(number) or "VISA",
        "issuer": "SANDBOX BANK",
        "country": "US" if is_foreign(number) else country,
        "fingerprint": hashlib.sha256(f"fingerprint:{masked(number)}".encode()).hexdigest()[:24],
        **{name: holder.get(name) for name in HOLDER},
    }


def is_foreign(number: str) -> bool:
    """Return whether the card was issued abroad: the gateway then asks for a billing address."""
    return number == FOREIGN


def is_valid(number: str) -> bool:
    """Return whether length and check digit (Luhn) are right."""
    digits = [int(sign) for sign in reversed(number) if sign in "0123456789"]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return 12 <= len(digits) == len(number) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
