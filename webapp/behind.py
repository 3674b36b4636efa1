"""What the panel's templates need: one order's story, told for its own visitor."""

from typing import Any

from webapp.highlight import SOURCES, code, json_code
from webapp.orders import Order
from webapp.sequence import HEAD, LANES, WIDTH, arrows, height
from webapp.shop import Shop
from webapp.test_data import amounts, cards, finishes
from webapp.timeline import entries, is_live, version, why_closed
from webapp.visit import Visit


async def behind_context(shop: Shop, visit: Visit, order: Order, *, poll: str, sandbox: bool) -> dict[str, Any]:
    """The context of ``fragments/inspector.html``. ``poll``: the address that the panel asks again while it is live."""
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
        "sandbox": sandbox,
        "currency": visit.currency,
    } | test_data(order.currency)


def test_data(currency: str) -> dict[str, Any]:
    """The context of ``fragments/test_data.html``."""
    return {"cards": cards(currency), "finishes": finishes(currency), "amounts": amounts(currency), "market": currency}
