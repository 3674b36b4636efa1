"""The gateway: the calls of Xendit's browser SDK, and all pages and files that it makes the browser fetch."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..settings import SandboxSettings
from ..store import Store
from . import logos, sdk
from .authorization import Authorization
from .endpoints import Gateway
from .pages import Pages
from .sdk import STYLE_HASH

__all__ = ["STYLE_HASH", "routes", "sdk_url"]


def sdk_url(settings: SandboxSettings) -> str | None:
    """Return the address of the SDK's module, or None without an SDK file. Raise SdkMismatch for another version."""
    return sdk.load(settings.sdk_path).path if settings.sdk_path else None


def routes(store: Store, settings: SandboxSettings) -> list[Route]:
    """Return all routes for browsers. The SDK calls /api/sessions on its own origin, so the paths are absolute."""
    return [
        *Gateway(store, settings).routes(),
        *Pages(store, settings).routes(),
        *Authorization(store, settings).routes(),
        Route("/sandbox/logos/{name}.svg", logos.logo),
        Route("/sandbox/flags/{country}.svg", logos.flag),
        *([sdk_route(sdk.load(settings.sdk_path))] if settings.sdk_path else []),
    ]


def sdk_route(copy: sdk.SdkCopy) -> Route:
    """Return the route that serves the SDK's copy, compressed and cached for a year."""

    async def serve(request: Request) -> Response:
        accepted = request.headers.get("accept-encoding", "")
        body, encoding = copy.negotiate(accepted)
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        return Response(
            body,
            media_type="text/javascript",
            headers=headers | ({"Content-Encoding": encoding} if encoding else {}),
            background=BackgroundTask(copy.compress) if "br" in accepted else None,
        )

    return Route(copy.path, serve)
