"""Make trouble on purpose in the sandbox, for one visitor (``/walkthrough/controls``) or one order."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import N_
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT
from webapp.shop.visitor import save_visitor
from webapp.web.controls import NOTHING_SPECIAL, control
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.own_address import own_path
from webapp.web.state import own_order, shop_of, visitor_of


async def controls(request: Request) -> Response:
    """Set the sandbox's controls for this visitor (``POST /walkthrough/controls``). Raises Refusal."""
    form = await read_form(request)
    save_visitor(request, visitor_of(request))
    await control(request, {name: form.get(name, "") for name in NOTHING_SPECIAL})
    return await _said(request, N_("Applied, for this browser alone."), form.get("next", "/walkthrough"))


async def expire_now(request: Request) -> Response:
    """Expire the session or invoice in the sandbox (``POST /orders/{reference_id}/expire-now``)."""
    order, object_id = await _own_object(request)
    if order.integration == SAVED_PAYMENT:  # only Xendit's API can end it
        raise HTTPException(404)
    await request.app.state.sandbox.expire(object_id)
    return await _said(request, N_("Its time is over. Watch for the webhook."), f"/orders/{order.reference_id}")


async def repeat_webhook(request: Request) -> Response:
    """Send the order's last webhook again, with the same id (``POST /orders/{reference_id}/repeat-webhook``)."""
    order, object_id = await _own_object(request)
    sent = await request.app.state.sandbox.webhooks(object_id)
    if not sent:
        return await _said(request, N_("No webhook has been sent yet."), f"/orders/{order.reference_id}")
    await request.app.state.sandbox.resend(sent[0]["webhook_id"])
    return await _said(request, N_("Sent once more."), f"/orders/{order.reference_id}")


async def _own_object(request: Request) -> tuple[Order, str]:
    """Return this visitor's order and its id in the sandbox. Raises HTTPException (404) if there is none."""
    order = await own_order(request)
    object_id = order.payment_session_id or order.invoice_id or order.payment_request_id
    if request.app.state.sandbox is None or not object_id:
        raise HTTPException(404)
    return order, object_id


async def _said(request: Request, message: str, back: str) -> Response:
    if not is_htmx(request):
        return RedirectResponse(own_path(back, "/walkthrough"), 303)
    shop, visitor = shop_of(request), visitor_of(request)
    return shop.templates.response(visitor.language, "fragments/inspector_said.html", {"message": message})
