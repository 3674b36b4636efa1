"""The network transport to Xendit: aiohttp's connections behind httpx's interface."""

import asyncio
from functools import partial

import aiohttp
import httpx
from aiohttp.client_proto import ResponseHandler
from httpx_aiohttp import AiohttpTransport

from webapp.xendit.bounded import read_bounded

KEPT_SECONDS = 75  # no new TLS handshake after a minute without calls
MAX_INTERIM = 20  # answers with status 1xx in one packet
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=KEPT_SECONDS)


def network_transport() -> httpx.AsyncBaseTransport:
    """Return a transport for the life of the process."""
    return NetworkTransport(limits=LIMITS)


class NetworkTransport(AiohttpTransport):
    """A transport whose errors say whether Xendit can have received the request.

    The adapter (0.2) raises ``ConnectTimeout``, which is safe to retry, for a connection lost after sending. It does
    not translate the error for an answer that is not HTTP.
    """

    def get_client(self) -> aiohttp.ClientSession:
        """Return a session that obeys ``HTTPS_PROXY`` and ``NO_PROXY``, as httpx does."""
        connector = aiohttp.TCPConnector(
            limit=LIMITS.max_connections or 0, keepalive_timeout=KEPT_SECONDS, ssl=self.ssl_context
        )
        loop = asyncio.get_running_loop()
        connector._factory = partial(_ResponseHandler, loop=loop)  # type: ignore[assignment]  # a subclass of aiohttp's
        return aiohttp.ClientSession(connector=connector, trust_env=True)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = None
        try:
            response = await super().handle_async_request(request)
            return await read_bounded(response)  # here, so that an error in the body is translated too
        except (httpx.TransportError, aiohttp.ClientError, ValueError) as failure:
            raise _translated(failure)(type(failure.__cause__ or failure).__name__, request=request) from None
        finally:
            if response is not None:
                await response.aclose()


class _ResponseHandler(ResponseHandler):
    """aiohttp's, which keeps ``100 Continue`` upon ``100 Continue`` in memory (150 MB) and waits on."""

    def data_received(self, data: bytes) -> None:
        if data.count(b"HTTP/1.1 1") > MAX_INTERIM and self.transport:
            self.transport.abort()
        else:
            super().data_received(data)


def _translated(failure: Exception) -> type[httpx.TransportError]:
    cause = failure.__cause__ or failure
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout
    if isinstance(cause, aiohttp.ClientConnectorError):
        return httpx.ConnectError
    if isinstance(cause, TimeoutError):
        return httpx.ReadTimeout
    return httpx.RemoteProtocolError
