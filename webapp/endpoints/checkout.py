"""``POST /checkout``: one order, one object at Xendit, and the shopper sent to pay."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.inspector.recorder import about
from webapp.inspector.transport import record_answer
from webapp.integrations import INTEGRATIONS
from webapp.integrations.components import create_components_session
from webapp.integrations.errors import XenditError
from webapp.integrations.invoice import create_invoice
from webapp.integrations.payment_link import create_payment_link_session
from webapp.notices import N_, Refusal
from webapp.orders.order import Flow, Order, OrderStatus
from webapp.presenter.qr import qr_svg
from webapp.shop.visitor import save_visitor, unavailable_reason
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx, redirect
from webapp.web.state import Shop, shop_of, visitor_of
from webapp.xendit.client import TOTAL_SECONDS
from webapp.xendit.order_sync import apply_answer, fetch_from_xendit

log = structlog.get_logger()
MAX_ORDERS_AN_HOUR = 60
ABANDONED_AFTER = timedelta(seconds=TOTAL_SECONDS + 5)


async def checkout(request: Request) -> Response:
    """Take ``integration``, ``flow`` and ``checkout_id``; answer the Components fragment or a redirect to Xendit.

    Nothing about money comes from the browser. A second click with the same ``checkout_id`` finds the first order.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    form = await read_form(request, "integration", "flow", "checkout_id")
    integration, flow, checkout_id = form["integration"], form["flow"], form["checkout_id"]
    if integration not in INTEGRATIONS:
        raise Refusal(N_("This shop has no such payment method."))
    if flow not in list(Flow):
        raise Refusal(N_("This shop has no such way to buy."))
    if reason := unavailable_reason(integration, Flow(flow), visitor.currency):
        raise Refusal(reason)
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,64}", checkout_id):
        raise Refusal(N_("This form is not one of this shop's. Reload the page and try again."))

    order = await shop.order_book.get_by_checkout(checkout_id)
    if order is None:
        if shop.settings.rate_limits:
            await _not_too_many(shop, visitor.id)
        order = visitor.cart.to_order(
            visitor=visitor.id,
            checkout_id=checkout_id,
            integration=integration,
            flow=Flow(flow),
            currency=visitor.currency,
            locale=visitor.language,
        )
        if await shop.order_book.add(order):
            save_visitor(request, visitor.with_choices(flow=Flow(flow), integration=integration))
            request.session["ordered"] = order.reference_id
            return to_payment(request, shop, order, await create(shop, order))
    return await again(request, shop, checkout_id)


async def _not_too_many(shop: Shop, visitor: str) -> None:
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)
    if await shop.order_book.count_since(visitor, an_hour_ago) >= MAX_ORDERS_AN_HOUR:
        hint = N_("Your cart is kept. Try again in an hour.")
        raise Refusal(N_("You have made as many orders as this shop takes in an hour."), 429, hint=hint)


async def create(shop: Shop, order: Order) -> dict[str, Any]:
    """Create the order's object at Xendit and note its id. Raises XenditError, the order marked as failed."""
    about(order.reference_id, order.visitor)
    client, key, api_url = shop.client, shop.api_key(order.currency), shop.settings.xendit_api_url
    page = resume = None
    if shop.settings.accepts_return_urls:
        page = f"{shop.settings.app_url}/orders/{order.reference_id}"
        resume = f"{page}/resume"
    try:
        match order.integration:
            case "components":
                answer = await create_components_session(
                    client,
                    key,
                    order,
                    origins=list(shop.settings.component_origins),
                    return_url=resume,
                    success_return_url=page,
                    cancel_return_url=page,
                    api_url=api_url,
                )
            case "payment_link":
                answer = await create_payment_link_session(
                    client, key, order, success_return_url=page, cancel_return_url=page, api_url=api_url
                )
            case _:
                answer = await create_invoice(
                    client, key, order, success_redirect_url=page, failure_redirect_url=page, api_url=api_url
                )
    except XenditError as error:
        log.warning("create_failed", reference_id=order.reference_id, error_code=error.error_code, status=error.status)
        cause = f"Xendit: {error.error_code}"
        await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
        raise
    is_invoice = order.integration == "invoice"
    await shop.order_book.set_created(
        order.reference_id,
        payment_session_id=None if is_invoice else answer["payment_session_id"],
        invoice_id=answer["id"] if is_invoice else None,
    )
    return answer


async def again(request: Request, shop: Shop, checkout_id: str) -> Response:
    """A second click, a refreshed POST, another tab: the same order, its key or link asked for afresh."""
    order = await _created(shop, checkout_id)
    if order.status is OrderStatus.FAILED_TO_CREATE:
        raise Refusal(N_("That attempt did not reach Xendit. Press Checkout again."), 409)
    answer = await fetch_from_xendit(shop, order) if order.status.is_open else None
    if answer:
        order = await apply_answer(shop, order, answer, cause=N_("asked Xendit"))
    if answer is None or not order.status.is_open:
        return redirect(request, f"/orders/{order.reference_id}")
    return to_payment(request, shop, order, answer)


def to_payment(request: Request, shop: Shop, order: Order, answer: dict[str, Any]) -> Response:
    """The way to pay: the fragment with the key, or Xendit's page. The secret goes nowhere else."""
    response = _way_to_pay(request, shop, order, answer)
    record_answer(shop.recorder, request, response)
    return response


def _way_to_pay(request: Request, shop: Shop, order: Order, answer: dict[str, Any]) -> Response:
    if order.integration != "components":
        url = answer["invoice_url" if order.integration == "invoice" else "payment_link_url"]
        if (present := request.session.get("present")) in ("qr", "iframe"):
            context = {"order": order, "present": present, "url": url, "what": "payment", "qr": qr_svg(url)}
            context |= {"currency": visitor_of(request).currency, "path": f"/orders/{order.reference_id}"}
            template = "fragments/present.html" if is_htmx(request) else "pages/present.html"
            return shop.templates.response(order.locale, template, context, secret=True)
        return redirect(request, url)
    page = f"/orders/{order.reference_id}"
    if not is_htmx(request):
        return RedirectResponse(f"{page}/resume", 303)
    context = {
        "order": order,
        "components_sdk_key": answer["components_sdk_key"],
        "sdk_url": shop.sdk_url,
        "resume": False,
        "page_url": page,
        "resume_url": f"{page}/resume",
        "status_url": f"{page}/status",
    }
    return shop.templates.response(order.locale, "fragments/components.html", context, secret=True)


async def _created(shop: Shop, checkout_id: str) -> Order:
    """The order of this form, once its first request is through with Xendit."""
    patience = datetime.now(UTC) + timedelta(seconds=TOTAL_SECONDS)
    while True:
        order = await shop.order_book.get_by_checkout(checkout_id)
        if order is None:
            raise Refusal(N_("This form is not one of this shop's. Reload the page and try again."))
        if order.payment_session_id or order.invoice_id or not order.status.is_open:
            return order
        now = datetime.now(UTC)
        if now > order.created + ABANDONED_AFTER:  # whoever was creating it is gone
            cause = N_("the shop stopped while creating it")
            return await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
        if now > patience:
            raise Refusal(N_("This order is still being prepared. Wait a moment and press Checkout again."), 409)
        await asyncio.sleep(0.1)
