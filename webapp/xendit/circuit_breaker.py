"""A circuit breaker for Xendit: after five failures in a row, ten seconds of saying so at once instead of waiting.

Per process and per host; one call is let through after the pause, and decides.
"""

import time
from collections.abc import Callable

import httpx
import structlog

log = structlog.get_logger()
FAILURES, PAUSE_SECONDS = 5, 10.0


class CircuitOpen(httpx.ConnectError):
    """No call was made: Xendit has failed several times just now."""


class CircuitBreaker(httpx.AsyncBaseTransport):
    """Counts transport errors and 5xx answers. 4xx, 429 included, is an answer: Xendit is there."""

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: Callable[[], float] = time.monotonic) -> None:
        self.inner, self.clock = inner, clock
        self.failures, self.closed_again_at = 0, 0.0

    @property
    def is_open(self) -> bool:
        """Whether calls are refused just now."""
        return self.failures >= FAILURES and self.clock() < self.closed_again_at

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.is_open:
            raise CircuitOpen("Xendit has failed several times just now", request=request)
        if self.failures >= FAILURES:  # the pause is over: this call tries, the others go on waiting for its outcome
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
