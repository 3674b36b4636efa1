"""Codes that phones open. To a phone ``localhost`` is the phone itself, so it comes by the address in the network."""

import asyncio
import socket
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webapp.config import Settings
from webapp.notices import N_
from webapp.presenter.qr import qr_svg
from webapp.web.own_address import THIS_MACHINE

CONNECT_SECONDS = 1
LOCAL = N_("Only this computer can open it: its address is localhost. Set APP_URL to one that phones can reach.")
NO_NETWORK = N_("Only this computer can open it: it is in no network.")
NOT_SERVED = N_(
    "Only this computer can open it: the shop listens on this machine alone. "
    "Start it with “python -m webapp lan” for phones in the same network."
)


async def code_for_phones(settings: Settings, url: str) -> dict[str, Any]:
    """Return the context of ``fragments/qr.html`` for an address."""
    origin, unreachable = await _origin_for_phones(settings, url)
    own = url.startswith(f"{settings.app_url}/")
    return {
        "qr": qr_svg(origin + url.removeprefix(settings.app_url) if own else url),
        "url": url.removeprefix(settings.app_url) if own else url,
        "is_own": own,
        "network_origin": origin if own and origin != settings.app_url else None,
        "unreachable": unreachable,
    }


def link_to_hand_on(request: Request, settings: Settings, path: str) -> str:
    """Return the link to one of the shop's pages: by the network's address where the request came by it."""
    host = request.headers.get("host")
    return (f"http://{host}" if host and host == network_host(settings) else settings.app_url) + path


def is_local(url: str) -> bool:
    """Return whether only this machine can open an address."""
    return urlsplit(url).hostname in THIS_MACHINE


def network_host(settings: Settings) -> str | None:
    """Return this machine's host and port in its network, or None if the shop has no use for it."""
    address = None if settings.is_https or not is_local(settings.app_url) else _network_address()
    return address and f"{address}:{settings.port}"


async def _origin_for_phones(settings: Settings, url: str) -> tuple[str, str | None]:
    """Return the shop's origin for phones, and the reason why they can't open ``url``, if they can't."""
    if not is_local(url):
        return settings.app_url, None
    if settings.is_https or not url.startswith(f"{settings.app_url}/"):
        return settings.app_url, LOCAL
    host = network_host(settings)
    if host is None:
        return settings.app_url, NO_NETWORK
    return (f"http://{host}", None) if await _answers(host) else (settings.app_url, NOT_SERVED)


async def _answers(host: str) -> bool:
    address, _, port = host.rpartition(":")
    with suppress(OSError, TimeoutError):
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(address, int(port))
        writer.close()
        return True
    return False


def _network_address() -> str | None:
    """Return this machine's address in its network. The kernel chooses a route; nothing is sent."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as route, suppress(OSError):
        route.connect(("192.0.2.1", 9))  # an address of documentation (RFC 5737)
        address: str = route.getsockname()[0]
        return address
    return None


class PhoneMiddleware:
    """Keep a phone at the address by which it came: redirects to ``localhost`` would lead it away."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        host = Headers(scope=scope).get("host", "") if scope["type"] == "http" else ""
        if host == urlsplit(self.settings.app_url).netloc or host != network_host(self.settings):
            await self.app(scope, receive, send)
            return

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name in ("location", "hx-redirect"):
                    if headers.get(name, "").startswith(f"{self.settings.app_url}/"):
                        headers[name] = f"http://{host}" + headers[name].removeprefix(self.settings.app_url)
            await send(message)

        await self.app(scope, receive, send_on)
