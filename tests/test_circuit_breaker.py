"""When Xendit is down a circuit opens: nobody waits for it, and after a pause one call tries."""

import asyncio
import time

import httpx
import pytest

from tests.conftest import OpenShop
from tests.xendit import fake_xendit
from webapp.xendit.circuit_breaker import FAILURES, PAUSE_SECONDS, CircuitBreaker, CircuitOpen

pytestmark = pytest.mark.anyio


async def test_when_xendit_is_down_the_circuit_opens_and_the_shop_says_so_at_once(open_shop: OpenShop) -> None:
    router = fake_xendit(sessions=httpx.ReadTimeout("hangs"))
    async with open_shop(router) as shop:
        await shop.add("gayo")
        for _ in range(FAILURES + 3):
            started = time.monotonic()
            answer = await shop.checkout()
            elapsed = time.monotonic() - started
        assert router["sessions"].call_count == FAILURES
        assert answer.status_code == 502 and "be reached just now" in answer.text
        assert elapsed < 1


async def test_after_the_pause_one_call_tries_and_its_outcome_decides() -> None:
    now, answers = [0.0], iter([500] * FAILURES + [503, 200])

    async def answer(request: httpx.Request) -> httpx.Response:
        status = next(answers)
        await asyncio.sleep(0)  # while one call waits, others come
        return httpx.Response(status)

    breaker = CircuitBreaker(httpx.MockTransport(answer), clock=lambda: now[0])
    async with httpx.AsyncClient(transport=breaker, base_url="https://api.xendit.co") as client:
        for _ in range(FAILURES):
            await client.get("/")
        with pytest.raises(CircuitOpen):
            await client.get("/")
        now[0] = PAUSE_SECONDS + 1
        tries = await asyncio.gather(*(client.get("/") for _ in range(20)), return_exceptions=True)
        assert [each.status_code for each in tries if isinstance(each, httpx.Response)] == [503]
        assert sum(isinstance(each, CircuitOpen) for each in tries) == 19
        with pytest.raises(CircuitOpen):
            await client.get("/")
        now[0] = 2 * PAUSE_SECONDS + 2
        assert (await client.get("/")).status_code == 200
        assert not breaker.is_open and breaker.failures == 0
