"""Answer health checks (``/healthz``, ``/readyz``)."""

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webapp.web.state import shop_of

log = structlog.get_logger()


async def healthz(request: Request) -> Response:
    """Answer 200."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """Answer 200 if the database answers, else 503. Xendit is not checked: the shop works without it."""
    try:
        await shop_of(request).order_book.get("")
    except Exception as error:
        log.error("not_ready", error=type(error).__name__)
        return PlainTextResponse("the database does not answer\n", 503, headers={"Cache-Control": "no-store"})
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})
