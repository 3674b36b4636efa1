"""The products and their prices. Only this module rounds money."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from webapp.notices import N_
from webapp.shop.currencies import Currency
from webapp.shop.failing_totals import FAILURE_CODES, failing_totals


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
    art: str = "bag"
    motif: str = "wave"
    fails_with: str = ""
    """The failure code of a test article: its price makes every test card fail. The shelf has none."""


PRODUCTS: dict[str, Product] = {
    product.id: product
    for product in (
        Product(
            "gayo",
            "Gayo Highlands",
            N_("Aceh, Indonesia"),
            N_("Cedar, dark chocolate and a long, quiet finish."),
            Decimal(16),
            featured=True,
            motif="volcano",
        ),
        Product(
            "toraja",
            "Toraja Sapan",
            N_("Sulawesi, Indonesia"),
            N_("Black cherry and clove, grown under the clouds."),
            Decimal(18),
            featured=True,
            motif="roof",
        ),
        Product(
            "flores",
            "Flores Bajawa",
            N_("Flores, Indonesia"),
            N_("Toasted hazelnut, brown sugar, a touch of smoke."),
            Decimal(17),
            motif="volcano",
        ),
        Product(
            "benguet",
            "Benguet Arabica",
            N_("Benguet, Philippines"),
            N_("Orange peel and honey from the pine slopes."),
            Decimal(15),
            motif="terrace",
        ),
        Product(
            "johor",
            "Johor Liberica",
            N_("Johor, Malaysia"),
            N_("Jackfruit and dark caramel: the rare third species."),
            Decimal(14),
            motif="leaf",
        ),
        Product(
            "doi-chang",
            "Doi Chang",
            N_("Chiang Rai, Thailand"),
            N_("Milk chocolate, tamarind and mountain air."),
            Decimal(16),
            motif="terrace",
        ),
        Product(
            "da-lat",
            "Da Lat Peaberry",
            N_("Lam Dong, Vietnam"),
            N_("Small round beans, bright as redcurrant."),
            Decimal(13),
            motif="sun",
        ),
        Product(
            "nanyang",
            "Nanyang Kopi Blend",
            N_("Singapore"),
            N_("Roasted with butter and sugar, as the kopitiam does."),
            Decimal(12),
            motif="harbour",
        ),
        Product(
            "yuenyeung",
            "Yuenyeung Blend",
            N_("Hong Kong"),
            N_("Half coffee, half black tea, all afternoon."),
            Decimal(13),
            sold_out=True,
            motif="harbour",
        ),
        Product(
            "chiapas",
            "Chiapas Altura",
            N_("Chiapas, Mexico"),
            N_("Cocoa and panela from across the ocean."),
            Decimal(15),
            motif="sun",
        ),
        Product(
            "dripper",
            "Strait Dripper",
            N_("Hand-thrown ceramic"),
            N_("Pours at the pace of the tide."),
            Decimal(24),
            category="BREWING",
            art="dripper",
        ),
        Product(
            "cup",
            "Kopitiam Cup",
            N_("Enamel"),
            N_("Thick rim, cool handle, ready for years."),
            Decimal(9),
            category="BREWING",
            sold_out=True,
            art="cup",
        ),
    )
}


PRODUCTS |= {
    f"fails-{code.lower()}": Product(f"fails-{code.lower()}", code, N_("Test article"), "", Decimal(1), fails_with=code)
    for code in FAILURE_CODES
}


def price_in(currency: Currency, product: Product) -> Decimal:
    """Return the price of one piece in ``currency``, rounded to its digits. Totals are sums of these."""
    if product.fails_with:
        totals = failing_totals(currency.code)
        return totals.get(product.fails_with, totals["DECLINED_BY_ISSUER"])
    return (product.base_price * currency.rate).quantize(Decimal(1).scaleb(-currency.digits), ROUND_HALF_UP)
