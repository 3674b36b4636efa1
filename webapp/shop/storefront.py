"""The context of the storefront's templates: shelf, cart, choices and charge."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from webapp.integrations import INTEGRATIONS
from webapp.notices import N_, Notice
from webapp.orders.order import anchor_date
from webapp.orders.status import Flow
from webapp.shop.brand import Brand
from webapp.shop.catalog import price_in
from webapp.shop.clock import local_time
from webapp.shop.currencies import Currency
from webapp.shop.options import fee_of, options_of, total_of
from webapp.shop.product import Product
from webapp.shop.visitor import Visitor, unavailable_reason


@dataclass(frozen=True)
class ShelfItem:
    """A product with its price in the visitor's currency."""

    product: Product
    price: Decimal
    price_text: str


@dataclass(frozen=True)
class Choice:
    """An option of a radio group; ``disabled_reason`` says why it can't be chosen."""

    slug: str
    title: str
    pitch: str
    checked: bool
    disabled_reason: str | None = None
    api: str = ""
    docs_url: str = ""


FLOWS = {
    Flow.PAY: (N_("Pay"), N_("Buy once.")),
    Flow.SAVE: (N_("Save"), N_("Keep a payment method for faster reorders. Nothing is charged.")),
    Flow.PAY_SAVE: (N_("Pay and save"), N_("Buy now, and keep the payment method if you like.")),
    Flow.AUTHORIZE: (N_("Pay on dispatch"), N_("Cards: the amount is held now, and charged when we ship.")),
    Flow.SUBSCRIPTION: (N_("Subscribe"), N_("This cart, every month.")),
}


def shelf(brand: Brand, currency: Currency) -> list[ShelfItem]:
    """Return every product of the shelf with its price in a currency."""
    items = []
    for product in brand.products.values():
        if product.fails_with:
            continue
        price = price_in(currency, product)
        items.append(ShelfItem(product, price, currency.format(price)))
    return items


def storefront_context(
    visitor: Visitor, *, notice: Notice | None = None, announcement: Notice | None = None
) -> dict[str, Any]:
    """Return the context of ``fragments/cart_panel.html`` and ``fragments/shelf.html`` for this visitor."""
    currency, flow = visitor.currency, visitor.flow
    total, options = total_of(visitor), options_of(visitor)
    empty = flow is not Flow.SAVE and not visitor.cart.count
    charged = charge(Flow.AUTHORIZE if options.capture == "MANUAL" else flow, currency, total, visitor.language)
    return {
        **{"lines": visitor.cart.lines(currency), "count": visitor.cart.count, "total": total},
        "currency": currency,
        "flows": [Choice(each.value, *FLOWS[each], checked=each is flow) for each in Flow],
        "flow": flow.value,
        "methods": [
            Choice(
                slug,
                each.title,
                each.pitch,
                checked=slug == visitor.integration,
                disabled_reason=unavailable_reason(slug, flow, currency),
                api=each.api,
                docs_url=each.docs_url(flow),
            )
            for slug, each in INTEGRATIONS.items()
        ],
        "integration": visitor.integration,
        "saved": visitor.saved,
        "saved_checkout_id": new_checkout_id() if visitor.saved else "",
        "presented": visitor.present,
        "fee": fee_of(visitor),
        "options": options,
        "charge": Notice(N_("Your cart is empty. Add something first."), tone="info") if empty else charged,
        "can_checkout": not empty,
        "checkout_id": new_checkout_id(),
        "seen": seen(visitor),
        "notice": notice,
        "announcement": announcement,
    }


def seen(visitor: Visitor) -> str:
    """Return what the checkout form shows, as a text: flow (a hold too), currency and total.

    The form sends it back. Where it differs, the shopper would pay something else than the screen says.
    """
    total = 0 if visitor.flow is Flow.SAVE else total_of(visitor)
    flow = Flow.AUTHORIZE if options_of(visitor).capture == "MANUAL" else visitor.flow
    return f"{flow} {visitor.currency.format(Decimal(total))}"


def new_checkout_id() -> str:
    """Return a random id for one rendering of the checkout form. It makes at most one order."""
    return secrets.token_urlsafe(16)


def charge(flow: Flow, currency: Currency, total: Decimal, language: str) -> Notice:
    """Return the notice that says how much is charged, and when."""
    amount = currency.format(total)
    if flow is Flow.SAVE:
        return Notice(N_("Nothing is charged now."), tone="info")
    if flow is Flow.AUTHORIZE:
        return Notice(N_("%(amount)s is held now, and charged when we ship."), {"amount": amount}, tone="info")
    if flow is Flow.SUBSCRIPTION:
        first = format_date(local_time(anchor_date(datetime.now(UTC)), currency.code), "long", locale=language)
        return Notice(N_("%(amount)s on %(date)s, then every month."), {"amount": amount, "date": first}, tone="info")
    return Notice(N_("%(amount)s, once, when you pay."), {"amount": amount}, tone="info")
