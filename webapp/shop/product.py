"""A product of the shop, and what is particular to coffee."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Coffee:
    """A coffee's pack, its label and how it tastes. Drawings are in ``static/img/sprite.svg``."""

    pack: str
    """The drawing of the pack: bag, tin or pouch."""
    roast: int
    """From 1 (light) to 5 (dark)."""
    motif: str
    """The drawing on the label."""
    taste: str
    """The drawing of what it tastes of."""
    weight: str = "250 g"


@dataclass(frozen=True)
class Product:
    """A product; ``base_price`` is in US dollars."""

    id: str
    name: str
    origin: str
    note: str
    base_price: Decimal
    category: str = "COFFEE"
    featured: bool = False
    sold_out: bool = False
    coffee: Coffee | None = None
    art: str = "bag"
    """The drawing of what isn't coffee."""
    fails_with: str = ""
    """The failure code of a test article: its price makes every test card fail. The shelf has none."""

    @property
    def description(self) -> str:
        """Return where it is from and, for coffee, its weight: ``Aceh, Indonesia, 250 g``."""
        return f"{self.origin}, {self.coffee.weight}" if self.coffee else self.origin
