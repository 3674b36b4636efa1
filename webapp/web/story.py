"""An order's story on one page that needs no shop: what was said, as a drawing and in full, and the code."""

import base64
import hashlib
from typing import Any

from markupsafe import Markup
from starlette.requests import Request

from webapp.inspector.highlight import SOURCES, code, json_code, portable_source
from webapp.inspector.sequence_diagram import arrows
from webapp.inspector.timeline import Entry, entries, why_closed
from webapp.integrations import INTEGRATIONS
from webapp.orders.modification import refunded
from webapp.orders.order import Order
from webapp.shop.tones import stylesheet
from webapp.web.assets import Asset
from webapp.web.order_page import STATE_TITLES
from webapp.web.state import Shop, shop_of

STYLES = ("css/shop.css", "css/pages.css", "css/inspector.css")


async def story_of(shop: Shop, order: Order) -> list[Entry]:
    """Return what the inspector shows of an order, newest first."""
    changes = await shop.order_book.changes(order.reference_id)
    return entries(order, await shop.recorder.steps(order.reference_id), changes)


async def story_context(request: Request, order: Order) -> dict[str, Any]:
    """Return the context of ``pages/story.html``."""
    shop = shop_of(request)
    story = await story_of(shop, order)
    told = {entry.source for entry in story} | {order.integration}
    return {
        "order": order,
        "refunded": refunded(await shop.modifications.of(order.reference_id)),
        "state_title": STATE_TITLES[order.status],
        "choice": INTEGRATIONS.get(order.integration),
        "closed_by": why_closed(order, await shop.order_book.changes(order.reference_id)),
        "story": list(reversed(story)),
        "arrows": arrows(story),
        "files": [(name, path, portable_source(name)) for name, path in SOURCES.items() if name in told],
        "source_url": lambda name: f"#file-{name}",
        "sources": SOURCES,
        "json_code": json_code,
        "code": code,
        "portable": True,
    }


def inline_styles(assets: dict[str, Asset], order: Order) -> dict[str, str]:
    """Return the stylesheets and the tones of the order's shop, for a file without the shop, and the hash of them.

    The file's policy names the hash, so that nothing else in it is a style.
    """
    texts = [assets[name].body.decode() for name in STYLES]
    texts += [stylesheet(order.shop_colour)] if order.shop_colour else []
    styles = "\n".join(texts)
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    return {"styles": Markup(styles), "styles_hash": f"sha256-{digest}"}  # noqa: S704 - our own files, and six digits
