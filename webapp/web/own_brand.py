"""The brand that a visitor has made: kept in the session, never worn where money is real."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from starlette.requests import Request

from webapp.config import Settings
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.shop.brand import Brand, wear
from webapp.shop.cart import Cart
from webapp.shop.own_brand import LINK_FIELDS, OwnBrand, brand_of, read_own_brand
from webapp.shop.visitor import Visitor


def own_brand(request: Request, settings: Settings) -> Brand:
    """Return the brand of the session, or the shop's own."""
    stored = request.session.get("brand")
    return brand_of(stored, settings.brand) if isinstance(stored, str) and may_brand(settings) else settings.brand


def may_brand(settings: Settings) -> bool:
    """Return whether visitors may brand the shop."""
    return settings.badge != "Live"


def brand_of_order(order: Order, visitor: Visitor, settings: Settings) -> Brand:
    """Return the brand under which an order was made: a phone that opens its page has never seen the link."""
    same = (visitor.brand.name, visitor.brand.colour) == (order.shop_name, order.shop_colour)
    if same or not may_brand(settings):
        return visitor.brand
    logo = settings.brand.logo if settings.brand.name == order.shop_name else None
    return replace(visitor.brand, name=order.shop_name, colour=order.shop_colour, logo=logo)


def wear_linked_brand(request: Request, visitor: Visitor, link: Mapping[str, str]) -> tuple[Visitor, bool]:
    """Return the visitor in the shop that a link describes, and whether it describes one. Raises Refusal."""
    fields = {name: link[name] for name in LINK_FIELDS if name in link}
    if not fields:
        return visitor, False
    own = read_own_brand(fields, visitor.currency)
    for mistakes in own.mistakes.values():
        raise Refusal(mistakes[0].message, **dict[str, Any](mistakes[0].values))
    return store_own_brand(request, visitor, own), True


@contextmanager
def nothing_worn_if_refused(request: Request, visitor: Visitor) -> Iterator[None]:
    """Give the session its brand back where the rest of a link is refused."""
    stored = request.session.get("brand")
    try:
        yield
    except Refusal:
        request.session["brand"] = stored
        wear(visitor.brand)
        raise


def store_own_brand(request: Request, visitor: Visitor, own: OwnBrand) -> Visitor:
    """Store a brand without mistakes in the session; an empty one removes it. Return the visitor in that shop."""
    settings: Settings = request.app.state.shop.settings
    if not may_brand(settings):
        raise Refusal(N_("This shop takes real payments, so it keeps its own name and products."), 404)
    request.session["brand"] = own.query or None
    brand = own_brand(request, settings)
    wear(brand)
    return replace(visitor, cart=Cart.from_cookie(dict(visitor.cart.quantities), brand))
