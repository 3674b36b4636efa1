"""The deep link that opens the shop as a visitor has set it up, and what is forgiven in a link."""

from urllib.parse import urlencode

from webapp.orders.options import CUSTOMER
from webapp.shop.options import options_of
from webapp.shop.visitor import Visitor


def tidy(value: str) -> str:
    """Return a value of a link without what mail programs and people put behind it: blanks, a comma, a stop."""
    return value.strip().rstrip(",.;").strip()


def set_up_link(visitor: Visitor) -> str:
    """Return the link to a visitor's brand, choices, options and cart. It names no visitor, no customer, no order."""
    choices = {
        "currency": visitor.currency.code,
        "flow": visitor.flow.value,
        "integration": visitor.integration,
        "present": visitor.present,
        "language": visitor.language,
        "cart": ",".join(f"{product}:{quantity}" for product, quantity in visitor.cart.quantities.items()),
    }
    chosen = options_of(visitor)
    options = {name: value for name, value in chosen.changed.items() if name not in CUSTOMER}
    options |= {"channels": ",".join(chosen.channels)} if chosen.channels else {}
    brand = f"{visitor.brand.own}&" if visitor.brand.own else ""
    return f"/?{brand}{urlencode(choices | options, safe=':,')}"
