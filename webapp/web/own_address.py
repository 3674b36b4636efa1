"""One address for the shop: ``APP_URL``. Visitors who come by another of its names are sent there."""

from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from webapp.config import Settings

THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
EXEMPT = ("/healthz", "/readyz")  # asked for by address
WEBHOOKS = "/webhooks/"


class OwnAddressMiddleware:
    """Redirect plain http where ``APP_URL`` is https, and this machine's other names. Refuse webhooks by plain http."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.hostname = urlsplit(settings.app_url).hostname

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        exempt = scope["type"] != "http" or scope["path"] in EXEMPT or scope["path"].startswith("/static/")
        if not exempt and (answer := self._elsewhere(scope)):
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _elsewhere(self, scope: Scope) -> Response | None:
        headers, webhook = Headers(scope=scope), scope["path"].startswith(WEBHOOKS)
        proto = headers.get("x-forwarded-proto", "").rpartition(",")[2].strip().lower()
        if self.settings.is_https and proto == "http":
            if webhook:  # its token has crossed the network unencrypted
                return JSONResponse({"message": "This shop takes webhooks by https only."}, 403)
            return self._redirect(scope)
        name = _hostname(headers.get("host", ""))
        if webhook or name == self.hostname or name not in THIS_MACHINE:
            return None
        forwarded = _hostname(headers.get("x-forwarded-host", "").rpartition(",")[2].strip())  # Codespaces does so
        return None if forwarded == self.hostname else self._redirect(scope)

    def _redirect(self, scope: Scope) -> Response:
        """Send a page to the same path at ``APP_URL``, and a form to the storefront there: its cookies stay behind."""
        if scope["method"] not in ("GET", "HEAD"):
            return RedirectResponse(self.settings.app_url, 303)
        query = scope["query_string"].decode("latin-1")
        path = quote(scope["path"], safe="/:@!$&'()*+,;=~-._") + (f"?{query}" if query else "")
        return RedirectResponse(self.settings.app_url + path, 307)


def own_path(path: str, other: str = "/") -> str:
    """Return a path of this shop, to which a form goes back; ``other`` for anything else."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else other


def same_site_post(request: Request, own_origin: str) -> bool:
    """Return whether a POST comes from a page of ours: by Fetch Metadata where the browser sends it, else by Origin.

    A client without either carries no cookie of ours (``SameSite=Lax``). ``Origin: null`` is not ours: a page of
    another port of this host sends it with our cookies. So none of our pages with a form may be ``no-referrer``.
    """
    headers = request.headers
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        return origin in (None, own_origin) or urlsplit(origin).netloc == headers.get("host")
    except ValueError:
        return False


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
