"""The visitor who comes back: their cart after an order went through, and what they can pay with at once.

The database is asked only for those whose session says that there is something to find.
"""

from contextlib import suppress
from dataclasses import replace

from starlette.requests import Request

from webapp.database.errors import DatabaseUnavailable
from webapp.orders.order import Order
from webapp.orders.status import Flow
from webapp.shop.cart import Cart
from webapp.shop.options import options_of
from webapp.shop.visitor import Visitor, save_visitor
from webapp.web.paid_carts import LAST, paid_by
from webapp.web.state import shop_of, visitor_of

MAX_OFFERED = 3
SAVING = (Flow.SAVE, Flow.PAY_SAVE)


async def returning_visitor(request: Request) -> Visitor:
    """Return the visitor; without the cart that their last order was made of, once that order went through.

    Only quick requests ask for this: a slow answer would empty what was added in the meantime.
    """
    visitor, reference_id = visitor_of(request), request.session.get("ordered")
    if not reference_id:
        return await with_saved(request, visitor)
    with suppress(DatabaseUnavailable):  # then the next request finds out
        recent = await shop_of(request).order_book.recent(visitor.id, LAST)
        order = next((each for each in recent if each.reference_id == reference_id), None)
        paid = paid_by(request, visitor, recent)
        if order is None or order.status.is_success or (paid and paid.status.is_success):
            del request.session["ordered"]
            if recent:
                request.session["after"] = recent[0].reference_id
        if order and order.status.is_success:
            note_saved(request, order)
        if paid and paid.status.is_success:
            visitor = replace(visitor, cart=Cart(brand=visitor.brand))
            save_visitor(request, visitor)
    return await with_saved(request, visitor)


async def with_saved(request: Request, visitor: Visitor) -> Visitor:
    """Return the visitor with the cards and wallets that they can pay with in this market, at most three."""
    if not request.session.get("saves") or visitor.flow not in (Flow.PAY, Flow.PAY_SAVE):
        return visitor
    if options_of(visitor).capture == "MANUAL":  # what is saved is charged at once
        return visitor
    with suppress(DatabaseUnavailable):  # a page without them, rather than none
        saved = await shop_of(request).saved_payments.offered(visitor.id, visitor.currency.code)
        once = {order.payment_token_id: order for order in reversed(saved)}  # two orders may have saved the same card
        offered = tuple(reversed(once.values()))[:MAX_OFFERED]
        request.state.visitor = visitor = replace(visitor, saved=offered)
    return visitor


def note_saved(request: Request, order: Order) -> None:
    """Remember in the session that its visitor has saved something, so that ``with_saved`` looks."""
    own = order.visitor == visitor_of(request).id
    if own and order.payment_token_id and order.status.is_success and order.flow in SAVING:
        request.session["saves"] = "1"
