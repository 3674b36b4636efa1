"""The transport to the built-in sandbox: keeps the time limit of the client, and names the visitor who calls."""

import asyncio
from typing import Any

import httpx

from webapp.order_context import current_visitor


class SandboxTransport(httpx.AsyncBaseTransport):
    """``httpx.ASGITransport``, which knows no time limit by itself."""

    def __init__(self, api: Any) -> None:
        self.inner = httpx.ASGITransport(api)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if visitor := current_visitor():
            request.headers["x-sandbox-caller"] = visitor  # so that one presenter's failures are nobody else's
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("read")):
                return await self.inner.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("the sandbox kept silent", request=request) from None
