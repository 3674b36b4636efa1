"""What the panel's templates need: one order's story, told for its own visitor."""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request

from webapp.highlight import SOURCES, code, json_code
from webapp.orders import Order
from webapp.sequence import HEAD, LANES, WIDTH, arrows, height
from webapp.shop import shop_of, visit_of
from webapp.test_data import amounts, cards, finishes
from webapp.text import N_, Refusal
from webapp.timeline import entries, is_live, version, why_closed


async def own_order(request: Request) -> Order:
    """The order in the address, for the visitor who made it. 404 if there is none, 403 for anybody else."""
    order = await shop_of(request).order_book.get(request.path_params["reference_id"])
    if order is None:
        raise Refusal(N_("There is no such order."), 404)
    if order.visitor != visit_of(request).visitor:
        raise Refusal(N_("Only the browser that made this order can look behind its counter."), 403)
    return order


async def controls_of(request: Request) -> dict[str, Any] | None:
    """The sandbox's controls for this visitor; None where Xendit itself answers."""
    sandbox = request.app.state.sandbox
    return asdict(await sandbox.controls(visit_of(request).visitor)) if sandbox else None


async def behind_context(request: Request, order: Order, *, poll: str) -> dict[str, Any]:
    """The context of ``fragments/inspector.html``. ``poll``: the address that the panel asks again while it is live."""
    shop = shop_of(request)
    changes = await shop.order_book.changes(order.reference_id)
    story = entries(order, await shop.recorder.steps(order.reference_id), changes)
    return {
        "order": order,
        "story": story,
        "version": version(order, story),
        "live": is_live(order),
        "poll": poll,
        "closed_by": why_closed(order, changes),
        "arrows": arrows(story),
        "lanes": LANES,
        "drawing": {"width": WIDTH, "height": height(story), "head": HEAD},
        "json_code": json_code,
        "code": code,
        "sources": SOURCES,
        "controls": await controls_of(request),
        "controls_back": f"/orders/{order.reference_id}/behind-the-counter",
        "currency": visit_of(request).currency,
    } | test_data(order.currency)


def test_data(currency: str) -> dict[str, Any]:
    """The context of ``fragments/test_data.html``."""
    return {"cards": cards(currency), "finishes": finishes(currency), "amounts": amounts(currency), "market": currency}
