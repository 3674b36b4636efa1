"""Show a payment to an audience as a QR code. Payment links are never stored."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.status import OrderStatus
from webapp.web.htmx import is_htmx, redirect
from webapp.web.passes import pass_for
from webapp.web.phones import code_for_phones
from webapp.web.state import own_order, shop_of, visitor_of
from webapp.xendit.order_sync import refresh
from webapp.xendit.reopen import reopen


async def order_qr(request: Request) -> Response:
    """Show the QR code of the order's page (``GET /orders/{reference_id}/qr``)."""
    order = await own_order(request)
    settings = shop_of(request).settings
    url = f"{settings.app_url}/orders/{order.reference_id}?pass={pass_for(settings, order)}"
    return await _show(request, order, "order", url)


async def payment_qr(request: Request) -> Response:
    """Show the QR code of the payment link, fetched from Xendit (``POST /orders/{reference_id}/qr``).

    Raises Refusal (409) if there is nothing to pay, XenditError.
    """
    order = await own_order(request)
    if order.integration == "components":
        raise Refusal(N_("There is nothing to pay any more."), 409)
    order, url = await reopen(shop_of(request), order)
    if url is None:
        raise Refusal(N_("There is nothing to pay any more."), 409)
    return await _show(request, order, "payment", url)


async def done(request: Request) -> Response:
    """Answer 204 while the order waits for its payment, then redirect to it (``GET /orders/{reference_id}/done``).

    It asks Xendit as the order's own page does: no webhook may come.
    """
    shop = shop_of(request)
    order = await shop.order_book.get(request.path_params["reference_id"])
    if order is not None and request.method != "HEAD":
        order = await refresh(shop, order)
    if order is not None and order.status is OrderStatus.WAITING:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return redirect(request, f"/orders/{request.path_params['reference_id']}")


async def _show(request: Request, order: Order, what: str, url: str) -> Response:
    shop, visitor = shop_of(request), visitor_of(request)
    context = {"what": what} | await code_for_phones(shop.settings, url)
    context |= {"order": order, "currency": visitor.currency, "path": f"/orders/{order.reference_id}/qr"}
    template = "fragments/qr.html" if is_htmx(request) else "pages/qr.html"
    return shop.templates.response(visitor.language, template, context, secret=True)
