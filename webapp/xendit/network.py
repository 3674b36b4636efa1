"""The network to Xendit: aiohttp's connections, kept open, behind httpx's interface."""

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

KEPT_SECONDS = 75  # a quiet minute costs no new TLS handshake
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=100, keepalive_expiry=KEPT_SECONDS)


def network_transport() -> httpx.AsyncBaseTransport:
    """A transport for the life of the process."""
    return NetworkTransport(limits=LIMITS)


class NetworkTransport(AiohttpTransport):
    """The network, by aiohttp, with its errors told apart by whether Xendit can have received anything.

    The adapter (0.2) calls a connection lost after the request was sent a ``ConnectTimeout``, which would be safe to
    repeat, and lets what is not HTTP at all through untranslated.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = None
        try:
            response = await super().handle_async_request(request)
            await response.aread()  # whole answers only: they are small
            return response
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
