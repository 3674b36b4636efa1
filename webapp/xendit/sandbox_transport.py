"""The transport to the built-in sandbox, with the client's timeout and the visitor's id."""

import asyncio
from typing import Any
from urllib.parse import quote

import httpx

from webapp.order_context import current_visitor
from webapp.shop.brand import worn


class SandboxTransport(httpx.AsyncBaseTransport):
    """An ``httpx.ASGITransport`` with a timeout. Raises httpx.ReadTimeout."""

    def __init__(self, api: Any) -> None:
        self.inner = httpx.ASGITransport(api)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if visitor := current_visitor():
            request.headers["x-sandbox-caller"] = visitor  # failures are simulated per visitor
        if brand := worn():
            request.headers["x-sandbox-merchant"] = quote(brand.name)
        try:
            async with asyncio.timeout(request.extensions.get("timeout", {}).get("read")):
                return await self.inner.handle_async_request(request)
        except TimeoutError:
            raise httpx.ReadTimeout("the sandbox did not answer in time", request=request) from None
