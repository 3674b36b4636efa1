"""The sandbox as a server of its own: the merchant's API, the browsers' pages and the control in one app."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route, Router

from . import webhooks
from .api.transport import TransportMiddleware
from .app import Sandbox
from .body_limit import BodyLimitMiddleware
from .console.endpoints import Console
from .console.request_log import RequestLogMiddleware
from .control.clock import TurnableClock
from .control.endpoints import Control
from .control.guard import GuardMiddleware
from .control.next_calls import NextCallsMiddleware
from .control.reading import no_call
from .control.seeding import fill
from .database import SQLiteDatabase
from .retention import is_empty
from .settings import SandboxSettings


async def healthy(request: Request) -> Response:
    """Handle `GET /healthz`."""
    return PlainTextResponse("ok\n")


async def ready(request: Request) -> Response:
    """Handle `GET /readyz`: the database answers."""
    async with request.app.state.sandbox.database.read() as connection:
        await connection.execute("SELECT 1")
    return PlainTextResponse("ready\n")


async def _seed(app: Starlette, calls: Any) -> None:
    """Fill an empty database. Keep the error of a seed that fails, for the one who started the server."""
    store = app.state.sandbox.store
    if calls is not None and await is_empty(store):
        try:
            await fill(app, store, calls)
        except Exception as error:
            app.state.seed_error = error
            raise


def create_app(
    settings: SandboxSettings, database: SQLiteDatabase, *, open_control: bool = False, seed_calls: Any = None
) -> Starlette:
    """Return the app of one sandbox on one database. Other machines control it if `open_control` lets them."""
    clock = TurnableClock()
    sandbox = Sandbox(settings, database, clock=clock)
    calls = NextCallsMiddleware(sandbox.bare_api)
    transport = TransportMiddleware(calls, clock)
    log = RequestLogMiddleware(transport, clock)
    control, console = Control(sandbox, clock, calls), Console(sandbox, log)
    control.forget = [log.clear, transport.calls.clear, *([sandbox.tries.clear] if sandbox.tries else [])]

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        await sandbox.start()
        await webhooks.restart(sandbox.store)
        try:
            await _seed(app, seed_calls)
            yield
        finally:
            await sandbox.stop()
            await database.close()

    open_at = settings.public_url if open_control else None
    own_routes = [Mount("/console", routes=console.routes()), *control.routes()]
    own = Starlette(routes=own_routes, exception_handlers={HTTPException: no_call})
    routes = [
        Route("/", GuardMiddleware(Router([Route("/", console.list)]), open_at)),
        Route("/healthz", healthy),
        Route("/readyz", ready),
        *sandbox.routes,
        Mount("/_sandbox", GuardMiddleware(own, open_at)),
        Mount("/", log),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(BodyLimitMiddleware)], lifespan=lifespan)
    app.state.sandbox, app.state.seed_error, control.whole = sandbox, None, app
    return app
