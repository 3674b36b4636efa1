"""Showing a payment to an audience: as a QR code, in a frame. Always on demand, and nothing of it is stored."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.presenter.qr import qr_svg
from webapp.web.htmx import is_htmx, redirect
from webapp.web.state import own_order, shop_of, visitor_of
from webapp.xendit.order_sync import reopen


async def order_qr(request: Request) -> Response:
    """``GET /orders/{reference_id}/qr``: the order's own page, for another phone."""
    order = await own_order(request)
    url = f"{shop_of(request).settings.app_url}/orders/{order.reference_id}"
    return _show(request, order, {"qr": qr_svg(url), "what": "order", "url": url})


async def payment_qr(request: Request) -> Response:
    """``POST /orders/{reference_id}/qr``: the payment itself. Its address is asked for anew, shown, and not kept."""
    order = await own_order(request)
    if order.integration == "components":
        raise Refusal(N_("There is nothing to pay any more."), 409)
    order, url = await reopen(shop_of(request), order)
    if url is None:
        raise Refusal(N_("There is nothing to pay any more."), 409)
    return _show(request, order, {"qr": qr_svg(url), "what": "payment", "url": url})


async def done(request: Request) -> Response:
    """``GET /orders/{reference_id}/done``: 204 while it is open; then on to its page."""
    order = await shop_of(request).order_book.get(request.path_params["reference_id"])
    if order is not None and order.status.is_open:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return redirect(request, f"/orders/{request.path_params['reference_id']}")


def _show(request: Request, order: Order, context: dict[str, object]) -> Response:
    shop, visitor = shop_of(request), visitor_of(request)
    context |= {"order": order, "currency": visitor.currency, "path": f"/orders/{order.reference_id}"}
    template = "fragments/qr.html" if is_htmx(request) else "pages/qr.html"
    return shop.templates.response(visitor.language, template, context, secret=True)
