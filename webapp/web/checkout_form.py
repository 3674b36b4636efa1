"""Compare the checkout form with what the visitor would order now: other tabs may have changed it."""

from starlette.requests import Request

from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.status import Flow, OrderStatus
from webapp.shop.storefront import seen
from webapp.shop.visitor import Visitor, save_visitor
from webapp.web.htmx import is_htmx
from webapp.web.state import shop_of

AGAIN = N_("Nothing was ordered. Look at it, then press the button again.")


async def earlier_order(request: Request, visitor: Visitor, checkout_id: str) -> Order | None:
    """Return the order that this form has made, or the one that still waits for the same cart and choices.

    Raises Refusal where the form has made an order and the cart or the choices have changed since.
    """
    book = shop_of(request).order_book
    if order := await book.get_by_checkout(checkout_id):
        if order.status.is_open and not _same(order, visitor):
            raise Refusal(N_("This form has made an order already, and your cart has changed since."), 409, hint=AGAIN)
        return order
    ordered = request.session.get("ordered")
    order = await book.get(ordered) if ordered else None
    return order if order and order.status is OrderStatus.WAITING and _same(order, visitor) else None


def refuse_unseen(request: Request, visitor: Visitor, shown: str | None) -> None:
    """Raise Refusal where the form showed another total, market or flow; for htmx also another payment method.

    Without JavaScript a payment method that was just chosen could not be shown yet.
    """
    if shown is None:
        return
    was, now = shown.split(" ", 2), seen(visitor).split(" ", 2)
    if not is_htmx(request):
        was[1:2], now[1:2] = [], []
    if was != now:
        save_visitor(request, visitor)
        message = N_("Your order has changed since this page was shown. It comes to %(amount)s now.")
        raise Refusal(message, 409, hint=AGAIN, amount=now[-1])


def _same(order: Order, visitor: Visitor) -> bool:
    """Return whether the visitor would make the same order again now."""
    chosen = (visitor.flow, visitor.integration, visitor.currency.code, visitor.language)
    same_cart = visitor.flow is Flow.SAVE or visitor.cart.made(order)
    return same_cart and chosen == (order.flow, order.integration, order.currency, order.locale)
