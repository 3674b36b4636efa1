"""Make an order and create its session or invoice at Xendit (``POST /checkout``)."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog
from starlette.requests import Request
from starlette.responses import Response

from webapp.integrations import INTEGRATIONS, outcomes
from webapp.integrations.components import ComponentsSession, create_components_session
from webapp.integrations.customer import find_customer
from webapp.integrations.errors import XenditError, is_id
from webapp.integrations.invoice import NewInvoice, create_invoice
from webapp.integrations.payment_link import PaymentLinkSession, create_payment_link_session
from webapp.notices import N_, Refusal
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.status import Flow, OrderStatus
from webapp.shop.visitor import save_visitor, unavailable_reason
from webapp.web.checkout_form import customer_of, earlier_order, read_checkout_id, refuse_unseen, room_of
from webapp.web.forms import read_form
from webapp.web.htmx import redirect
from webapp.web.payment import open_payment
from webapp.web.state import Shop, shop_of, visitor_of
from webapp.xendit.client import TOTAL_SECONDS
from webapp.xendit.reopen import reopen, secret_of

log = structlog.get_logger()
UNKNOWN_CUSTOMER = ("DATA_NOT_FOUND", "INVALID_CUSTOMER_ID")  # another account's, or the sandbox's
ABANDONED_AFTER = timedelta(seconds=TOTAL_SECONDS + 5)


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
    checkout_id = read_checkout_id(form)
    visitor = visitor.with_choices(flow=Flow(flow), integration=integration, present=form.get("present", ""))
    order = await earlier_order(request, visitor, checkout_id)
    if order is None:
        refuse_unseen(request, visitor, form.get("seen"))
        order = visitor.cart.to_order(
            visitor=visitor.id,
            checkout_id=checkout_id,
            integration=integration,
            flow=Flow(flow),
            currency=visitor.currency,
            locale=visitor.language,
            customer_id=await customer_of(shop, visitor),
        )
        if await shop.order_book.add(order, room=room_of(request)):  # stored before Xendit is called
            save_visitor(request, visitor)
            request.session["ordered"] = order.reference_id
            return await open_payment(request, order, await create_at_xendit(shop, order))
    save_visitor(request, visitor)
    order, secret = await reopen(shop, await _created_order(shop, order.checkout_id))
    return await open_payment(request, order, secret) if secret else redirect(request, f"/orders/{order.reference_id}")


async def create_at_xendit(shop: Shop, order: Order) -> str:
    """Create the order's session or invoice at Xendit and store its id.

    Return the key or URL that opens the payment. Raises XenditError; the order is then ``failed_to_create``.
    """
    set_order(order.reference_id, order.visitor)
    try:
        answer = await _call_with_customer(shop, order)
    except XenditError as error:
        log.warning("create_failed", error_code=error.error_code, status=error.status)
        cause = f"Xendit: {error.error_code}"
        await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
        raise
    outcome = outcomes.of_invoice(answer) if order.integration == "invoice" else outcomes.of_session(answer)
    known = {"customer_id": str(answer.get("customer_id"))} if is_id(answer.get("customer_id")) else {}
    await shop.order_book.set_ids(order.reference_id, {**outcome.ids, **known})
    return secret_of(shop, order, answer)


async def _call_with_customer(shop: Shop, order: Order) -> ComponentsSession | PaymentLinkSession | NewInvoice:
    """Create the session or invoice; once more where Xendit or the shop does not know the customer's id."""
    try:
        return await _call_xendit(shop, order)
    except XenditError as error:
        if error.error_code not in (UNKNOWN_CUSTOMER if order.customer_id else ("DUPLICATE_ERROR",)):
            raise
    customer_id = None
    if order.customer_id is None:
        who = (shop.client, shop.api_key(order.currency), order.customer_reference)
        customer_id = await find_customer(*who, api_url=shop.settings.xendit_api_url)
    return await _call_xendit(shop, replace(order, customer_id=customer_id))


async def _call_xendit(shop: Shop, order: Order) -> ComponentsSession | PaymentLinkSession | NewInvoice:
    client, key, api_url = shop.client, shop.api_key(order.currency), shop.settings.xendit_api_url
    page = f"{shop.settings.app_url}/orders/{order.reference_id}" if shop.settings.accepts_return_urls else None
    match order.integration:
        case "components":
            return await create_components_session(
                client,
                key,
                order,
                origins=list(shop.settings.component_origins),
                return_url=page and f"{page}/resume",
                success_return_url=page,
                cancel_return_url=page,
                api_url=api_url,
            )
        case "payment_link":
            return await create_payment_link_session(
                client, key, order, success_return_url=page, cancel_return_url=page, api_url=api_url
            )
        case "invoice":
            return await create_invoice(
                client, key, order, success_redirect_url=page, failure_redirect_url=page, api_url=api_url
            )
    raise ValueError(f"no integration {order.integration!r}")


async def _created_order(shop: Shop, checkout_id: str) -> Order:
    """Wait until the first request with this ``checkout_id`` has Xendit's answer. Return its order."""
    patience = datetime.now(UTC) + timedelta(seconds=TOTAL_SECONDS)
    while True:
        order = await shop.order_book.get_by_checkout(checkout_id)
        if order is None:
            raise Refusal(N_("This form is not one of this shop's. Reload the page and try again."))
        if order.status is OrderStatus.FAILED_TO_CREATE:
            raise Refusal(N_("That attempt did not reach Xendit. Press Checkout again."), 409)
        if order.payment_session_id or order.invoice_id or not order.status.is_open:
            return order
        now = datetime.now(UTC)
        if now > order.created + ABANDONED_AFTER:  # the process that was creating it has stopped
            cause = N_("the shop stopped while creating it")
            await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
        elif now > patience:
            raise Refusal(N_("This order is still being prepared. Wait a moment and press Checkout again."), 409)
        else:
            await asyncio.sleep(0.1)
