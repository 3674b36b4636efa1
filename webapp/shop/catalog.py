"""The products and their prices. Only this module rounds money."""

from decimal import ROUND_HALF_UP, Decimal

from webapp.notices import N_
from webapp.shop.currencies import Currency
from webapp.shop.failing_totals import FAILURE_CODES, failing_totals
from webapp.shop.product import Coffee, Product

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
            coffee=Coffee("bag", 4, "volcano", "chocolate"),
        ),
        Product(
            "toraja",
            "Toraja Sapan",
            N_("Sulawesi, Indonesia"),
            N_("Black cherry and clove, grown under the clouds."),
            Decimal(18),
            featured=True,
            coffee=Coffee("tin", 3, "roof", "cherry", "200 g"),
        ),
        Product(
            "flores",
            "Flores Bajawa",
            N_("Flores, Indonesia"),
            N_("Toasted hazelnut, brown sugar, a touch of smoke."),
            Decimal(17),
            coffee=Coffee("bag", 4, "lakes", "hazelnut"),
        ),
        Product(
            "benguet",
            "Benguet Arabica",
            N_("Benguet, Philippines"),
            N_("Orange peel and honey from the pine slopes."),
            Decimal(15),
            coffee=Coffee("pouch", 2, "terrace", "orange", "120 g"),
        ),
        Product(
            "johor",
            "Johor Liberica",
            N_("Johor, Malaysia"),
            N_("Jackfruit and dark caramel: the rare third species."),
            Decimal(14),
            coffee=Coffee("tin", 5, "leaf", "jackfruit", "200 g"),
        ),
        Product(
            "doi-chang",
            "Doi Chang",
            N_("Chiang Rai, Thailand"),
            N_("Milk chocolate, tamarind and mountain air."),
            Decimal(16),
            coffee=Coffee("bag", 3, "elephant", "tamarind"),
        ),
        Product(
            "da-lat",
            "Da Lat Peaberry",
            N_("Lam Dong, Vietnam"),
            N_("Small round beans, bright as redcurrant."),
            Decimal(13),
            coffee=Coffee("pouch", 1, "pine", "redcurrant", "120 g"),
        ),
        Product(
            "nanyang",
            "Nanyang Kopi Blend",
            N_("Singapore"),
            N_("Roasted with butter and sugar, as the kopitiam does."),
            Decimal(12),
            coffee=Coffee("tin", 5, "harbour", "butter", "200 g"),
        ),
        Product(
            "yuenyeung",
            "Yuenyeung Blend",
            N_("Hong Kong"),
            N_("Half coffee, half black tea, all afternoon."),
            Decimal(13),
            sold_out=True,
            coffee=Coffee("pouch", 4, "duck", "tea", "120 g"),
        ),
        Product(
            "chiapas",
            "Chiapas Altura",
            N_("Chiapas, Mexico"),
            N_("Cocoa and panela from across the ocean."),
            Decimal(15),
            coffee=Coffee("bag", 3, "sun", "cacao"),
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


TEST_ARTICLES: dict[str, Product] = {
    f"fails-{code.lower()}": Product(f"fails-{code.lower()}", code, N_("Test article"), "", Decimal(1), fails_with=code)
    for code in FAILURE_CODES
}
PRODUCTS |= TEST_ARTICLES


def price_in(currency: Currency, product: Product) -> Decimal:
    """Return the price of one piece in ``currency``, rounded to its ``price_step``. Totals are sums of these."""
    if product.fails_with:
        totals = failing_totals(currency.code)
        return totals.get(product.fails_with, totals["DECLINED_BY_ISSUER"])
    if currency.code in product.prices:
        return product.prices[currency.code]
    steps = product.base_price * currency.rate / currency.price_step
    return steps.quantize(Decimal(1), ROUND_HALF_UP) * currency.price_step
