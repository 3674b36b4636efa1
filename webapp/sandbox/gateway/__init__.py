"""The gateway that Xendit's browser SDK talks to, and every page and file that it makes the browser fetch."""

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..settings import SandboxSettings
from ..store import Store
from . import logos, sdk
from .endpoints import Gateway
from .pages import Pages
from .sdk import STYLE_HASH

__all__ = ["STYLE_HASH", "routes", "sdk_url"]


def sdk_url(settings: SandboxSettings) -> str | None:
    """The module that a page imports; None without an SDK file. SdkMismatch if that is another version."""
    return sdk.load(settings.sdk_path).path if settings.sdk_path else None


def routes(store: Store, settings: SandboxSettings) -> list[Route]:
    """Everything for browsers, at absolute paths: the SDK asks for /api/sessions on whatever origin it came from."""
    return [
        *Gateway(store, settings).routes(),
        *Pages(store, settings).routes(),
        Route("/sandbox/logos/{name}.svg", logos.logo),
        Route("/sandbox/flags/{country}.svg", logos.flag),
        *([sdk_route(sdk.load(settings.sdk_path))] if settings.sdk_path else []),
    ]


def sdk_route(copy: sdk.SdkCopy) -> Route:
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
