"""The sandbox as a server of its own: the merchant's API, the browsers' pages and the control in one app."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, Router

from .app import Sandbox
from .body_limit import BodyLimitMiddleware
from .control.clock import TurnableClock
from .control.endpoints import Control
from .control.guard import GuardMiddleware
from .control.next_calls import NextCallsMiddleware
from .control.seeding import seed
from .database import SQLiteDatabase
from .retention import is_empty
from .settings import SandboxSettings

HELLO = """This is an imitation of Xendit's API, for tests and demos. No money moves.

POST /sessions      GET /sessions/{id}      POST /sessions/{id}/cancel
POST /v2/invoices   GET /v2/invoices/{id}   GET /v2/invoices?external_id=   POST /invoices/{id}/expire!
POST /refunds       POST /customers         POST /v3/payments/{id}/capture         POST /v3/payment_requests
GET /v3/payment_tokens/{id}                 GET /recurring/plans/{id}              GET /recurring/plans/{id}/cycles

HTTP Basic: any user name that begins with xnd_development_, and no password.
"""


async def hello(request: Request) -> Response:
    """Handle `GET /`."""
    return PlainTextResponse(HELLO)


async def healthy(request: Request) -> Response:
    """Handle `GET /healthz`."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """Handle `GET /readyz`: the database answers."""
    async with request.app.state.database.read() as connection:
        await connection.execute("SELECT 1")
    return PlainTextResponse("ready\n")


def create_app(
    settings: SandboxSettings, database: SQLiteDatabase, *, open_control: bool = False, seed_calls: Any = None
) -> Starlette:
    """Return the app of one sandbox on one database. Other machines control it if `open_control` lets them."""
    clock = TurnableClock()
    sandbox = Sandbox(settings, database, clock=clock)
    calls = NextCallsMiddleware(sandbox.api)
    control = Control(sandbox, clock, calls)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        await sandbox.start()
        try:
            if seed_calls and await is_empty(sandbox.store):
                await seed(app, seed_calls)
            yield
        finally:
            await sandbox.stop()
            await database.close()

    routes = [
        Route("/", hello),
        Route("/healthz", healthy),
        Route("/readyz", ready),
        *sandbox.routes,
        Mount("/_sandbox", GuardMiddleware(Router(control.routes()), open_control)),
        Mount("/", calls),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(BodyLimitMiddleware)], lifespan=lifespan)
    app.state.database, control.whole = database, app
    return app
