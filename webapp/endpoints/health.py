"""``/healthz`` and ``/readyz``, for whoever watches the process."""

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webapp.web.state import shop_of

log = structlog.get_logger()


async def healthz(request: Request) -> Response:
    """200 while the process answers."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """200 while the database answers, else 503. Xendit's health is not ours: the shop stays up without it."""
    try:
        await shop_of(request).order_book.get("")
    except Exception as error:
        log.error("not_ready", error=type(error).__name__)
        return PlainTextResponse("the database does not answer\n", 503, headers={"Cache-Control": "no-store"})
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})
