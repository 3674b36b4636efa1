"""The sandbox as a server of its own: the merchant's API and the browsers' pages in one app."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from .app import Sandbox
from .body_limit import BodyLimitMiddleware
from .database import SQLiteDatabase
from .settings import SandboxSettings

HELLO = """This is an imitation of Xendit's API, for tests and demos. No money moves.

POST /sessions      GET /sessions/{id}      POST /sessions/{id}/cancel
POST /v2/invoices   GET /v2/invoices/{id}   GET /v2/invoices?external_id=   POST /invoices/{id}/expire!
POST /refunds       POST /customers         POST /v3/payments/{id}/capture         POST /v3/payment_requests
GET /v3/payment_tokens/{id}                 GET /recurring/plans/{id}              GET /recurring/plans/{id}/cycles

HTTP Basic: any user name that begins with xnd_development_, and no password.
"""


def create_app(settings: SandboxSettings, database: SQLiteDatabase) -> Starlette:
    """Return the app of one sandbox on one database."""
    sandbox = Sandbox(settings, database)
    api: ASGIApp = sandbox.api

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        await sandbox.start()
        try:
            yield
        finally:
            await sandbox.stop()
            await database.close()

    async def hello(request: Request) -> Response:
        return PlainTextResponse(HELLO)

    async def healthy(request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(request: Request) -> Response:
        async with database.read() as connection:
            await connection.execute("SELECT 1")
        return PlainTextResponse("ready\n")

    routes = [
        Route("/", hello),
        Route("/healthz", healthy),
        Route("/readyz", ready),
        *sandbox.routes,
        Mount("/", api),
    ]
    return Starlette(routes=routes, middleware=[Middleware(BodyLimitMiddleware)], lifespan=lifespan)
