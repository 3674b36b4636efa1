"""A load generator in plain asyncio on raw sockets, a bare server to compare with, and how figures are printed."""

import asyncio
import atexit
import contextlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

from tests.faults.processes import FORKS, free_port, wait_until_ready

ROUNDS, SECONDS, CONNECTIONS = 5, 1.0, 16
APART = 0.004


def serve_bare(port: int, bodies: dict[str, bytes], delay: float) -> None:
    """Bare Starlette that sends bytes from memory, or JSON after a delay: baseline and stub of Xendit."""
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import BaseRoute, Route

    async def page(request: Request) -> Response:
        return Response(bodies[request.url.path], media_type="text/html")

    async def sessions(request: Request) -> Response:
        await asyncio.sleep(delay)
        return JSONResponse({"payment_session_id": "ps-" + "0" * 24, "payment_link_url": "https://dev.xen.to/x"}, 201)

    async def session(request: Request) -> Response:
        wanted = request.path_params["id"]
        answer = {"payment_session_id": wanted, "reference_id": wanted.replace("ps-", "selat-"), "status": "ACTIVE"}
        return JSONResponse(answer | {"currency": "IDR", "amount": 240000})

    routes: list[BaseRoute] = [Route("/sessions", sessions, methods=["POST"]), Route("/sessions/{id}", session)]
    routes += [Route(path, page) for path in bodies]
    quiet = {"access_log": False, "log_level": "error", "loop": "uvloop"}
    # A connection that is closed in the moment of a POST fails it, and each tree waits for its turn.
    uvicorn.run(Starlette(routes=routes), port=port, timeout_keep_alive=90, **quiet)


class Bare:
    """That server in a process."""

    def __init__(self, bodies: dict[str, bytes], delay: float = 0) -> None:
        self.port = free_port()
        self.process: BaseProcess = FORKS.Process(target=serve_bare, args=(self.port, bodies, delay))
        self.process.start()
        wait_until_ready(f"http://127.0.0.1:{self.port}/none")

    def stop(self) -> None:
        self.process.kill()
        self.process.join()


def new_folder() -> Path:
    """A folder that goes when the benchmark ends."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> tuple[int, bytes, bytes]:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)  # none in a 204
    return int(head[9:12]), head, await reader.readexactly(int(length[1]) if length else 0)


def cookies(head: bytes) -> str:
    """The cookies that an answer sets, as a browser sends them."""
    return "; ".join(each.decode() for each in re.findall(rb"(?i)set-cookie: ([^;]+)", head))


async def rate(port: int, make: Callable[[int], bytes], connections: int = CONNECTIONS) -> tuple[float, list[float]]:
    """Requests a second over `SECONDS`, and every latency in ms."""
    latencies: list[float] = []
    ramp = connections * APART
    begin = time.perf_counter() + ramp
    until = begin + SECONDS

    async def one(number: int) -> None:
        await asyncio.sleep(APART * number)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        count = 0
        while time.perf_counter() < until:
            started = time.perf_counter()
            status, _, body = await ask(reader, writer, make(number * 1_000_000 + count))
            assert status < 400, body[:300]
            if started >= begin:
                latencies.append((time.perf_counter() - started) * 1000)
            count += 1
        writer.close()

    await asyncio.gather(*(one(number) for number in range(connections)))
    return len(latencies) / SECONDS, latencies


def get(path: str, cookie: str = "", port: int = 80) -> Callable[[int], bytes]:
    text = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Encoding: gzip\r\nCookie: {cookie}\r\n\r\n".encode()
    return lambda _: text


def post(path: str, form: Callable[[int], str], cookie: str, htmx: bool = True) -> Callable[[int], bytes]:
    def make(number: int) -> bytes:
        body = form(number).encode()
        head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
        head += "Content-Type: application/x-www-form-urlencoded\r\n" + ("HX-Request: true\r\n" if htmx else "")
        return head.encode() + b"\r\n" + body

    return make


async def medians(*measures: Callable[[], Awaitable[float]]) -> list[list[float]]:
    """Each measure in turn, `ROUNDS` times: what the machine does meanwhile meets all of them alike."""
    results: list[list[float]] = [[] for _ in measures]
    for _ in range(ROUNDS):
        for index, measure in enumerate(measures):
            results[index].append(await measure())
    return results


def line(name: str, values: list[float], unit: str, goal: str = "") -> None:
    spread = f"{statistics.median(values):>9,.2f} {unit} ({min(values):,.2f} to {max(values):,.2f})"
    print(f"  {name:44}{spread:42}{goal}")


def ratios(values: list[float], baseline: list[float]) -> list[float]:
    return [value / base for value, base in zip(values, baseline, strict=True)]


def cold_start(imports: str = "") -> tuple[float, float]:
    """Seconds from the command to the first page, by the clock and of processor. ``imports``: what is imported first.

    As installed: without what the development tools bring and others import where they find it.
    """
    port, folder = free_port(), new_folder()
    environment = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{folder}/shop.db", "PATH": "/usr/bin:/bin"}
    lines = (
        "import runpy, sys",
        "sys.modules |= dict.fromkeys(('greenlet', 'rich', 'watchfiles'))",
        imports,
        "runpy.run_module('webapp', run_name='__main__')",
    )
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    process = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], env=environment, stdout=subprocess.DEVNULL)
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
            answer.read()
            break
        time.sleep(0.005)
    took = time.perf_counter() - started
    process.kill()
    process.wait()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
