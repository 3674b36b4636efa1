"""Products that are not this repository's: their ids, and their prices in every market."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from webapp.shop.catalog import price_in
from webapp.shop.currencies import CURRENCIES
from webapp.shop.product import Product

MAX_PRICE = 999_999_999


def own_id(*parts: object) -> str:
    """Return an id that tells what it is and changes with each of the parts: ``flat-white-3fa9c1``."""
    plain = unicodedata.normalize("NFKD", str(parts[0])).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:24].strip("-")
    return f"{slug or 'own'}-{hashlib.sha256(repr(parts).encode()).hexdigest()[:6]}"


def prices_everywhere(given: Mapping[str, Decimal], rates: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return a price in every market: as given, else by the rates from the first that is given, one step at least.

    ``given`` may hold ``USD``. ``rates``: units for one US dollar, where they are not the currency's own.
    """
    markets = {code: replace(each, rate=rates.get(code, each.rate)) for code, each in CURRENCIES.items()}
    first, price = next(iter(given.items()))
    in_dollars = price / markets[first].rate if first in markets else price
    product = Product("", "", "", "", in_dollars)
    return {code: given.get(code) or max(price_in(each, product), each.price_step) for code, each in markets.items()}
