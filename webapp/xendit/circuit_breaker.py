"""Stop calling Xendit for ten seconds after five failures in a row.

The circuit belongs to one process. After the pause, the outcome of one call decides whether it closes.
"""

import time
from collections.abc import Callable

import httpx
import structlog

log = structlog.get_logger()
FAILURES, PAUSE_SECONDS = 5, 10.0


class CircuitOpen(httpx.ConnectError):
    """The error of a call that was not made, because the circuit is open."""


class CircuitBreaker(httpx.AsyncBaseTransport):
    """A transport that counts transport errors and 5xx answers. A 4xx answer, 429 included, resets the count.

    Raises CircuitOpen while the circuit is open.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: Callable[[], float] = time.monotonic) -> None:
        self.inner, self.clock = inner, clock
        self.failures, self.closed_again_at = 0, 0.0

    @property
    def is_open(self) -> bool:
        """Return True while calls are refused."""
        return self.failures >= FAILURES and self.clock() < self.closed_again_at

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_open:
            raise CircuitOpen("Xendit has failed several times just now", request=request)
        if self.failures >= FAILURES:  # the pause is over: try this call, and refuse the others meanwhile
            self.closed_again_at = self.clock() + PAUSE_SECONDS
        try:
            response = await self.inner.handle_async_request(request)
        except httpx.TransportError:
            self._failed()
            raise
        if response.status_code >= 500:
            self._failed()
        else:
            self.failures = 0
        return response

    def _failed(self) -> None:
        self.failures += 1
        if self.failures >= FAILURES:
            self.closed_again_at = self.clock() + PAUSE_SECONDS
            log.warning("circuit_open", failures=self.failures, seconds=PAUSE_SECONDS)

    async def aclose(self) -> None:
        await self.inner.aclose()
