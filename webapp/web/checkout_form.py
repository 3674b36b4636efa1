"""Check the checkout form, and compare it with what the visitor would order now: other tabs may have changed it."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from starlette.requests import Request

from webapp.notices import N_, NOT_OURS, Refusal
from webapp.orders.order import Order
from webapp.orders.past import Past
from webapp.orders.status import Flow, OrderStatus
from webapp.shop.option_rules import foretold
from webapp.shop.options import options_of
from webapp.shop.storefront import seen
from webapp.shop.visitor import Visitor, save_visitor
from webapp.web.paid_carts import LAST, paid_by
from webapp.web.scene_strip import take_into_scene
from webapp.web.state import Shop, shop_of

MAX_ORDERS_AN_HOUR = 60
AGAIN = N_("Nothing was ordered. Look at it, then press the button again.")


def read_checkout_id(form: Mapping[str, str]) -> str:
    """Return the form's ``checkout_id``. Raises Refusal for what this shop did not make."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", form["checkout_id"]):
        raise Refusal(NOT_OURS)
    return form["checkout_id"]


async def past_of(shop: Shop, visitor: Visitor, checkout_id: str = "") -> Past:
    """Return what the visitor has ordered: in the last hour, in this market, and with this form."""
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    return await shop.order_book.past(visitor.id, visitor.currency.code, an_hour_ago, checkout_id, LAST)


def refuse_many(shop: Shop, past: Past) -> None:
    """Raise Refusal (429) after 60 orders an hour."""
    if shop.settings.rate_limits and past.orders >= MAX_ORDERS_AN_HOUR:
        hint = N_("Your cart is kept. Try again in an hour.")
        raise Refusal(N_("You have made as many orders as this shop takes in an hour."), 429, hint=hint)


async def earlier_order(request: Request, visitor: Visitor, past: Past) -> Order | None:
    """Return the order that this form has made, or the last one if it pays this cart, or waits for the same choices.

    It is one of the scene that is on. Raises Refusal where the form has made an order and the cart or the choices have
    changed since.
    """
    if order := await _earlier(request, visitor, past):
        take_into_scene(request, order)
    return order


async def _earlier(request: Request, visitor: Visitor, past: Past) -> Order | None:
    book = shop_of(request).order_book
    if past.reference_id and (order := await book.get(past.reference_id)):
        _refuse_strangers(order, visitor)
        request.session["ordered"] = order.reference_id  # the first answer may not have reached the browser
        if order.status.is_open and not _same(order, visitor):
            raise Refusal(N_("This form has made an order already, and your cart has changed since."), 409, hint=AGAIN)
        return order
    recent = await book.recent(visitor.id, LAST) if past.paying and visitor.flow is not Flow.SAVE else []
    if order := paid_by(request, visitor, recent):
        return order
    ordered = request.session.get("ordered")
    order = await book.get(ordered) if ordered else None
    waits = order and order.status is OrderStatus.WAITING
    saves = order and visitor.flow is Flow.SAVE and (order.status.is_success or order.status.is_open)
    return order if order and (waits or saves) and _same(order, visitor) else None


async def charged_order(request: Request, visitor: Visitor, checkout_id: str) -> tuple[Order | None, str]:
    """Return the order that this form has made, or the one by which this cart is paid, or may be paid yet.

    A charge without an answer may have succeeded, and another tab may not know that the cart is ordered. Return with it
    the reference for a new order. It is the same for two tabs that ask at once, so that only one of them can store it.
    """
    book = shop_of(request).order_book
    if order := await book.get_by_checkout(checkout_id):
        _refuse_strangers(order, visitor)
        request.session["ordered"] = order.reference_id  # the first answer may not have reached the browser
        return order, order.reference_id
    recent = await book.recent(visitor.id, LAST)
    if order := paid_by(request, visitor, recent):
        return order, order.reference_id
    after = recent[0].reference_id if recent else ""
    asked = f"{visitor.id} {after} {visitor.currency.code} {sorted(visitor.cart.quantities.items())}"
    return None, f"selat-{hashlib.sha256(asked.encode()).hexdigest()[:32]}"


def new_order(visitor: Visitor, checkout_id: str, customer_id: str | None) -> Order:
    """Return the order that the visitor's cart and choices make. Raises CartError for an empty cart."""
    return visitor.cart.to_order(
        visitor=visitor.id,
        checkout_id=checkout_id,
        integration=visitor.integration,
        flow=visitor.flow,
        currency=visitor.currency,
        locale=visitor.language,
        customer_id=customer_id,
        options=options_of(visitor),
    )


def refuse_foretold(visitor: Visitor) -> None:
    """Raise Refusal where the options would make a request that Xendit refuses."""
    for each in foretold(options_of(visitor), visitor.integration, visitor.flow, visitor.currency):
        hint = N_("Xendit would refuse it, so nothing was sent. Change it under Options.")
        refusal = Refusal(each.rule, hint=hint, **each.values)
        refusal.notice = replace(refusal.notice, error_code=each.error_code)
        raise refusal


def refuse_unseen(request: Request, visitor: Visitor, shown: str | None) -> None:
    """Raise Refusal where the form showed another total, market or flow."""
    if shown is not None and shown != seen(visitor):
        save_visitor(request, visitor)
        message = N_("Your order has changed since this page was shown. It comes to %(amount)s now.")
        raise Refusal(message, 409, hint=AGAIN, amount=seen(visitor).partition(" ")[2])


def room_of(request: Request) -> str:
    """Return the word of the presenter's room that this browser has joined; empty if none."""
    return str(request.session.get("room") or "")[:40].replace("\0", "")


def _refuse_strangers(order: Order, visitor: Visitor) -> None:
    """Raise Refusal for a form of somebody else, or of the visitor's before they were forgotten."""
    if order.visitor != visitor.id:
        raise Refusal(NOT_OURS)


def _same(order: Order, visitor: Visitor) -> bool:
    """Return whether the visitor would make the same order again now."""
    options = options_of(visitor)
    chosen = (visitor.flow, visitor.integration, visitor.currency.code, visitor.brand.name, options)
    same_language = (options.locale or visitor.language) == order.locale
    same_cart = visitor.flow is Flow.SAVE or visitor.cart.made(order)
    made = (order.flow, order.integration, order.currency, order.shop_name, order.options)
    return same_cart and same_language and chosen == made
