"""The shop: one routes table, and the shared objects."""

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from webapp.config import Settings, settings_or_exit
from webapp.database.connection import database_from_url
from webapp.endpoints import (
    after_sale,
    cart,
    checkout,
    health,
    order_list,
    orders,
    saved_payments,
    storefront,
    subscription,
    webhooks,
    well_known,
)
from webapp.i18n.translations import Translations
from webapp.inspector.middleware import RecordingMiddleware
from webapp.inspector.recorder import Recorder
from webapp.inspector.transport import RecordingTransport
from webapp.lifespan import lifespan
from webapp.logs import configure_logging
from webapp.orders.modification_book import ModificationBook
from webapp.orders.order_book import OrderBook
from webapp.orders.saved_payments import SavedPayments
from webapp.own_sandbox import own_sandbox
from webapp.presenter_routes import ORDER, PRESENTER_ROUTES, SEEN
from webapp.shop.currencies import open_markets
from webapp.web.assets import SDK, load_assets, serve_asset
from webapp.web.middleware import EXCEPTION_HANDLERS, middleware
from webapp.web.state import Shop
from webapp.web.templating import Templates
from webapp.xendit.client import xendit_client
from webapp.xendit.sandbox_transport import SandboxTransport

WEBHOOK = [Middleware(RecordingMiddleware, kind="webhook")]

ROUTES: list[BaseRoute] = [
    Route("/static/{fingerprint}/{path:path}", serve_asset),
    Route("/", storefront.storefront),
    Route("/choices", storefront.choose, methods=["POST"]),
    Route("/choices/currency", storefront.choose_currency, methods=["POST"]),
    Route("/choices/flow", storefront.choose_flow, methods=["POST"]),
    Route("/choices/integration", storefront.choose_integration, methods=["POST"]),
    Route("/choices/present", storefront.choose_present, methods=["POST"]),
    Route("/choices/language", storefront.choose_language, methods=["POST"]),
    Route("/cart/sample", cart.sample, methods=["POST"]),
    Route("/cart/add", cart.add, methods=["POST"]),
    Route("/cart/decrease", cart.decrease, methods=["POST"]),
    Route("/cart/remove", cart.remove, methods=["POST"]),
    # From the cart to the money
    Route("/checkout", checkout.checkout, methods=["POST"], middleware=SEEN),
    Route("/webhooks/xendit", webhooks.xendit, methods=["POST"], middleware=WEBHOOK),
    Route("/checkout/saved-payment", saved_payments.pay, methods=["POST"], middleware=SEEN),
    Route("/saved-payments/forget", saved_payments.forget, methods=["POST"]),
    # An order, for its visitor
    Route("/orders", order_list.order_list),
    Route(ORDER, orders.order_page),
    Route(ORDER, orders.back_by_post, methods=["POST"]),
    Route(f"{ORDER}/status", orders.order_status),
    Route(f"{ORDER}/resume", orders.resume, middleware=SEEN),
    Route(f"{ORDER}/pay", orders.pay, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/cancel", orders.cancel, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/again", orders.again, methods=["POST"]),
    # After the sale
    Route(f"{ORDER}/refund", after_sale.refund, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/capture", after_sale.capture, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/release", after_sale.release, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/month", subscription.month, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/retry", subscription.retry, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/stop", subscription.stop, methods=["POST"], middleware=SEEN),
    *PRESENTER_ROUTES,
    Route("/.well-known/apple-developer-merchantid-domain-association", well_known.apple_domain_association),
    Route("/llms.txt", well_known.llms_txt),
    Route("/.well-known/security.txt", well_known.security_txt),
    Route("/healthz", health.healthz),
    Route("/readyz", health.readyz),
]


def create_app(settings: Settings, *, transport: httpx.AsyncBaseTransport | None = None) -> Starlette:
    """Return a shop with these settings. ``transport`` replaces the network to Xendit (tests)."""
    database, translations, assets = database_from_url(settings.database_url), Translations(), load_assets()
    sandbox = own_sandbox(settings, database, translations) if settings.sandbox else None
    recorder = Recorder(database, settings)
    shop = Shop(
        settings=settings,
        database=database,
        order_book=OrderBook(database, sandbox=settings.sandbox),
        modifications=ModificationBook(database),
        saved_payments=SavedPayments(database),
        client=xendit_client(
            transport or (SandboxTransport(sandbox.api) if sandbox else None),
            watch=lambda inner: RecordingTransport(inner, recorder),
            breaks=not sandbox,  # a failure there is one visitor's wish
            api_url=settings.xendit_api_url,
        ),
        recorder=recorder,
        templates=Templates(assets, translations, settings=settings, currencies=open_markets(settings.api_keys)),
        sdk_url=(sandbox and sandbox.sdk_url) or settings.sandbox_sdk_url or assets[SDK].url,
    )
    app = Starlette(
        routes=[*ROUTES, *(sandbox.routes if sandbox else [])],
        middleware=middleware(settings),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan(shop, sandbox),
    )
    app.router.redirect_slashes = False  # its redirects believe the scheme of the request, which a proxy may hide
    app.state.shop, app.state.assets, app.state.sandbox = shop, assets, sandbox
    return app


def create_app_from_env() -> Starlette:
    """Return a shop with the settings of the environment. Exits with one sentence where they can't be."""
    settings = settings_or_exit()
    configure_logging(settings.log_level)
    return create_app(settings)
