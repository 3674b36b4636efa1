"""The shared objects of one running shop: made once in ``app.py``, reached from any request."""

from dataclasses import dataclass, field

import httpx
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter
from starlette.requests import Request

from webapp.config import Settings
from webapp.database import Database
from webapp.inspector import Recorder
from webapp.order_book import OrderBook
from webapp.page_memory import PageMemory
from webapp.templating import Templates
from webapp.text import N_, Refusal
from webapp.visit import Visit, load_visit


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
