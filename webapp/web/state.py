"""The shared objects of one running shop: made once in ``app.py``, reached from any request."""

from dataclasses import dataclass, field

import httpx
import structlog
from starlette.requests import Request

from webapp.config import Settings
from webapp.database.connection import Database
from webapp.database.migrate import migrate
from webapp.inspector.recorder import Recorder
from webapp.notices import N_, Refusal
from webapp.order_context import set_order
from webapp.orders.modification_book import ModificationBook
from webapp.orders.order import Order
from webapp.orders.order_book import OrderBook
from webapp.orders.saved_payments import SavedPayments
from webapp.shop.visitor import Visitor, load_visitor
from webapp.web.own_brand import own_brand
from webapp.web.page_cache import PageCache
from webapp.web.rate_limiter import RateLimiter
from webapp.web.templating import Templates

log = structlog.get_logger()


@dataclass
class Shop:
    """The shared objects of a running shop."""

    settings: Settings
    database: Database
    order_book: OrderBook
    modifications: ModificationBook
    saved_payments: SavedPayments
    client: httpx.AsyncClient
    """Talks to Xendit or to the sandbox; nobody below knows which."""
    recorder: Recorder
    """Notes what went to Xendit and came back, secrets masked."""
    templates: Templates
    sdk_url: str
    """Where the browser finds Xendit's SDK."""
    webhooks_seen: bool = False
    """Whether a webhook with the right token has reached this process."""
    pages: PageCache = field(default_factory=PageCache)
    """Storefronts as they were last rendered."""
    questions: RateLimiter = field(default_factory=RateLimiter)
    """Counts what this process asks Xendit on behalf of open pages."""

    async def open(self) -> None:
        """Open the database, and begin to record. Postgres is migrated by the release command, SQLite here."""
        await self.database.open()
        if self.database.driver == "sqlite":
            await migrate(self.database)
            if self.settings.on_heroku:
                log.warning("sqlite_on_heroku", why="its disk is wiped every day: add Postgres")
        self.recorder.start()

    async def close(self) -> None:
        """Write what is still to be recorded, and close connections."""
        await self.client.aclose()
        await self.recorder.stop()
        await self.database.close()

    def api_key(self, currency: str) -> str:
        """Return the secret key of a market's account. Raises Refusal for a market that is closed by now."""
        if currency not in self.settings.api_keys:
            closed = N_("This market is closed here: the shop has no API key for %(currency)s.")
            raise Refusal(closed, 409, currency=currency)
        return self.settings.api_keys[currency]


def shop_of(request: Request) -> Shop:
    """Return the shop that serves this request."""
    shop: Shop = request.app.state.shop
    return shop


def visitor_of(request: Request) -> Visitor:
    """Return the visitor of this request, decoded from the cookie once."""
    if not hasattr(request.state, "visitor"):
        shop = shop_of(request)
        brand = own_brand(request, shop.settings)
        request.state.visitor = load_visitor(request, shop.settings.api_keys, shop.templates.languages, brand)
    visitor: Visitor = request.state.visitor
    return visitor


async def order_of(request: Request) -> Order:
    """Return the order in the address. Raises Refusal: 404 if there is none."""
    order = await shop_of(request).order_book.get(request.path_params["reference_id"])
    if order is None:
        raise Refusal(N_("There is no such order."), 404)
    set_order(order.reference_id, order.visitor)
    return order


async def own_order(request: Request) -> Order:
    """Return the order in the address to the visitor who made it. Raises Refusal: 404, 403 for anybody else."""
    order = await order_of(request)
    if order.visitor != visitor_of(request).id:
        raise Refusal(N_("Only the browser that made this order can do this."), 403)
    return order
