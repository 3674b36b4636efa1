"""The gateway: the calls of Xendit's browser SDK, and all pages and files that it makes the browser fetch."""

from starlette.routing import Route

from ..settings import SandboxSettings
from ..store import Store
from . import logos, sdk_files
from .authorization import Authorization
from .endpoints import Gateway
from .pages import Pages
from .sdk import STYLE_HASH

__all__ = ["STYLE_HASH", "routes", "sdk_url"]


def sdk_url(settings: SandboxSettings) -> str | None:
    """Return the address of the SDK's module, or None without an SDK file. Raise SdkMismatch for another version."""
    if settings.sdk_path is None:
        return None
    copy, _ = sdk_files.load(settings.sdk_path)
    return f"{sdk_files.folder_of(copy)}/{copy.name}"


def routes(store: Store, settings: SandboxSettings) -> list[Route]:
    """Return all routes for browsers. The SDK calls /api/sessions at the origin that it was loaded from."""
    return [
        *Gateway(store, settings).routes(),
        *Pages(store, settings).routes(),
        *Authorization(store, settings).routes(),
        Route("/sandbox/logos/{name}.svg", logos.logo),
        Route("/sandbox/flags/{country}.svg", logos.flag),
        *sdk_files.routes(settings),
    ]
