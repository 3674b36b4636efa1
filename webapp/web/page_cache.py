"""The storefront, rendered and compressed once for all who see the same.

Language, market, choices and cart decide every byte of it but the id of its checkout form.
"""

import secrets
import struct
import zlib
from collections import OrderedDict
from collections.abc import Hashable
from datetime import UTC, datetime

from starlette.responses import Response

from webapp.accept import accepts
from webapp.shop.storefront import new_checkout_id, storefront_context
from webapp.shop.visitor import Visitor
from webapp.web.first_visit import STYLES
from webapp.web.templating import Templates

MAX_PAGES = 128  # pages of some 25 KB, 55 with the stylesheet
CHECKOUT_ID_PLACEHOLDER = secrets.token_urlsafe(16)  # random: a product or a brand may have any name
GZIP_HEADER = b"\x1f\x8b\x08" + bytes(6) + b"\xff"  # deflate, no name, no time, any system


class Page:
    """A page before and after its checkout id.

    Compressing both parts once saves 30 % of the processor time of ``GET /`` (tests/benchmarks/bench_shortcuts.py).
    """

    def __init__(self, html: str) -> None:
        self._before, self._after = html.encode().split(CHECKOUT_ID_PLACEHOLDER.encode())
        self._deflated_before = _deflate(self._before, zlib.Z_FULL_FLUSH)
        self._deflated_after = _deflate(self._after, zlib.Z_FINISH)

    def plain(self) -> bytes:
        """Return the page with a checkout id of its own."""
        return self._before + new_checkout_id().encode() + self._after

    def gzipped(self) -> bytes:
        """Return the same in gzip: a full flush ends a part on a byte, and the next refers to nothing before it."""
        checkout_id = new_checkout_id().encode()
        page = self._before + checkout_id + self._after
        deflated = self._deflated_before + _deflate(checkout_id, zlib.Z_FULL_FLUSH) + self._deflated_after
        return GZIP_HEADER + deflated + struct.pack("<II", zlib.crc32(page), len(page))


class PageCache:
    """The storefronts that were asked for last. Nothing in them belongs to one visitor.

    Saves two thirds of the processor time of ``GET /`` (tests/benchmarks/bench_shortcuts.py).
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, Page] = OrderedDict()

    def response(self, templates: Templates, visitor: Visitor, accept_encoding: str, *, first_visit: bool) -> Response:
        """Return the storefront for this visitor, in gzip if the browser takes it. A first one holds the stylesheet."""
        page = self._page(templates, visitor, first_visit)
        if not accepts(accept_encoding, "gzip"):
            response = templates.answer(visitor.language, page.plain())
        else:
            response = templates.answer(visitor.language, page.gzipped())
            response.headers["Content-Encoding"] = "gzip"
        response.headers.add_vary_header("Accept-Encoding")
        return response

    def _page(self, templates: Templates, visitor: Visitor, first_visit: bool) -> Page:
        cart = tuple(visitor.cart.quantities.items())
        today = datetime.now(UTC).date()  # a subscription says when it begins
        choices = (visitor.currency.code, visitor.flow, visitor.integration, visitor.present, visitor.options)
        key = (visitor.brand, visitor.language, *choices, cart, today, first_visit)
        page = self._pages.get(key)
        if page is None:
            context = storefront_context(visitor) | {"path": "/", "checkout_id": CHECKOUT_ID_PLACEHOLDER}
            context["styles"] = STYLES if first_visit else ""
            page = self._pages[key] = Page(templates.text(visitor.language, "pages/storefront.html", context))
            if len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return page


def _deflate(text: bytes, end: int) -> bytes:
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(text) + compressor.flush(end)
