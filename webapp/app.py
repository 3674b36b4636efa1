"""The shop: one routes table, the shared objects, and their life. The only importer of the sandbox."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

import httpx
import structlog
from dotenv import load_dotenv
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from webapp.config import ConfigError, Settings
from webapp.database.connection import Database, database_from_url
from webapp.database.migrate import migrate
from webapp.endpoints import (
    cart,
    checkout,
    health,
    inspector,
    orders,
    present,
    storefront,
    walkthrough,
    webhooks,
    well_known,
)
from webapp.i18n.translations import Catalogues
from webapp.inspector.recorder import Recorder
from webapp.inspector.transport import RecordingTransport
from webapp.logs import configure_logging
from webapp.orders.order_book import OrderBook
from webapp.sandbox import Sandbox, SandboxSettings
from webapp.shop.currencies import CURRENCIES
from webapp.web.assets import STATIC, load_assets, serve_asset
from webapp.web.middleware import EXCEPTION_HANDLERS, middleware
from webapp.web.state import Shop
from webapp.web.templating import Templates
from webapp.xendit.client import xendit_client
from webapp.xendit.order_sync import expire_overdue
from webapp.xendit.sandbox_transport import SandboxTransport

log = structlog.get_logger()
SDK = "vendor/xendit-components-web-0.0.24.mjs"


def routes() -> list[BaseRoute]:
    """The site map."""
    order = "/orders/{reference_id}"
    return [
        # Looked through in order, so what is asked for most stands first.
        Route("/static/{fingerprint}/{path:path}", serve_asset),
        Route("/webhooks/xendit", webhooks.xendit, methods=["POST"]),
        Route("/", storefront.storefront),
        Route("/choices", storefront.choices, methods=["POST"]),
        Route("/cart/add", cart.add, methods=["POST"]),
        Route("/cart/decrease", cart.decrease, methods=["POST"]),
        Route("/cart/remove", cart.remove, methods=["POST"]),
        Route("/checkout", checkout.checkout, methods=["POST"]),
        Route("/orders", orders.order_list),
        Route(order, orders.order_page),
        Route(f"{order}/status", orders.order_status),
        Route(f"{order}/resume", orders.resume),
        Route(f"{order}/pay", orders.pay, methods=["POST"]),
        Route(f"{order}/cancel", orders.cancel, methods=["POST"]),
        Route(f"{order}/again", orders.again, methods=["POST"]),
        Route(f"{order}/inspector", inspector.order_inspector),
        Route("/inspector", inspector.latest),
        Route("/source/{name}", inspector.source_view),
        Route(f"{order}/qr", present.order_qr),
        Route(f"{order}/qr", present.payment_qr, methods=["POST"]),
        Route(f"{order}/done", present.done),
        Route("/walkthrough", walkthrough.walkthrough),
        Route("/walkthrough/reset", walkthrough.reset, methods=["POST"]),
        Route("/walkthrough/controls", walkthrough.controls, methods=["POST"]),
        Route("/walkthrough/{scene}", walkthrough.start),
        Route(f"{order}/expire-now", walkthrough.expire_now, methods=["POST"]),
        Route(f"{order}/repeat-webhook", walkthrough.repeat_webhook, methods=["POST"]),
        Route("/.well-known/apple-developer-merchantid-domain-association", well_known.apple_domain_association),
        Route("/.well-known/security.txt", well_known.security_txt),
        Route("/healthz", health.healthz),
        Route("/readyz", health.readyz),
    ]


def create_app(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """A shop with these settings. ``transport`` stands in for the network to Xendit (tests)."""
    database = database_from_url(settings.database_url)
    catalogues = Catalogues()
    sandbox = _sandbox(settings, database, catalogues) if settings.sandbox else None
    if sandbox and transport is None:
        transport = SandboxTransport(sandbox.api)
    assets, recorder = load_assets(), Recorder(database, settings)
    shop = Shop(
        settings=settings,
        database=database,
        order_book=OrderBook(database),
        client=xendit_client(
            transport,
            watch=lambda inner: RecordingTransport(inner, recorder),
            breaks=not sandbox,  # what fails there fails on purpose, for one visitor
        ),
        recorder=recorder,
        templates=Templates(
            assets,
            catalogues,
            settings=settings,
            currencies=[CURRENCIES[code] for code in CURRENCIES if code in settings.api_keys],
        ),
        sdk_url=(sandbox and sandbox.sdk_url) or assets[SDK].url,
    )

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await database.open()
        if database.driver == "sqlite":  # Postgres is migrated by the release command
            await migrate(database)
        if sandbox:
            await sandbox.start()
        recorder.start()
        sweeper = asyncio.create_task(expire_overdue(shop))
        try:
            yield
        finally:
            sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeper
            if sandbox:
                await sandbox.stop()
            await shop.client.aclose()
            await recorder.stop()
            await database.close()

    app = Starlette(
        routes=[*routes(), *(sandbox.routes if sandbox else [])],
        middleware=middleware(settings),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )
    app.state.shop, app.state.assets, app.state.sandbox = shop, assets, sandbox
    return app


def create_app_from_env() -> Starlette:
    """What ``uvicorn --factory`` calls. Exits with one sentence where the configuration can't be."""
    load_dotenv()
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        raise SystemExit(f"selat: {error}") from None
    configure_logging(settings.log_level)
    if os.environ.get("DYNO") and settings.database_url.startswith("sqlite"):
        log.warning("orders_on_a_dyno", why="its disk is wiped every day: add Postgres, so that DATABASE_URL is set")
    return create_app(settings)


def _sandbox(settings: Settings, database: Database, catalogues: Catalogues) -> Sandbox:
    return Sandbox(
        SandboxSettings(
            public_url=settings.app_url,
            merchant_name="Selat Coffee Roasters",
            secret=settings.derived_secret("sandbox"),
            webhook_url=f"{settings.app_url}/webhooks/xendit",
            webhook_token=settings.webhook_tokens.get("", ""),
            sdk_path=STATIC / SDK,
        ),
        database,
        translations=catalogues,
    )
