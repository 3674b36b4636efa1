"""Run a subscribed order's plan: a month later, a retry, its end (``POST /orders/{reference_id}/month`` …)."""

from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from webapp.integrations.errors import XenditError
from webapp.notices import N_, NOT_OURS, Notice, Refusal
from webapp.orders.order import Order
from webapp.web.forms import read_form
from webapp.web.htmx import redirect
from webapp.web.order_page import show_order
from webapp.web.state import Shop, own_order, shop_of
from webapp.xendit import subscriptions

REFUSED = {
    "INELIGIBLE_CYCLE_REQUEST": N_("Xendit says that this month is past that. Its state is on this page."),
    "REQUEST_FORBIDDEN_ERROR": N_("Xendit does not allow this for this plan. It may have stopped already."),
}
Act = Callable[[Shop, Order, Mapping[str, str]], Awaitable[None]]


async def month(request: Request) -> Response:
    """Simulate the next month, from the fields ``cycle`` and ``card``: ``works`` or ``declines``."""

    async def act(shop: Shop, order: Order, form: Mapping[str, str]) -> None:
        if form["card"] not in ("works", "declines"):
            raise Refusal(NOT_OURS)
        await subscriptions.simulate(shop, order, form["cycle"], declined=form["card"] == "declines")

    return await _change(request, act, "cycle", "card")


async def retry(request: Request) -> Response:
    """Charge a month that failed again, from the field ``cycle``."""
    return await _change(request, lambda shop, order, form: subscriptions.retry(shop, order, form["cycle"]), "cycle")


async def stop(request: Request) -> Response:
    """Stop the plan for good."""
    return await _change(request, lambda shop, order, form: subscriptions.stop(shop, order))


async def _change(request: Request, act: Act, *fields: str) -> Response:
    """Change the plan and show the order; with a sentence where that can't be, or where Xendit refuses."""
    shop, order = shop_of(request), await own_order(request)
    try:
        await act(shop, order, await read_form(request, *fields))
        return redirect(request, f"/orders/{order.reference_id}")
    except Refusal as refusal:
        notice, status = refusal.notice, refusal.status
    except XenditError as error:
        notice, status = _explain(error), 502
    order = await shop.order_book.get(order.reference_id) or order
    order, plan = await subscriptions.fetch_plan(shop, order, order.visitor)
    return await show_order(request, order, plan=plan, notice=notice, status=status)


def _explain(error: XenditError) -> Notice:
    if 400 <= error.status < 500:
        sentence = REFUSED.get(error.error_code, N_("Xendit did not accept this. Nothing was changed."))
        return Notice(sentence, error_code=error.error_code)
    hint = N_("Nobody knows yet whether it was done. Reload this page to see how it ended.")
    return Notice(N_("Xendit has not answered yet."), hint=hint, error_code=error.error_code)
