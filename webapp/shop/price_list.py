"""Read a list of products with prices, as people type it or paste it from a sheet: ``Flat white; Rp35.000``."""

import re
from decimal import Decimal

from webapp.notices import N_, Notice
from webapp.shop.brand import clean
from webapp.shop.currencies import CURRENCIES, Currency
from webapp.shop.own_products import MAX_PRICE

MAX_PRODUCTS = 6
MAX_NAME = 60
MAX_LINE = 200
SHOWN = 30  # of a wrong line
Priced = tuple[str, str]
"""A name and a price in digits, with a point before decimals."""

MONEY = "|".join(
    sorted({re.escape(word) for each in CURRENCIES.values() for word in (each.code, each.symbol)} | {r"\$"})
)
NUMBER = r"[\d.,]*\d"
PRICE = re.compile(rf"(?:(?:{MONEY})\.?)?\s*({NUMBER})\s*(?:{MONEY})?", re.IGNORECASE)
# Without a semicolon or a tab: after a comma, colon or dash, before or after a currency, or as a number that is long.
LINE = re.compile(
    rf"(?P<name>.+?)(?:\s*[,:=–—-]\s+|\s+)(?P<price>(?<=[,:=–—-]\s){NUMBER}|(?:{MONEY})\.?\s*{NUMBER}|{NUMBER}\s*(?:{MONEY})"
    rf"|(?=\S*[.,]|\d{{3}}){NUMBER})",
    re.IGNORECASE,
)


def read_price_list(text: str, currency: Currency) -> tuple[list[Priced], list[Notice]]:
    """Return the products of a list, a line each (``|`` ends one too), and a sentence for each line that can't be."""
    lines = [line.strip() for line in re.split(r"[\n|]", text) if line.strip()]
    if len(lines) > MAX_PRODUCTS:
        count = {"max": MAX_PRODUCTS, "count": len(lines)}
        return [], [Notice(N_("At most %(max)s products fit; this list has %(count)s lines."), count)]
    products: list[Priced] = []
    mistakes = []
    for number, line in enumerate(lines, start=1):
        name, price = _parts(line) if len(line) <= MAX_LINE else (line, "")
        amount = _amount(price, currency)
        values = {"line": number, "text": clean((price or line)[:MAX_LINE])[:SHOWN], "max": MAX_NAME}
        values["example"] = f"{35 * currency.price_step:f}"
        if not name:
            mistakes.append(Notice(N_("Line %(line)s: write a name, a semicolon and a price."), values))
        elif len(name) > MAX_NAME:
            mistakes.append(Notice(N_("Line %(line)s: a name has at most %(max)s characters."), values))
        elif amount is None:
            rule = N_("Line %(line)s: “%(text)s” is no price. Write one above 0, such as %(example)s.")
            mistakes.append(Notice(rule, values))
        elif name in (known for known, _ in products):
            mistakes.append(Notice(N_("Line %(line)s: this name is there already."), values))
        else:
            products.append((name, f"{amount:f}"))
    return products, mistakes


def _parts(line: str) -> tuple[str, str]:
    """Return the name and the price of a line, either of which may be empty."""
    if found := re.search(r"[;\t](?=[^;\t]*$)", line):
        return clean(re.sub(r"[;\t]", " ", line[: found.start()])), line[found.end() :].strip()
    if match := LINE.fullmatch(line):
        return clean(match["name"]), match["price"]
    return "", ""


def _amount(text: str, currency: Currency) -> Decimal | None:
    """Return a price above 0, with either kind of separators; None for anything else."""
    match = PRICE.fullmatch(text)
    if match is None or not match[1].isascii():
        return None
    whole, last, rest = match[1].rpartition(max(".", ",", key=match[1].rfind))
    if not last or len(rest) == 3:  # a separator of thousands
        whole, rest = match[1], ""
    amount = Decimal(f"{re.sub('[.,]', '', whole) or 0}.{rest or 0}")
    amount = amount if rest else Decimal(int(amount))
    return amount if len(rest) <= currency.digits and 0 < amount <= MAX_PRICE else None
