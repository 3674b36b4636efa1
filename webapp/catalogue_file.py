"""Read ``CATALOGUE``, a TOML file of products. Each mistake is a sentence that begins with its line.

docs/your-shop.md explains the fields.
"""

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from webapp.env import ConfigError
from webapp.pictures import read_picture
from webapp.shop.brand import clean
from webapp.shop.catalog import TEST_ARTICLES
from webapp.shop.currencies import CURRENCIES
from webapp.shop.own_products import MAX_PRICE, own_id, prices_everywhere
from webapp.shop.product import Product

MAX_PRODUCTS = 24
LIMITS = {"name": 60, "origin": 60, "note": 120}
FIELDS = ("id", *LIMITS, "price", "prices", "featured", "sold_out", "picture")


class _Reader:
    """Collects the products and the mistakes of one file."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.lines = path, text.splitlines()
        self.mistakes: list[str] = []
        self.starts = [n for n, line in enumerate(self.lines) if re.match(r"\s*\[\[\s*product\s*\]\]", line)]

    def wrong(self, sentence: str, number: int | None = None, key: str = "") -> None:
        """Note a mistake in a key of the product with this number, or at the top of the file."""
        own = [] if number is None else self.starts[number : number + 2]  # none too, for products in one line
        begin, end = (own[0], [*own, len(self.lines)][1]) if own else (0, len(self.lines))
        found = (n for n in range(begin, end) if key and re.match(rf"\s*\[*{key}\b", self.lines[n]))
        self.mistakes.append(f"{self.path}, line {next(found, begin) + 1}: {sentence}")

    def product(self, number: int, table: dict[str, Any], rates: dict[str, Decimal]) -> Product | None:
        """Return a product; None, with its mistakes noted, if it has some."""
        before = len(self.mistakes)
        for key in table.keys() - set(FIELDS):
            self.wrong(f"{key} is no field of a product; there are {', '.join(FIELDS)}.", number, re.escape(key))
        texts = {key: self.text(number, table, key, most) for key, most in LIMITS.items()}
        for key in ("featured", "sold_out"):
            if not isinstance(table.get(key, False), bool):
                self.wrong(f"{key} is true or false.", number, key)
        given = self.prices(number, table)
        product_id = table.get("id", own_id(texts["name"]))
        if not isinstance(product_id, str) or not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", product_id):
            self.wrong("id is made of small letters, digits and hyphens, 40 at most.", number, "id")
        picture = None
        try:
            if "picture" in table:
                picture = read_picture("picture", self.path.parent / str(table["picture"]))
        except ConfigError as error:
            self.wrong(str(error), number, "picture")
        if len(self.mistakes) > before:
            return None
        return Product(
            product_id,
            texts["name"],
            texts["origin"],
            texts["note"],
            base_price=Decimal(0),
            prices=prices_everywhere(given, rates),
            category="GOODS",
            featured=table.get("featured", False),
            sold_out=table.get("sold_out", False),
            art="goods",
            tone=number % 6,
            picture=picture,
        )

    def text(self, number: int, table: dict[str, Any], key: str, most: int) -> str:
        """Return a text on one line, which only the name must have."""
        value = table.get(key, "")
        text = clean(value) if isinstance(value, str) else ""
        if not isinstance(value, str) or (key == "name" and not text):
            self.wrong(f"{key} is missing, or is no text in quotes.", number, key)
        if len(text) > most:
            self.wrong(f"{key} has {len(text)} characters; at most {most} fit.", number, key)
        return text

    def prices(self, number: int, table: dict[str, Any]) -> dict[str, Decimal]:
        """Return the prices by currency; ``price`` is in US dollars."""
        named = table.get("prices", {})
        if not isinstance(named, dict) or ("price" not in table and not named):
            self.wrong("a price is missing: write price = 4.50, in US dollars, or prices = { … } by currency.", number)
            return {}
        given = {}
        for code, value in (named | ({"USD": table["price"]} if "price" in table else {})).items():
            key = "price" if code == "USD" else "prices"
            digits = 2 if code == "USD" else CURRENCIES[code].digits if code in CURRENCIES else None
            if digits is None:
                self.wrong(f"{code} is no currency of this shop; there are {', '.join(CURRENCIES)}.", number, key)
            elif (amount := _amount(value)) is None:
                self.wrong(f"the price “{str(value)[:40]}” is no number above 0 and up to {MAX_PRICE:,}.", number, key)
            elif amount != round(amount, digits):
                self.wrong(f"the price {amount} has more decimals than {code} has.", number, key)
            else:
                given[code] = amount
        return given

    def rates(self, table: object) -> dict[str, Decimal]:
        """Return the rates of the file: units of a currency for one US dollar."""
        rates = {}
        for code, value in table.items() if isinstance(table, dict) else [("rates", table)]:
            amount = _amount(value)
            if code not in CURRENCIES or amount is None:
                self.wrong(f"a rate is a number for one of {', '.join(CURRENCIES)}: units for one US dollar.", key=code)
            else:
                rates[code] = amount
        return rates


def _amount(value: object) -> Decimal | None:
    """Return a positive number of the file; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount = Decimal(value)
    return amount if amount.is_finite() and 0 < amount <= MAX_PRICE else None


def read_catalogue(path: Path) -> dict[str, Product]:
    """Return the products by id, with the test articles. Raises ConfigError, which holds all mistakes."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text, parse_float=Decimal)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"CATALOGUE: {path} can't be read: {reason.rstrip('.')}.") from None
    reader, tables = _Reader(path, text), document.get("product")
    for key in document.keys() - {"product", "rates"}:
        reader.wrong(f"{key} means nothing here: there are [rates] and [[product]].", key=re.escape(key))
    if not isinstance(tables, list) or not 1 <= len(tables) <= MAX_PRODUCTS:
        count = len(tables) if isinstance(tables, list) else 0
        reader.wrong(f"write from 1 to {MAX_PRODUCTS} products, each below a line [[product]]; here are {count}.")
        tables = []
    rates, products = reader.rates(document.get("rates", {})), dict[str, Product]()
    for number, table in enumerate(tables):
        product = reader.product(number, table, rates) if isinstance(table, dict) else None
        if product and product.id in {*products, *TEST_ARTICLES}:
            reader.wrong(f"the id {product.id} is taken: give this product another.", number)
        elif product:
            products[product.id] = product
    if reader.mistakes:
        raise ConfigError("\n".join(reader.mistakes))
    return products | TEST_ARTICLES
