"""Ways to cheat a shop, for a demonstration: each is really tried, and the line that refuses it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from webapp.notices import N_
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT

WEBHOOKS = "webapp/endpoints/webhooks.py"


@dataclass(frozen=True)
class Cheat:
    """One way to cheat; ``line`` is in ``file`` exactly once, and is where it fails."""

    slug: str
    title: str
    words: str
    file: str
    line: str
    why: str


CHEATS: Mapping[str, Cheat] = {
    cheat.slug: cheat
    for cheat in (
        Cheat(
            "forged",
            N_("Forge the webhook"),
            N_("A stranger posts “it is paid” to the shop's webhook address, with a guessed token."),
            WEBHOOKS,
            "if not any(matches):",
            N_("The token is compared in constant time, before the body is believed."),
        ),
        Cheat(
            "amount",
            N_("The right token, a wrong amount"),
            N_("The token has leaked, and somebody reports a payment of 1 for the whole cart."),
            WEBHOOKS,
            "if field := outcome.mismatch(order):",
            N_("Reference, amount, currency and Xendit's ids must equal those of the stored order."),
        ),
        Cheat(
            "return",
            N_("Open the return address without paying"),
            N_("The shopper types the address that Xendit redirects to after a payment."),
            "webapp/endpoints/orders.py",
            "order = await refresh(shop, order, webhook_first=True)",
            N_("The address proves nothing: the page asks Xendit, and shows what Xendit answers."),
        ),
        Cheat(
            "replay",
            N_("Send an old webhook again"),
            N_("A recorded webhook arrives once more: the right token, the right body, the same webhook-id."),
            WEBHOOKS,
            "if status in (None, order.status):",
            N_("It is answered 200, or Xendit would go on sending it. It changes nothing."),
        ),
        Cheat(
            "stranger",
            N_("Look behind another visitor's order"),
            N_("Somebody with the order's address, but another browser, opens its counter."),
            "webapp/web/state.py",
            "if order.visitor != visitor_of(request).id:",
            N_("The order belongs to a signed cookie. The address alone opens nothing."),
        ),
    )
}


def paid_webhook(order: Order, amount: Decimal) -> dict[str, Any]:
    """Return the body of a webhook which says that an order is paid, for this amount in the order's currency.

    https://docs.xendit.co/apidocs/payment-session-webhook-notification
    """
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    if order.integration == "invoice":
        ids = {"id": order.invoice_id or "", "external_id": order.reference_id}
        return ids | {"status": "PAID", "amount": number, "currency": order.currency}
    data: dict[str, Any] = {"reference_id": order.reference_id, "currency": order.currency}
    if order.integration == SAVED_PAYMENT:
        data |= {"payment_request_id": order.payment_request_id, "status": "SUCCEEDED", "request_amount": number}
        return {"event": "payment.capture", "data": data}
    data |= {"payment_session_id": order.payment_session_id, "status": "COMPLETED", "amount": number}
    return {"event": "payment_session.completed", "data": data}
