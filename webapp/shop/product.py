"""A product of the shop, and what is particular to coffee."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property


@dataclass(frozen=True)
class Picture:
    """A checked picture file, which ``GET /brand/{fingerprint}/{name}`` answers."""

    name: str
    body: bytes = field(repr=False)
    media_type: str

    @cached_property
    def url(self) -> str:
        """Return its address, which changes with its content."""
        return f"/brand/{hashlib.sha256(self.body).hexdigest()[:12]}/{self.name}"


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
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    """The price by currency, where it does not follow from ``base_price``."""
    category: str = "COFFEE"
    featured: bool = False
    sold_out: bool = False
    coffee: Coffee | None = None
    art: str = "bag"
    """The drawing of what isn't coffee; ``goods`` is a parcel with the first letter of the name."""
    tone: int = 0
    """Which of the six pairs of colours the parcel has."""
    picture: Picture | None = None
    fails_with: str = ""
    """The failure code of a test article: its price makes every test card fail. The shelf has none."""

    @property
    def description(self) -> str:
        """Return where it is from and, for coffee, its weight: ``Aceh, Indonesia, 250 g``; else its name."""
        if not self.origin:
            return self.name
        return f"{self.origin}, {self.coffee.weight}" if self.coffee else self.origin
