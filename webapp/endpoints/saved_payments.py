"""Pay with a saved card or wallet, and forget it (``/checkout/saved-payment``, ``/saved-payments/forget``)."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.integrations.errors import XenditError
from webapp.notices import N_, Notice, Refusal
from webapp.orders.options import Options
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, Flow
from webapp.shop.options import options_of
from webapp.shop.storefront import storefront_context
from webapp.shop.visitor import save_visitor
from webapp.web.checkout_form import charged_order, past_of, read_checkout_id, refuse_many, refuse_unseen, room_of
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx, redirect
from webapp.web.payment import leave
from webapp.web.returning import with_saved
from webapp.web.state import shop_of, visitor_of
from webapp.xendit import saved_payments
from webapp.xendit.order_sync import apply_answer, fetch_from_xendit


async def pay(request: Request) -> Response:
    """Make an order of the cart and charge it to what the visitor has saved (``payment_token_id``).

    The answer is a redirect to the order, or to 3-D Secure or the wallet. A second click finds the first order, and so
    does one in another tab.
    Raises Refusal: 402 if it is declined, 404 for a token that this visitor did not save. Raises XenditError.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    form = await read_form(request, "payment_token_id", "checkout_id")
    checkout_id = read_checkout_id(form)
    saved = await _saved(request, form["payment_token_id"])
    await _ask_about_last(request)
    order, reference_id = await charged_order(request, visitor, checkout_id)
    if order is None:
        if saved.currency != visitor.currency.code:
            raise Refusal(N_("%(label)s was saved in another market."), 409, label=saved.token_label)
        refuse_unseen(request, visitor, form.get("seen"))
        past = await past_of(shop, visitor)
        refuse_many(shop, past)
        new = visitor.cart.to_order(
            visitor=visitor.id,
            checkout_id=checkout_id,
            integration=SAVED_PAYMENT,
            flow=Flow.PAY,
            currency=visitor.currency,
            locale=visitor.language,
            customer_id=past.customer_id,
            options=Options(fee=options_of(visitor).fee),
        )
        new = replace(new, reference_id=reference_id, payment_token_id=saved.payment_token_id)
        new = replace(new, token_label=saved.token_label)
        if await shop.order_book.add(new, room=room_of(request)):  # stored before Xendit is called
            save_visitor(request, visitor)
            request.session["ordered"] = new.reference_id
            request.state.order = new.reference_id  # from here on it may be charged
            order, url = await saved_payments.charge(shop, new)
            return leave(request, order, url) if url else redirect(request, f"/orders/{order.reference_id}")
        order = await shop.order_book.get_by_checkout(checkout_id) or new  # another tab stored it
    return redirect(request, f"/orders/{order.reference_id}")


async def forget(request: Request) -> Response:
    """Cancel a saved card or wallet at Xendit and offer it no more (``payment_token_id``). Raises Refusal: 404, 502."""
    shop = shop_of(request)
    saved = await _saved(request, (await read_form(request, "payment_token_id"))["payment_token_id"])
    await saved_payments.forget(shop, saved)
    if not is_htmx(request):
        return RedirectResponse("/#cart-panel", 303)
    visitor = await with_saved(request, visitor_of(request))
    notice = Notice(N_("%(label)s is forgotten."), {"label": saved.token_label}, tone="info")
    context = storefront_context(visitor, announcement=notice)
    return shop.templates.response(visitor.language, "fragments/cart_panel.html", context)


async def _ask_about_last(request: Request) -> None:
    """Ask Xendit about an open order of this cart: it may be paid already, its webhook still under way."""
    shop, reference_id = shop_of(request), request.session.get("ordered")
    order = await shop.order_book.get(reference_id) if reference_id else None
    elsewhere = order and order.integration != SAVED_PAYMENT and order.status.is_open
    if order and elsewhere and visitor_of(request).cart.made(order):
        request.state.order = order.reference_id  # it may be paid: an error does not say that nothing was charged
        try:
            await apply_answer(shop, order, await fetch_from_xendit(shop, order))
        except XenditError as error:
            if error.status != 404:  # the account knows no such payment: it was another account, or another sandbox
                raise
        request.state.order = ""


async def _saved(request: Request, payment_token_id: str) -> Order:
    """Return the order by which this visitor saved the token. Raises Refusal (404) if there is none."""
    saved = await shop_of(request).saved_payments.get(visitor_of(request).id, payment_token_id)
    if saved is None:
        raise Refusal(N_("You have not saved such a card or wallet here."), 404)
    return saved
