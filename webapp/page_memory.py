"""The storefront, rendered once for all who see the same. Language, market, choices and cart decide every byte of it
but the id of its checkout form.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, datetime

from webapp.counter import counter_context, new_checkout_id
from webapp.templating import Templates
from webapp.visit import Visit

MOST = 128  # pages of some 25 KB
PLACE = "checkout-id-goes-here"


class PageMemory:
    """The storefronts that were asked for last. Nothing in them belongs to one visitor."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, str] = OrderedDict()

    def html(self, templates: Templates, visit: Visit) -> str:
        """The whole page for this visit, with a checkout id of its own."""
        cart = tuple(visit.cart.quantities.items())
        today = datetime.now(UTC).date()  # a subscription says when it begins
        key = (visit.language, visit.currency.code, visit.flow, visit.integration, cart, today)
        page = self._pages.get(key)
        if page is None:
            context = counter_context(visit) | {"path": "/", "checkout_id": PLACE}
            page = self._pages[key] = templates.text(visit.language, "pages/storefront.html", context)
            if len(self._pages) > MOST:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return page.replace(PLACE, new_checkout_id())
