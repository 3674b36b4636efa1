"""Answer health checks (``/healthz``, ``/readyz``)."""

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webapp.web.state import shop_of

log = structlog.get_logger()
REASONS = {
    "FileGone": "the database file was deleted or replaced: put it back, and restart the shop",
    "ReadOnlySQLTransactionError": "the database is read-only",
    "UndefinedTableError": "the database has no tables yet: run python -m webapp migrate",
    "UndefinedColumnError": "the database lacks a migration: run python -m webapp migrate",
    "InsufficientPrivilegeError": "the database does not let this user write",
}


async def healthz(request: Request) -> Response:
    """Answer 200."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    """Answer 200 while the database can be written, else 503 and why. The shop stays up without Xendit."""
    try:
        await shop_of(request).order_book.check_writable()
    except Exception as error:
        log.error("not_ready", error=str(error))
        why = REASONS.get(str(error), "the database does not answer")
        return PlainTextResponse(f"{why}\n", 503, headers={"Cache-Control": "no-store", "Retry-After": "5"})
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})
