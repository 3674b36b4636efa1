"""The shared objects of one running shop: made once in ``app.py``, reached from any request."""

from dataclasses import asdict, dataclass, field
from typing import Any

import httpx
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from webapp.config import Settings
from webapp.database.connection import Database
from webapp.inspector.recorder import Recorder
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook
from webapp.shop.visitor import Visit, load_visit
from webapp.web.page_cache import PageMemory
from webapp.web.templating import Templates


@dataclass
class Shop:
    """What every endpoint may use."""

    settings: Settings
    database: Database
    order_book: OrderBook
    client: httpx.AsyncClient
    """Talks to Xendit or to the sandbox; nobody below knows which."""
    recorder: Recorder
    """Notes what went to Xendit and came back, secrets masked."""
    templates: Templates
    sdk_url: str
    """Where the browser finds Xendit's SDK."""
    pages: PageMemory = field(default_factory=PageMemory)
    """Storefronts as they were last rendered."""
    questions: FixedWindowRateLimiter = field(default_factory=lambda: FixedWindowRateLimiter(MemoryStorage()))
    """Counts what this process asks Xendit on behalf of open pages."""

    def api_key(self, currency: str) -> str:
        """The secret key of a market's account. Raises Refusal for a market that is closed, as it may be since."""
        if currency not in self.settings.api_keys:
            closed = N_("This market is closed here: the shop has no API key for %(currency)s.")
            raise Refusal(closed, 409, currency=currency)
        return self.settings.api_keys[currency]


def shop_of(request: Request) -> Shop:
    """The shop that serves this request."""
    shop: Shop = request.app.state.shop
    return shop


def visit_of(request: Request) -> Visit:
    """The visit that this request belongs to."""
    shop = shop_of(request)
    return load_visit(request, shop.settings.api_keys, shop.templates.languages)


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
    return asdict(await sandbox.caller_faults(visit_of(request).visitor)) if sandbox else None
