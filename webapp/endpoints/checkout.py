"""Make an order and create its session or invoice at Xendit (``POST /checkout``)."""

from starlette.requests import Request
from starlette.responses import Response

from webapp.integrations import INTEGRATIONS
from webapp.notices import N_, Refusal
from webapp.orders.status import Flow
from webapp.shop.visitor import save_visitor, unavailable_reason
from webapp.web import checkout_form
from webapp.web.forms import read_form
from webapp.web.htmx import redirect
from webapp.web.payment import open_payment
from webapp.web.state import shop_of, visitor_of
from webapp.xendit.create import create_at_xendit, created_order
from webapp.xendit.reopen import reopen


async def checkout(request: Request) -> Response:
    """Create an order from ``integration``, ``flow`` and ``checkout_id``, and open its payment.

    The answer is the Components fragment or a redirect to Xendit. The browser sends no amounts.
    A second click with the same ``checkout_id`` finds the first order. Raises Refusal, XenditError.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    form = await read_form(request, "integration", "flow", "checkout_id")
    integration, flow = form["integration"], form["flow"]
    if integration not in INTEGRATIONS:
        raise Refusal(N_("This shop has no such payment method."))
    if flow not in list(Flow):
        raise Refusal(N_("This shop has no such way to buy."))
    if reason := unavailable_reason(integration, Flow(flow), visitor.currency):
        raise Refusal(reason)
    checkout_id = checkout_form.read_checkout_id(form)
    visitor = visitor.with_choices(flow=Flow(flow), integration=integration, present=form.get("present", ""))
    checkout_form.refuse_foretold(visitor)
    past = await checkout_form.past_of(shop, visitor, checkout_id)
    order = await checkout_form.earlier_order(request, visitor, past)
    if order is None:
        checkout_form.refuse_unseen(request, visitor, form.get("seen"))
        checkout_form.refuse_many(shop, past)
        order = checkout_form.new_order(visitor, checkout_id, past.customer_id)
        if await shop.order_book.add(order, room=checkout_form.room_of(request)):  # stored before Xendit is called
            save_visitor(request, visitor)
            request.session["ordered"] = order.reference_id
            return await open_payment(request, order, await create_at_xendit(shop, order))
    save_visitor(request, visitor)
    order = await created_order(shop, order.checkout_id)
    request.state.order = order.reference_id  # it may be paid: an error does not say that nothing was charged
    order, secret = await reopen(shop, order)
    return await open_payment(request, order, secret) if secret else redirect(request, f"/orders/{order.reference_id}")
