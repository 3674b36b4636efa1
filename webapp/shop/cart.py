"""The cart: product ids and quantities, without prices. The visitor's signed cookie holds it."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from webapp.notices import N_, Refusal
from webapp.orders.options import USUAL, Options
from webapp.orders.order import LineItem, Order
from webapp.orders.status import Flow
from webapp.shop.brand import SELAT, Brand
from webapp.shop.catalog import price_in
from webapp.shop.currencies import Currency
from webapp.shop.fees import fee_line
from webapp.shop.product import Product

MAX_QUANTITY = 99
MINUTE = timedelta(minutes=1)


class CartError(Refusal):
    """A quantity or product that the cart can't hold."""


def parse_quantity(text: str) -> int:
    """Return a whole number from 1 to 99, given in ASCII digits. Raises CartError."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= MAX_QUANTITY:
        raise CartError(N_("A quantity is a whole number from 1 to %(max)s."), max=MAX_QUANTITY)
    return int(text)


@dataclass(frozen=True)
class Cart:
    """The quantities by product id, in the order in which they were added."""

    quantities: Mapping[str, int] = field(default_factory=dict)
    brand: Brand = field(default=SELAT, repr=False)
    """Whose products these are."""

    @classmethod
    def from_cookie(cls, stored: object, brand: Brand = SELAT) -> "Cart":
        """Return the cart in the cookie, without products that are unknown or sold out."""
        wanted = stored.items() if isinstance(stored, dict) else ()
        kept = {
            key: min(int(quantity), MAX_QUANTITY)
            for key, quantity in wanted
            if isinstance(quantity, int) and quantity > 0 and key in brand.products and not brand.products[key].sold_out
        }
        return cls(kept, brand)

    @classmethod
    def from_link(cls, text: str, brand: Brand = SELAT) -> "Cart":
        """Return the cart in a deep link, such as ``gayo:2,toraja:1``.

        Where the shop sells something else than coffee, each coffee stands for one of its products.
        Raises CartError for a product that is unknown, sold out or repeated, and for an invalid quantity.
        """
        cart, named = cls(brand=brand), set[str]()
        for part in text.split(",") if text else ():
            product_id, _, quantity = part.strip().partition(":")
            if product_id in named:
                raise CartError(N_("The cart in this link names a product twice."))
            named.add(product_id)
            cart = cart.add(brand.stand_in(product_id), parse_quantity(quantity or "1"))
        return cart

    def add(self, product_id: str, quantity: int = 1) -> "Cart":
        """Return the cart with more of a product. Raises CartError if it is unknown (404), sold out or above 99."""
        product = self._product(product_id)
        if product.sold_out:
            raise CartError(N_("%(name)s is sold out."), name=product.name)
        wanted = self.quantities.get(product_id, 0) + quantity
        if wanted > MAX_QUANTITY:
            raise CartError(N_("At most %(max)s of %(name)s fit in one order."), max=MAX_QUANTITY, name=product.name)
        return replace(self, quantities={**self.quantities, product_id: wanted})

    def decrease(self, product_id: str) -> "Cart":
        """Return the cart with one fewer of a product. Raises CartError if it is unknown (404)."""
        left = self.quantities.get(self._product(product_id).id, 0) - 1
        return replace(self, quantities={**self.quantities, product_id: left}) if left > 0 else self.remove(product_id)

    def remove(self, product_id: str) -> "Cart":
        """Return the cart without this product. Raises CartError if it is unknown (404)."""
        self._product(product_id)
        return replace(self, quantities={key: n for key, n in self.quantities.items() if key != product_id})

    @property
    def count(self) -> int:
        """Return the number of pieces."""
        return sum(self.quantities.values())

    def lines(self, currency: Currency) -> tuple[LineItem, ...]:
        """Return the products with their prices in a currency."""
        return tuple(
            LineItem(key, product.name, quantity, price_in(currency, product), product.category, product.description)
            for key, quantity in self.quantities.items()
            for product in (self.brand.products[key],)
        )

    def made(self, order: Order) -> bool:
        """Return whether the order is of this cart."""
        return dict(self.quantities) == {line.product_id: line.quantity for line in order.lines if line.type != "FEE"}

    def to_order(
        self,
        *,
        visitor: str,
        checkout_id: str,
        integration: str,
        flow: Flow,
        currency: Currency,
        locale: str,
        customer_id: str | None = None,
        options: Options = USUAL,
    ) -> Order:
        """Return a new order with a random ``reference_id``. Raises CartError for an empty cart, except for SAVE."""
        lines = () if flow is Flow.SAVE else self.lines(currency)
        if not lines and flow is not Flow.SAVE:
            raise CartError(N_("Your cart is empty. Add something first."))
        if options.fee:
            lines = (*lines, fee_line(options.fee, currency))
        now = datetime.now(UTC)
        return Order(
            reference_id=f"selat-{secrets.token_hex(16)}",
            checkout_id=checkout_id,
            visitor=visitor,
            integration=integration,
            flow=flow,
            shop_name=self.brand.name,
            shop_colour=self.brand.colour,
            currency=currency.code,
            country=currency.country,
            locale=options.locale or locale,
            lines=lines,
            amount=sum((line.amount for line in lines), Decimal(0)),
            customer_id=None if options.customer else customer_id,
            options=options,
            created=now,
            updated=now,
            expires_at=now + options.minutes * MINUTE,
        )

    def _product(self, product_id: str) -> Product:
        if product_id not in self.brand.products:
            raise CartError(N_("This shop has no such product."), status=404)
        return self.brand.products[product_id]
