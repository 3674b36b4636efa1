"""Show, pay, cancel and repeat orders (``/orders/…``)."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.integrations.errors import XenditError
from webapp.integrations.status import cancel_payment_session, expire_invoice
from webapp.notices import N_, Notice, Refusal
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus
from webapp.shop.cart import Cart
from webapp.shop.currencies import CURRENCIES
from webapp.shop.visitor import save_visitor
from webapp.web.framing import framed, wants_frame
from webapp.web.htmx import redirect
from webapp.web.order_page import seen, show_order
from webapp.web.passes import may_pay, payable_order, take_pass
from webapp.web.payment import leave, open_payment
from webapp.web.state import Shop, order_of, shop_of, visitor_of
from webapp.xendit.modifications import refresh_modifications
from webapp.xendit.order_sync import Answer, apply_answer, fetch_from_xendit, refresh
from webapp.xendit.reopen import reopen

DECLINED = Notice(
    N_("That attempt did not go through."),
    hint=N_("Nothing was charged. Try again, or choose another way to pay."),
)


async def order_list(request: Request) -> Response:
    """List this visitor's orders, newest first (``GET /orders``)."""
    shop, visitor = shop_of(request), visitor_of(request)
    orders = await shop.order_book.recent(visitor.id)
    context = {"orders": orders, "currency": visitor.currency, "path": "/orders"}
    return shop.templates.response(visitor.language, "pages/orders.html", context)


async def order_page(request: Request) -> Response:
    """Update the order from Xendit and show it (``GET /orders/{reference_id}``).

    A visit to this return URL is no proof of payment.
    """
    shop, order = shop_of(request), await order_of(request)
    if "pass" in request.query_params:  # taken into a cookie, and out of the address
        take_pass(request, order)
        headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
        return RedirectResponse(f"/orders/{order.reference_id}", 303, headers)
    if wants_frame(request):
        return framed(request, order)
    if request.method != "HEAD":  # which calls nobody
        order = await refresh(shop, order, webhook_first=True)
        await refresh_modifications(shop, order)
    return await show_order(request, order)


async def back_by_post(request: Request) -> Response:
    """``POST /orders/{reference_id}``: on to the page. Some banks and wallets come back by form; it proves nothing."""
    return RedirectResponse(f"/orders/{(await order_of(request)).reference_id}", 303)


async def order_status(request: Request) -> Response:
    """Answer the fragment that the order page polls (``GET /orders/{reference_id}/status``).

    The answer is 204 while all is as it was ``seen``. ``X-Order-Status`` holds the status for scripts.
    """
    shop, order = shop_of(request), await order_of(request)
    if request.method != "HEAD":
        order = await refresh(shop, order)
        await refresh_modifications(shop, order)
    if request.query_params.get("seen") == seen(order, await shop.modifications.of(order.reference_id)):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    response = await show_order(request, order, "fragments/order_poll.html")
    response.headers["X-Order-Status"] = order.status
    return response


async def resume(request: Request) -> Response:
    """Show the Components form again with a fresh key, or redirect (``GET /orders/{reference_id}/resume``).

    It is the return URL of wallets. A closed order redirects to its page, and so does another browser: it may look.
    """
    order, secret = await order_of(request), None
    if may_pay(request, order) and request.method != "HEAD":
        order, secret = await reopen(shop_of(request), order)
    if order.integration != "components" or order.status is not OrderStatus.WAITING or secret is None:
        return RedirectResponse(f"/orders/{order.reference_id}", 303)
    declined = request.query_params.get("component_status") == "FAILED"  # Xendit adds it; the webhook may be under way
    declined = declined or await shop_of(request).order_book.last_event(order.reference_id) == "payment.failure"
    return open_payment(request, order, secret, resume=True, notice=DECLINED if declined else None)


async def pay(request: Request) -> Response:
    """Redirect to the payment link, fetched from Xendit, or to the form (``POST /orders/{reference_id}/pay``)."""
    order = await payable_order(request)
    page = f"/orders/{order.reference_id}"
    if order.integration == "components":
        return redirect(request, f"{page}/resume")
    order, url = await reopen(shop_of(request), order)
    return leave(request, order, url) if url else redirect(request, page)


async def cancel(request: Request) -> Response:
    """Cancel an open order at Xendit (``POST /orders/{reference_id}/cancel``).

    Raises Refusal (403) for other visitors, XenditError.
    """
    shop, order = shop_of(request), await order_of(request)
    if order.visitor != visitor_of(request).id:
        raise Refusal(N_("Only the browser that made this order can cancel it."), 403)
    if order.status.is_open:
        await _cancel_at_xendit(shop, order)
    return redirect(request, f"/orders/{order.reference_id}")


async def again(request: Request) -> Response:
    """Fill the cart with the order's products and choices again (``POST /orders/{reference_id}/again``)."""
    shop, order, visitor = shop_of(request), await order_of(request), visitor_of(request)
    cart = Cart.from_cookie({line.product_id: line.quantity for line in order.lines})
    if order.currency in shop.settings.api_keys:
        visitor = visitor.with_choices(currency=CURRENCIES[order.currency])
    visitor = visitor.with_choices(flow=order.flow, integration=order.integration)
    save_visitor(request, replace(visitor, cart=cart) if order.lines else visitor)
    return redirect(request, "/")


async def _cancel_at_xendit(shop: Shop, order: Order) -> None:
    """Cancel the session or expire the invoice, and apply the answer. Raises XenditError."""
    key, api_url = shop.api_key(order.currency), shop.settings.xendit_api_url
    cause = N_("cancelled by the visitor")
    answer: Answer | None
    if order.invoice_id:
        answer = await expire_invoice(shop.client, key, order.invoice_id, api_url=api_url)
        if answer["status"] == "EXPIRED":  # Xendit's status of a cancelled invoice
            await shop.order_book.change_status(order, OrderStatus.CANCELLED, cause=cause)
            return
    elif order.payment_session_id:
        try:
            answer = await cancel_payment_session(shop.client, key, order.payment_session_id, api_url=api_url)
        except XenditError as error:
            if error.status != 422:
                raise
            answer = await fetch_from_xendit(shop, order)  # 422: the session is no longer ACTIVE
    else:
        raise Refusal(N_("This order is still being prepared. Wait a moment and try again."), 409)
    await apply_answer(shop, order, answer, cause=cause)
