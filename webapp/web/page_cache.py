"""The storefront, rendered and compressed once for all who see the same.

Language, market, choices and cart decide every byte of it but the id of its checkout form.
"""

import struct
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, datetime

from webapp.shop.storefront import new_checkout_id, storefront_context
from webapp.shop.visitor import Visitor
from webapp.web.templating import Templates

MAX_PAGES = 128  # pages of some 25 KB
CHECKOUT_ID_PLACEHOLDER = "checkout-id-goes-here"
GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # deflate, no name, no time, any system


class Page:
    """A page before and after its checkout id."""

    def __init__(self, html: str) -> None:
        self._before, self._after = html.encode().split(CHECKOUT_ID_PLACEHOLDER.encode())
        self._deflated_before = _deflate(self._before, zlib.Z_FULL_FLUSH)  # ends on a byte, refers to nothing later
        self._deflated_after = _deflate(self._after, zlib.Z_FINISH)
        self._checksum_before = zlib.crc32(self._before)

    def plain(self) -> bytes:
        """The page with a checkout id of its own."""
        return self._before + new_checkout_id().encode() + self._after

    def gzipped(self) -> bytes:
        """The same in gzip: the id stands as it is between two parts that are compressed already (RFC 1951, 3.2.4)."""
        own = new_checkout_id().encode()
        stored = struct.pack("<BHH", 0, len(own), len(own) ^ 0xFFFF) + own
        checksum = zlib.crc32(self._after, zlib.crc32(own, self._checksum_before))
        size = len(self._before) + len(own) + len(self._after)
        end = struct.pack("<II", checksum, size)
        return b"".join((GZIP_HEADER, self._deflated_before, stored, self._deflated_after, end))


class PageCache:
    """The storefronts that were asked for last. Nothing in them belongs to one visitor."""

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()

    def page(self, templates: Templates, visitor: Visitor) -> Page:
        """The whole page for this visitor."""
        cart = tuple(visitor.cart.quantities.items())
        today = datetime.now(UTC).date()  # a subscription says when it begins
        key = (visitor.language, visitor.currency.code, visitor.flow, visitor.integration, cart, today)
        page = self._pages.get(key)
        if page is None:
            context = storefront_context(visitor) | {"path": "/", "checkout_id": CHECKOUT_ID_PLACEHOLDER}
            page = self._pages[key] = Page(templates.text(visitor.language, "pages/storefront.html", context))
            if len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return page


def _deflate(text: bytes, end: int) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(text) + compressor.flush(end)
