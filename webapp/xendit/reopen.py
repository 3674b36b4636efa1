"""Fetch the key or link that opens an order's payment. Xendit keeps it; the shop never does."""

import re
from collections.abc import Mapping

from webapp.integrations import INTEGRATIONS
from webapp.integrations.errors import XenditError
from webapp.integrations.saved_payment import action_url
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, OrderStatus
from webapp.web.rate_limiter import Limit
from webapp.web.state import Shop
from webapp.xendit.order_sync import after_webhook_of, apply_answer, fetch_from_xendit
from webapp.xendit_hosts import page_address

PRINTABLE = re.compile(r"[!-~]{1,2000}")
REOPENS_OF_AN_ORDER, REOPENS_OF_A_VISITOR = Limit(20, 60), Limit(60, 60)


async def reopen(shop: Shop, order: Order) -> tuple[Order, str | None]:
    """Fetch the key or link that opens the payment from Xendit. Return the updated order with it, or with None.

    It is None if nothing opens it now. Raises XenditError, and Refusal (429) where that was asked too often.
    """
    if not order.status.is_open:
        return order, None
    for limit, who in ((REOPENS_OF_AN_ORDER, order.reference_id), (REOPENS_OF_A_VISITOR, order.visitor)):
        if shop.settings.rate_limits and shop.questions.wait(limit, who):
            hint = N_("Wait a moment, then try again.")
            raise Refusal(N_("That was quicker than this shop can follow."), 429, hint=hint)
    answer = await fetch_from_xendit(shop, order)
    order = await apply_answer(shop, await after_webhook_of(shop, order, answer), answer)
    charging = answer and order.integration == SAVED_PAYMENT and answer["status"] != "REQUIRES_ACTION"
    if answer is None or charging or order.status is not OrderStatus.WAITING:
        return order, None
    return order, secret_of(shop, order, answer)


def secret_of(shop: Shop, order: Order, answer: Mapping[str, object]) -> str:
    """Return the key or link that opens the payment. Raises XenditError for what can't be one.

    Raises Refusal where a saved card or wallet wants something else than a visit to a page.
    """
    saved = order.integration == SAVED_PAYMENT
    if saved and action_url(answer) is None:
        hint = N_("It was not charged. Cancel this order on its page, then pay another way.")
        raise Refusal(
            N_("%(label)s asks for a step that this shop can't show."), 422, hint=hint, label=order.token_label
        )
    secret = action_url(answer) if saved else answer.get(INTEGRATIONS[order.integration].opens)
    if order.integration != "components":
        own = (f"{shop.settings.app_url}/", f"{shop.settings.xendit_api_url}/")  # of a sandbox, built in or not
        secret = page_address(secret, own)
    if not isinstance(secret, str) or not PRINTABLE.fullmatch(secret):
        raise XenditError.unexpected(200)
    return secret
