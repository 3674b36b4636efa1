"""What recording costs: POST /checkout with the inspector and without it, in turns, so that both meet the same noise.

`python -m tests.benchmarks.bench_inspector` prints milliseconds by the clock, which is what a shopper waits and has to
stay below 1.10, and of this process's CPU (all threads, and the writing that comes after the answer).
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
from webapp.inspector.recorder import Recorder

ROUNDS, IN_A_ROUND = 30, 10
LIMIT = 1.10


async def open_shop(stack: AsyncExitStack, *, recording: bool) -> tuple[httpx.AsyncClient, Recorder]:
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
    return client, app.state.shop.recorder


async def one_round(client: httpx.AsyncClient, recorder: Recorder, integration: str) -> tuple[float, float]:
    """Milliseconds of one checkout, on average over a round: by the clock, and of CPU until all is written."""
    clock, cpu = time.perf_counter(), time.process_time()
    for _ in range(IN_A_ROUND):
        form = {"integration": integration, "flow": "pay", "checkout_id": secrets.token_urlsafe(16)}
        answer = await client.post("/checkout", data=form, headers={"HX-Request": "true"})
        assert answer.status_code == 200
    waited = time.perf_counter() - clock
    await recorder.flush()
    return waited * 1000 / IN_A_ROUND, (time.process_time() - cpu) * 1000 / IN_A_ROUND


def quick(times: list[float]) -> float:
    """The lower quartile: what else the machine does only ever adds to a time."""
    return statistics.quantiles(times, n=4)[0]


async def main() -> bool:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    good = True
    async with AsyncExitStack() as stack:
        shops = [await open_shop(stack, recording=recording) for recording in (False, True)]
        for integration in ("components", "payment_link", "invoice"):
            rounds: list[list[tuple[float, float]]] = [[], []]
            for number in range(ROUNDS):
                for place in (0, 1) if number % 2 else (1, 0):
                    rounds[place].append(await one_round(*shops[place], integration))
            for kind, name in enumerate(("clock", "cpu")):
                without, recording = (quick([each[kind] for each in rounds[place][2:]]) for place in (0, 1))
                ratio = recording / without
                figures = f"{without:6.2f} ms, recording {recording:6.2f} ms"
                print(f"inspector {integration:13}{name:6} {figures}, ratio {ratio:.3f}")
                good = good and (name == "cpu" or ratio <= LIMIT)
    return good


if __name__ == "__main__":
    raise SystemExit(0 if asyncio.run(main()) else 1)
