"""The brand that a page wears: the shop's name, colour, logo and products."""

import re
import unicodedata
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cached_property

from webapp.orders.order import SHOP_NAME
from webapp.shop.catalog import PRODUCTS
from webapp.shop.product import Picture, Product

MAX_NAME = 40
HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
RGB = re.compile(r"rgb\( ?(\d{1,3})[ ,]+(\d{1,3})[ ,]+(\d{1,3}) ?\)")
DROPPED = ("Cc", "Cf", "Cs", "Co", "Cn")  # controls, also those that turn the direction of writing
JOINERS = "\u200c\u200d"  # of category Cf, but part of words and of emoji
BLANKS = f" {JOINERS}\u115f\u1160\u3164\uffa0\u2800"  # the last five are letters and signs that show nothing
MAX_MARKS = 2  # on one letter: Thai needs two, and a tower of them covers its neighbours


@dataclass(frozen=True, eq=False)
class Brand:
    """A name, a colour, a logo and products. Two brands are the same if they are one object."""

    name: str = SHOP_NAME
    colour: str = ""
    """Six hexadecimal digits. Empty: the palette of ``static/css/shop.css``."""
    logo: Picture | None = None
    products: Mapping[str, Product] = field(default_factory=lambda: PRODUCTS)
    own: str = ""
    """The link's query, if the visitor made this brand."""
    register_url: str = "https://dashboard.xendit.co/register"  # both at the end of the walkthrough
    contact_url: str = "https://www.xendit.co/"

    @property
    def is_selat(self) -> bool:
        """Return whether nothing is changed."""
        return self.name == SHOP_NAME and not self.colour and not self.logo and self.sells_coffee

    @property
    def summary(self) -> str:
        """Return a sentence for the operator."""
        own = sum(not product.fails_with for product in self.products.values())
        products = "the coffee" if self.sells_coffee else f"{own} products"
        colour, logo = f"#{self.colour}" if self.colour else "the shop's own colour", "a" if self.logo else "no"
        return f"The shop is {self.name}, in {colour}, with {logo} logo, and sells {products}."

    @property
    def sells_coffee(self) -> bool:
        """Return whether the products are those of this repository."""
        return self.products is PRODUCTS

    @cached_property
    def pictures(self) -> dict[str, Picture]:
        """Return the files by their addresses."""
        files = [self.logo, *(product.picture for product in self.products.values())]
        return {each.url: each for each in files if isinstance(each, Picture)}

    def stand_in(self, product_id: str) -> str:
        """Return the product that stands in for a coffee which this shop does not sell; any other id as it is."""
        if product_id in self.products or product_id not in PRODUCTS:
            return product_id
        on_sale = [each.id for each in self.products.values() if not each.sold_out and not each.fails_with]
        return on_sale[list(PRODUCTS).index(product_id) % len(on_sale)] if on_sale else product_id


SELAT = Brand()
_worn: ContextVar[Brand | None] = ContextVar("brand", default=None)


def wear(brand: Brand) -> None:
    """Say which brand the pages of this request wear."""
    _worn.set(brand)


def worn() -> Brand | None:
    """Return the brand of this request; None if nobody has said it."""
    return _worn.get()


def clean(text: str) -> str:
    """Return the text on one line, without controls, and with at most two marks on a letter; "" if it shows nothing.

    Cut a stranger's text first: 64 KB of marks on one letter take two seconds to normalize.
    """
    cleaned = _cleaned(text)
    while cleaned != text:  # without what parted them, letters and marks may join
        text, cleaned = cleaned, _cleaned(cleaned)
    shown = any(char not in BLANKS and unicodedata.category(char) not in ("Mn", "Me") for char in cleaned)
    return cleaned if shown else ""


def _cleaned(text: str) -> str:
    kept, marks = [], 0
    for char in unicodedata.normalize("NFC", " ".join(text.split())):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if marks <= MAX_MARKS and (kind not in DROPPED or char in JOINERS):
            kept.append(char)
    return " ".join("".join(kept).split())


def initial(name: str) -> str:
    """Return the first letter of a name in a capital, or its first emoji, with what belongs to it."""
    rest = name[1:]
    marks = next((n for n, char in enumerate(rest) if unicodedata.category(char) not in ("Mn", "Me", "Mc")), len(rest))
    return name[:1].upper() + rest[:marks]


def read_colour(text: str) -> str | None:
    """Return a colour such as ``#c2410c``, ``c41`` or ``rgb(194, 65, 12)`` as six digits; None if it is none."""
    text = " ".join(text.lower().split())
    if found := HEX.fullmatch(text):
        digits = found[1]
        return digits if len(digits) == 6 else "".join(2 * digit for digit in digits)
    if (found := RGB.fullmatch(text)) and all(int(part) < 256 for part in found.groups()):
        return "".join(f"{int(part):02x}" for part in found.groups())
    return None
