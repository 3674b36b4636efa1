"""A brand for one visit: typed on a form or carried by a link, text only, and kept in the visitor's signed cookie.

The link's part about the brand is ``Brand.own``: ``brand=Kopi+Kita&colour=c2410c&goods=…``. Each field may be missing.
``goods`` is a currency, then products with their prices: ``CODE|Flat white;35000|Croissant;28000``. Other choices may
follow, such as ``&cart=gayo:1``, where each coffee stands for one of the products. Prices are the presenter's, for a
demonstration: with live keys no such brand is shown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from webapp.notices import N_, Notice
from webapp.shop.brand import MAX_NAME, Brand, clean, read_colour
from webapp.shop.catalog import TEST_ARTICLES
from webapp.shop.currencies import CURRENCIES, Currency
from webapp.shop.own_products import own_id, prices_everywhere
from webapp.shop.price_list import MAX_PRODUCTS, Priced, read_price_list
from webapp.shop.product import Product

LINK_FIELDS = ("brand", "colour", "goods")
MAX_TYPED = 500  # characters of a name that are looked at
ADDRESS = re.compile(r"://|www\.|@", re.IGNORECASE)


@dataclass(frozen=True)
class OwnBrand:
    """A brand as a visitor typed it: the valid parts, and the mistakes of each field in sentences."""

    name: str = ""
    colour: str = ""
    currency: str = ""
    goods: tuple[Priced, ...] = ()
    mistakes: Mapping[str, list[Notice]] = field(default_factory=dict)

    @property
    def goods_text(self) -> str:
        """Return the products as the form shows them, a line each."""
        return "\n".join(f"{name}; {price}" for name, price in self.goods)

    @property
    def query(self) -> str:
        """Return the query of the link; empty if nothing was typed."""
        goods = "|".join([self.currency, *(f"{name};{price}" for name, price in self.goods)]) if self.goods else ""
        parts = {"brand": self.name, "colour": self.colour, "goods": goods}
        return urlencode({name: value for name, value in parts.items() if value}, safe="|;")


def read_own_brand(fields: Mapping[str, str], currency: Currency) -> OwnBrand:
    """Return what the fields of a link or a form say. Prices are in ``currency`` unless ``goods`` names another."""
    mistakes: dict[str, list[Notice]] = {}
    name, typed = clean(fields.get("brand", "")[:MAX_TYPED]), fields.get("colour", "")
    colour = read_colour(typed) if typed else ""
    if len(name) > MAX_NAME:
        mistakes["brand"] = [Notice(N_("A name has at most %(max)s characters."), {"max": MAX_NAME})]
    elif ADDRESS.search(name):
        mistakes["brand"] = [Notice(N_("A name is no address."))]
    if colour is None:
        mistakes["colour"] = [Notice(N_("That is no colour. Write one such as #c2410c."))]
    goods = fields.get("goods", "")
    code, _, rest = goods.partition("|")
    if code in CURRENCIES:
        currency, goods = CURRENCIES[code], rest
    priced, wrong = read_price_list(goods, currency)
    if wrong:
        mistakes["goods"] = wrong
    return OwnBrand(name, colour or "", currency.code if goods else "", tuple(priced), mistakes)


def own_of(query: str) -> OwnBrand:
    """Return what a link's query says of the brand."""
    return read_own_brand(dict(parse_qsl(query)), next(iter(CURRENCIES.values())))


@lru_cache(maxsize=256)
def brand_of(query: str, base: Brand) -> Brand:
    """Return the brand that a link's query makes of the shop's; the shop's own for one that can't be."""
    own = own_of(query)
    if own.mistakes or not own.query:
        return base
    products = {each.id: each for each in _products(own)} | TEST_ARTICLES if own.goods else base.products
    if own.name in ("", base.name):
        return replace(base, colour=own.colour or base.colour, products=products, own=own.query)
    return replace(base, name=own.name, colour=own.colour, logo=None, products=products, own=own.query)


def _products(own: OwnBrand) -> list[Product]:
    return [
        Product(
            own_id(name, own.currency, price),
            name,
            "",
            "",
            Decimal(0),
            prices_everywhere({own.currency: Decimal(price)}, {}),
            category="GOODS",
            art="goods",
            tone=tone,
        )
        for tone, (name, price) in enumerate(own.goods[:MAX_PRODUCTS])
    ]
