"""Show, pay, cancel and repeat orders (``/orders/…``)."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.integrations import INTEGRATIONS
from webapp.notices import N_, Notice, Refusal
from webapp.orders.options import CUSTOMER
from webapp.orders.status import OrderStatus
from webapp.shop.cart import Cart
from webapp.shop.currencies import CURRENCIES
from webapp.shop.visitor import save_visitor
from webapp.web.framing import framed, wants_frame
from webapp.web.htmx import redirect
from webapp.web.order_page import seen, show_order
from webapp.web.passes import may_pay, payable_order, take_pass
from webapp.web.payment import leave, open_payment
from webapp.web.returning import note_saved
from webapp.web.scene_strip import take_into_scene
from webapp.web.state import order_of, shop_of, visitor_of
from webapp.xendit.closing import cancel_at_xendit
from webapp.xendit.modifications import refresh_modifications
from webapp.xendit.order_sync import refresh
from webapp.xendit.reopen import reopen
from webapp.xendit.saved_payments import name_saved
from webapp.xendit.subscriptions import fetch_plan

DECLINED = Notice(
    N_("That attempt did not go through."),
    hint=N_("Nothing was charged. Try again, or choose another way to pay."),
)


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
    plan = None
    if request.method != "HEAD":  # which calls nobody
        order = await refresh(shop, order, webhook_first=True)
        await refresh_modifications(shop, order)
        order = await name_saved(shop, order)
        note_saved(request, order)
        order, plan = await fetch_plan(shop, order, visitor_of(request).id)
    return await show_order(request, order, plan=plan)


async def back_by_post(request: Request) -> Response:
    """Go on to the page (``POST /orders/{reference_id}``). Some banks come back by a form; it proves nothing."""
    return RedirectResponse(f"/orders/{(await order_of(request)).reference_id}", 303)


async def order_status(request: Request) -> Response:
    """Answer the fragment that the order page polls (``GET /orders/{reference_id}/status``).

    The answer is 204 while all is as it was ``seen``, and where only a plan's months are unknown.
    ``X-Order-Status`` holds the status for scripts.
    """
    shop, order = shop_of(request), await order_of(request)
    plan = None
    if request.method != "HEAD":
        order = await refresh(shop, order)
        modifications = await refresh_modifications(shop, order)
        order, plan = await fetch_plan(shop, order, visitor_of(request).id)
    else:
        modifications = await shop.modifications.of(order.reference_id)
    shown = request.query_params.get("seen", "")
    unread = plan is not None and not plan.answered and shown.split("-")[0] == order.status
    if unread or shown == seen(order, modifications, plan):
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    response = await show_order(request, order, "fragments/order_poll.html", plan=plan)
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
    return await open_payment(request, order, secret, resume=True, notice=DECLINED if declined else None)


async def pay(request: Request) -> Response:
    """Redirect to the payment link, fetched from Xendit, or to the form (``POST /orders/{reference_id}/pay``)."""
    order = await payable_order(request)
    take_into_scene(request, order)
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
        await cancel_at_xendit(shop, order)
    return redirect(request, f"/orders/{order.reference_id}")


async def again(request: Request) -> Response:
    """Fill the cart with the order's products and choices again (``POST /orders/{reference_id}/again``)."""
    shop, order, visitor = shop_of(request), await order_of(request), visitor_of(request)
    cart = Cart.from_cookie({line.product_id: line.quantity for line in order.lines}, visitor.brand)
    options = order.options
    if order.visitor != visitor.id:  # whom it was for is nobody else's business
        options = replace(options, **{name: getattr(visitor.options, name) for name in CUSTOMER})
    if recent := await shop.order_book.recent(visitor.id, 1):
        request.session["after"] = recent[0].reference_id  # what comes now is ordered on purpose
    if order.currency in shop.settings.api_keys:
        visitor = visitor.with_choices(currency=CURRENCIES[order.currency])
    integration = order.integration if order.integration in INTEGRATIONS else ""
    visitor = visitor.with_choices(flow=order.flow, integration=integration)
    save_visitor(request, replace(visitor, cart=cart if cart.count else visitor.cart, options=options))
    return redirect(request, "/")
