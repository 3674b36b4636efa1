"""Show an order: its page, and the fragment that the page polls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from webapp.notices import N_, Notice
from webapp.orders.modification import Kind, Modification, available, refunded
from webapp.orders.order import Order
from webapp.orders.rows import IDS
from webapp.orders.status import SAVED_PAYMENT, OrderStatus
from webapp.shop.storefront import new_checkout_id
from webapp.shop.visitor import Visitor
from webapp.web.own_brand import brand_of_order
from webapp.web.passes import may_pay
from webapp.web.plan import FAILURES, PlanView
from webapp.web.scene_strip import strip_of_order
from webapp.web.state import shop_of, visitor_of

STATE_TITLES = {
    OrderStatus.WAITING: N_("Waiting for your payment"),
    OrderStatus.PENDING_APPROVAL: N_("Waiting for approval"),
    OrderStatus.AUTHORIZED: N_("Held on the card"),
    OrderStatus.RELEASED: N_("Released"),
    OrderStatus.PAID: N_("Paid"),
    OrderStatus.SAVED: N_("Saved"),
    OrderStatus.SUBSCRIBED: N_("Subscribed"),
    OrderStatus.STOPPED: N_("Stopped"),
    OrderStatus.EXPIRED: N_("Expired"),
    OrderStatus.CANCELLED: N_("Cancelled"),
    OrderStatus.DECLINED: N_("Declined"),
    OrderStatus.FAILED_TO_CREATE: N_("Not started"),
}
REASONS = {
    "REQUESTED_BY_CUSTOMER": N_("The customer asked for it"),
    "CANCELLATION": N_("The order was cancelled"),
    "DUPLICATE": N_("It was paid twice"),
    "FRAUDULENT": N_("It was fraud"),
    "OTHERS": N_("Another reason"),
}


async def show_order(
    request: Request,
    order: Order,
    template: str = "pages/order.html",
    *,
    plan: PlanView | None = None,
    notice: Notice | None = None,
    status: int = 200,
    typed: dict[str, str] | None = None,
) -> Response:
    """Answer with an order's page or fragment; ``typed`` is what a refused form held, its amount by the form's kind."""
    shop, visitor = shop_of(request), visitor_of(request)
    modifications = await shop.modifications.of(order.reference_id)
    # Without an answer it can't be cancelled, nor opened.
    unanswered = order.integration == SAVED_PAYMENT and not order.payment_request_id
    context = {
        "order": _as_seen_by(visitor, order),
        "brand": brand_of_order(order, visitor, shop.settings),
        "strip": strip_of_order(request, order, refunded(modifications)),
        "state_title": STATE_TITLES[order.status],
        "changes": await shop.order_book.changes(order.reference_id),
        "notice": notice,
        "is_owner": order.visitor == visitor.id,
        "may_pay": may_pay(request, order) and not unanswered,
        "currency": visitor.currency,
        "path": f"/orders/{order.reference_id}",
        "modifications": modifications,
        "plan": plan,
        "failures": FAILURES,
        "first_charge": _first_charge(order, plan),
        "in_progress": any(each.status.is_open for each in modifications) or (plan is not None and plan.in_progress),
        "seen": seen(order, modifications, plan),
        "typed": typed or {},
    } | _after_sale(order, modifications)
    return shop.templates.response(visitor.language, template, context, status=status)


def seen(order: Order, modifications: Sequence[Modification], plan: PlanView | None) -> str:
    """Return a text that changes whenever the order's state, one of its modifications or its plan does."""
    return "-".join([order.status, *(each.status for each in modifications), *(plan.seen if plan else ())])


def _as_seen_by(visitor: Visitor, order: Order) -> Order:
    """Return the order; to strangers without its card and Xendit's ids: an invoice's id is the end of its link."""
    if order.visitor == visitor.id:
        return order
    nothing: dict[str, Any] = dict.fromkeys(IDS)
    return replace(order, **nothing, token_label="")


def _first_charge(order: Order, plan: PlanView | None) -> datetime | None:
    """Return the time of a subscription's first charge, as its plan says it, or None once that has passed."""
    if plan and plan.next:
        return plan.next.due
    return order.anchor_date if order.anchor_date > datetime.now(UTC) else None


def _after_sale(order: Order, modifications: Sequence[Modification]) -> dict[str, Any]:
    """Return what the merchant's forms need."""
    return {
        "refunded": refunded(modifications),
        "refundable": available(order, Kind.REFUND, modifications),
        "capturable": available(order, Kind.CAPTURE, modifications),
        "plain": _plain,
        "form_id": new_checkout_id(),
        "reasons": REASONS,
    }


def _plain(amount: Decimal) -> str:
    """Return an amount as a form field takes it: ``90000``, ``21.60``."""
    return f"{amount:.2f}".removesuffix(".00")
