"""The network transport to Xendit: aiohttp's connections behind httpx's interface."""

import asyncio
from functools import partial
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler

from webapp.xendit.bounded import read_bounded

KEPT_SECONDS = 75  # no new TLS handshake after a minute without calls
MAX_CONNECTIONS = 100
MAX_INTERIM = 20  # answers with status 1xx in one packet


def network_transport(api_url: str) -> httpx.AsyncBaseTransport:
    """Return a transport to this host for the life of the process, by the proxy that the environment names for it.

    ``HTTPS_PROXY`` and ``NO_PROXY`` are read once. aiohttp's ``trust_env`` reads them for each request, in a thread:
    9 % of a checkout's processor time. It also reads ``.netrc``, and fails where that names Xendit.
    """
    url = httpx.URL(api_url)
    return NetworkTransport(None if proxy_bypass(url.host) else getproxies().get(url.scheme))


class NetworkTransport(httpx.AsyncBaseTransport):
    """A transport whose errors say whether Xendit can have received the request.

    After ``ConnectError`` and ``ConnectTimeout`` it can't have, so that it is safe to send it again.
    """

    def __init__(self, proxy_url: str | None) -> None:
        self._proxy_url, self._ssl = proxy_url, httpx.create_ssl_context()
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request and read the answer to its end, or to its limit. Raises httpx.TransportError."""
        self._session = self._session or self._new_session()
        limits = request.extensions["timeout"]
        timeout = aiohttp.ClientTimeout(
            sock_connect=limits["connect"], sock_read=limits["read"], connect=limits["pool"]
        )
        url, headers, body = str(request.url), request.headers.multi_items(), request.content or None
        try:
            async with self._session.request(
                request.method, url, headers=headers, data=body, allow_redirects=False, timeout=timeout
            ) as answer:
                return await read_bounded(answer)
        except (aiohttp.ClientError, TimeoutError, ValueError) as failure:
            raise _translated(failure)(type(failure).__name__, request=request) from None

    def _new_session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        connector = aiohttp.TCPConnector(limit=MAX_CONNECTIONS, keepalive_timeout=KEPT_SECONDS, ssl=self._ssl)
        connector._factory = partial(_ResponseHandler, loop=loop)  # type: ignore[assignment]  # a subclass of aiohttp's
        return aiohttp.ClientSession(connector=connector, proxy=self._proxy_url, auto_decompress=False)

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()


class _ResponseHandler(ResponseHandler):
    """aiohttp's, which keeps ``100 Continue`` upon ``100 Continue`` in memory (150 MB) and waits on."""

    def data_received(self, data: bytes) -> None:
        if data.count(b"HTTP/1.1 1") > MAX_INTERIM and self.transport:
            self.transport.abort()
        else:
            super().data_received(data)


def _translated(failure: Exception) -> type[httpx.TransportError]:
    if isinstance(failure, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout
    if isinstance(failure, aiohttp.ClientConnectorError):
        return httpx.ConnectError
    if isinstance(failure, TimeoutError):
        return httpx.ReadTimeout
    return httpx.RemoteProtocolError
