"""What recording costs: POST /checkout with the inspector and without it, in turns, so that both meet the same noise.

Run it as `python -m tests.benchmarks.bench_inspector`; it prints milliseconds and their ratio, which has to stay
below 1.10.
"""

import asyncio
import logging
import secrets
import statistics
import tempfile
import time
from contextlib import AsyncExitStack

import httpx
import structlog

from webapp.app import create_app
from webapp.config import Settings

ROUNDS, IN_A_ROUND = 40, 15
LIMIT = 1.10


async def open_shop(stack: AsyncExitStack, *, recording: bool) -> httpx.AsyncClient:
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    database_url = f"sqlite:///{folder}/shop.db"
    usual = {"app_url": "http://bench", "secret_key": "b" * 64, "rate_limits": False}
    app = create_app(Settings(**usual, database_url=database_url))  # type: ignore[arg-type]
    if not recording:
        client = app.state.shop.client
        retrying = client._transport
        retrying.inner = retrying.inner.inner  # past the RecordingTransport
        app.state.shop.recorder.record = lambda *_, **__: None
    await stack.enter_async_context(app.router.lifespan_context(app))
    transport = httpx.ASGITransport(app)
    client = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://bench"))
    for product in ("gayo", "toraja", "flores"):
        await client.post("/cart/add", data={"product": product})
    return client


async def one_round(client: httpx.AsyncClient, integration: str) -> float:
    """Milliseconds of one checkout, on average over a round."""
    started = time.perf_counter()
    for _ in range(IN_A_ROUND):
        form = {"integration": integration, "flow": "pay", "checkout_id": secrets.token_urlsafe(16)}
        answer = await client.post("/checkout", data=form, headers={"HX-Request": "true"})
        assert answer.status_code == 200
    return (time.perf_counter() - started) * 1000 / IN_A_ROUND


async def main() -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    good = True
    async with AsyncExitStack() as stack:
        clients = [await open_shop(stack, recording=recording) for recording in (False, True)]
        for integration in ("components", "payment_link", "invoice"):
            times: tuple[list[float], list[float]] = ([], [])
            for number in range(ROUNDS):
                for place in (0, 1) if number % 2 else (1, 0):
                    times[place].append(await one_round(clients[place], integration))
            without, recording = (statistics.median(each[2:]) for each in times)
            ratios = [with_ / without_ for without_, with_ in zip(*(each[2:] for each in times), strict=True)]
            ratio = statistics.median(ratios)
            good = good and ratio <= LIMIT
            figures = f"without {without:6.2f} ms  recording {recording:6.2f} ms  ratio {ratio:.3f}"
            print(f"inspector {integration:13} {figures}")
    return good


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
