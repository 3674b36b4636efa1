"""The deep link that opens the shop as a visitor has set it up."""

from urllib.parse import urlencode

from webapp.shop.visitor import Visitor


def set_up_link(visitor: Visitor) -> str:
    """Return the link to a visitor's brand, choices and cart. It names no visitor and no order."""
    choices = {
        "currency": visitor.currency.code,
        "flow": visitor.flow.value,
        "integration": visitor.integration,
        "present": visitor.present,
        "language": visitor.language,
        "cart": ",".join(f"{product}:{quantity}" for product, quantity in visitor.cart.quantities.items()),
    }
    brand = f"{visitor.brand.own}&" if visitor.brand.own else ""
    return f"/?{brand}{urlencode(choices, safe=':,')}"
