"""The network transport to Xendit: aiohttp's connections behind httpx's interface."""

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from webapp.xendit.bounded import read_bounded

KEPT_SECONDS = 75  # no new TLS handshake after a minute without calls
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


def _translated(failure: Exception) -> type[httpx.TransportError]:
    cause = failure.__cause__ or failure
    if isinstance(cause, aiohttp.ConnectionTimeoutError):
        return httpx.ConnectTimeout
    if isinstance(cause, aiohttp.ClientConnectorError):
        return httpx.ConnectError
    if isinstance(cause, TimeoutError):
        return httpx.ReadTimeout
    return httpx.RemoteProtocolError
