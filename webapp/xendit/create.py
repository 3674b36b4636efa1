"""Create an order's session or invoice at Xendit, by the file of its integration."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from webapp.integrations import outcomes
from webapp.integrations.components import ComponentsSession, create_components_session
from webapp.integrations.customer import find_customer
from webapp.integrations.errors import XenditError, is_id
from webapp.integrations.invoice import NewInvoice, create_invoice
from webapp.integrations.payment_link import PaymentLinkSession, create_payment_link_session
from webapp.notices import N_, NOT_OURS, Refusal
from webapp.order_context import set_order
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, OrderStatus
from webapp.web.state import Shop
from webapp.xendit.client import TOTAL_SECONDS
from webapp.xendit.reopen import secret_of

log = structlog.get_logger()
UNKNOWN_CUSTOMER = ("DATA_NOT_FOUND", "INVALID_CUSTOMER_ID")  # another account's, or the sandbox's
ABANDONED_AFTER = timedelta(seconds=3 * TOTAL_SECONDS + 5)  # with its customer, a creation is up to three calls


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
    own = is_id(answer.get("customer_id")) and not order.options.customer  # the next order is the visitor's again
    known = {"customer_id": str(answer.get("customer_id"))} if own else {}
    await shop.order_book.set_ids(order.reference_id, {**outcome.ids, **known})
    return secret_of(shop, order, answer)


async def _call_with_customer(shop: Shop, order: Order) -> ComponentsSession | PaymentLinkSession | NewInvoice:
    """Create the session or invoice; once more where Xendit or the shop does not know the customer's id."""
    try:
        return await call_xendit(shop, order)
    except XenditError as error:
        if error.error_code not in (UNKNOWN_CUSTOMER if order.customer_id else ("DUPLICATE_ERROR",)):
            raise
    customer_id = None
    if order.customer_id is None:
        who = (shop.client, shop.api_key(order.currency), order.customer_reference)
        customer_id = await find_customer(*who, api_url=shop.settings.xendit_api_url)
    return await call_xendit(shop, replace(order, customer_id=customer_id))


async def call_xendit(shop: Shop, order: Order) -> ComponentsSession | PaymentLinkSession | NewInvoice:
    """Send the request that the order's integration and options make, and return the answer. Raises XenditError."""
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


async def created_order(shop: Shop, checkout_id: str) -> Order:
    """Wait until the first request with this ``checkout_id`` has Xendit's answer. Return its order."""
    patience = datetime.now(UTC) + timedelta(seconds=TOTAL_SECONDS)
    while True:
        order = await shop.order_book.get_by_checkout(checkout_id)
        if order is None:
            raise Refusal(NOT_OURS)
        if order.status is OrderStatus.FAILED_TO_CREATE:
            raise Refusal(N_("That attempt did not reach Xendit. Press Checkout again."), 409)
        created = order.payment_session_id or order.invoice_id or order.integration == SAVED_PAYMENT
        if created or not order.status.is_open:
            return order
        now = datetime.now(UTC)
        if now > order.created + ABANDONED_AFTER:  # the process that was creating it has stopped
            cause = N_("the shop stopped while creating it")
            await shop.order_book.change_status(order, OrderStatus.FAILED_TO_CREATE, cause=cause)
        elif now > patience:
            raise Refusal(N_("This order is still being prepared. Wait a moment and press Checkout again."), 409)
        else:
            await asyncio.sleep(0.1)
