"""The HTTP client for Xendit, with timeouts, keep-alive and safe retries.

Given the sandbox's transport, the same client calls the sandbox.
"""

import asyncio
import random
from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import stamina

from webapp.config import XENDIT_API_URL
from webapp.xendit.circuit_breaker import CircuitBreaker, CircuitOpen

TIMEOUT = httpx.Timeout(8, connect=3)
TOTAL_SECONDS = 19
ATTEMPTS = 3


class TryAgain(Exception):
    """An answer that should be retried: 429, or 5xx to a GET."""

    def __init__(self, response: httpx.Response, wait: float | None) -> None:
        super().__init__(str(response.status_code))
        self.response, self.wait = response, wait


class RetryingTransport(httpx.AsyncBaseTransport):
    """A transport that retries only calls that can't create anything twice.

    It retries a GET after any transport error, 429 or 5xx. It retries a POST only after a failed connection or 429,
    because Xendit documents no idempotency key for ``/sessions`` and ``/v2/invoices``.
    Raises httpx.ReadTimeout after ``TOTAL_SECONDS``.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(TOTAL_SECONDS):
                return await self._with_retries(request)
        except TryAgain as last:
            return last.response
        except TimeoutError:
            raise httpx.ReadTimeout("Xendit took too long", request=request) from None

    async def _with_retries(self, request: httpx.Request) -> httpx.Response:
        """Return the first good answer. Entering stamina only after a failure saves 7 % of a checkout."""
        safe = request.method == "GET"

        def should_retry(failure: Exception) -> bool | timedelta:
            if isinstance(failure, TryAgain):
                return timedelta(seconds=failure.wait) if failure.wait is not None else True
            if isinstance(failure, CircuitOpen):
                return False
            return isinstance(failure, httpx.TransportError if safe else (httpx.ConnectError, httpx.ConnectTimeout))

        try:
            return await self._once(request, safe)
        except Exception as failure:
            failures = [failure]
        async for attempt in stamina.retry_context(
            on=should_retry, attempts=ATTEMPTS, timeout=TOTAL_SECONDS - 8, wait_initial=0.2, wait_jitter=0.3, wait_max=2
        ):
            with attempt:
                if failures:  # the first attempt was made above
                    raise failures.pop()
                return await self._once(request, safe)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _once(self, request: httpx.Request, safe: bool) -> httpx.Response:
        response = await self.inner.handle_async_request(request)
        await response.aread()
        if response.status_code == 429 or (safe and response.status_code >= 500):
            raise TryAgain(response, _reset_seconds(response))
        return response

    async def aclose(self) -> None:
        await self.inner.aclose()


def _reset_seconds(response: httpx.Response) -> float | None:
    """Return the seconds in ``Rate-Limit-Reset`` with some jitter, or None if they are missing or above 5.

    https://docs.xendit.co/apidocs/rate-limits
    """
    try:
        seconds = float(response.headers["Rate-Limit-Reset"])
    except (KeyError, ValueError):
        return None
    return seconds + random.uniform(0, 0.3) if 0 <= seconds <= 5 else None


class XenditClient(httpx.AsyncClient):
    """A client that gives each request straight to its transport: no cookies, redirects, proxies or streams.

    Saves 13 % of a checkout's processor time (tests/benchmarks/bench_budget.py).
    """

    async def request(self, method: str, url: httpx.URL | str, **options: Any) -> httpx.Response:
        """Send a request with ``json``, ``params``, ``headers`` and ``auth=(key, "")``. Raises httpx.HTTPError."""
        headers = httpx.Headers(self.headers)
        headers.update(options.get("headers"))
        if isinstance(auth := options.get("auth"), tuple):
            headers["Authorization"] = f"Basic {b64encode(':'.join(auth).encode()).decode()}"
        extensions = {"timeout": self.timeout.as_dict()}
        params, json = options.get("params"), options.get("json")
        request = httpx.Request(method, url, params=params, headers=headers, json=json, extensions=extensions)
        response = await self._transport.handle_async_request(request)
        response.request = request
        # httpx's stream and its response refer to each other: ten answers of 1 MB would wait for the garbage collector.
        response.stream = httpx.ByteStream(b"")
        return response


def xendit_client(
    transport: httpx.AsyncBaseTransport | None = None,
    watch: Callable[[httpx.AsyncBaseTransport], httpx.AsyncBaseTransport] = lambda inner: inner,
    *,
    breaks: bool = True,
    api_url: str = XENDIT_API_URL,
) -> httpx.AsyncClient:
    """Return a client for the life of the process; ``transport`` replaces the network (sandbox, tests).

    ``watch`` wraps it, and sees every attempt. ``breaks``: whether failures open a circuit, for all visitors.
    Importing the network here saves the sandbox 19 % of a start's time and 9 MB (tests/benchmarks/bench_shortcuts.py).
    """
    if transport is None:
        from webapp.xendit.network import network_transport

        transport = network_transport(api_url)
    watched = watch(transport)
    inner = CircuitBreaker(watched) if breaks else watched
    return XenditClient(
        transport=RetryingTransport(inner),
        timeout=TIMEOUT,
        headers={"Accept-Encoding": "gzip"},  # see bounded.py
        follow_redirects=False,
    )
