"""Real shop processes that can be killed: forked from a server that has already imported everything."""

import contextlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from webapp.config import Settings

FORKS = multiprocessing.get_context("forkserver")
PROTOCOLS = ["uvicorn.protocols.http.httptools_impl", "uvicorn.protocols.websockets.auto", "uvicorn.lifespan.on"]
PRELOADED = ["webapp.app", "webapp.xendit.network", "uvicorn", "uvloop", *PROTOCOLS]
FORKS.set_forkserver_preload(PRELOADED)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def serve_shop(settings: dict[str, Any], port: int, abandoned_after: float) -> None:
    """One shop process, until it is killed."""
    from datetime import timedelta

    import uvicorn

    from webapp.app import create_app
    from webapp.logs import configure_logging
    from webapp.xendit import create, modifications

    configure_logging("ERROR")
    create.ABANDONED_AFTER = modifications.ABANDONED_AFTER = timedelta(seconds=abandoned_after)
    uvicorn.run(create_app(Settings(**settings)), host="127.0.0.1", port=port, access_log=False, log_config=None)


class ShopProcess:
    """A shop that can be killed and started again on the same port and database."""

    serve = staticmethod(serve_shop)

    def __init__(self, *, abandoned_after: float = 24, **settings: Any) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {
            "app_url": self.url,
            "port": self.port,
            "secret_key": "k" * 64,
            "rate_limits": False,
        } | settings
        self.abandoned_after = abandoned_after
        self.process: BaseProcess | None = None

    def start(self) -> None:
        self.process = FORKS.Process(target=self.serve, args=(self.settings, self.port, self.abandoned_after))
        self.process.start()
        wait_until_ready(f"{self.url}/readyz")

    def kill(self) -> None:
        """SIGKILL: nothing is closed, flushed or finished."""
        if self.process and self.process.pid:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()


def wait_until_ready(url: str, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # urlopen keeps the first proxy that it saw
    while time.monotonic() < until:
        try:
            with opener.open(url, timeout=2):
                return
        except urllib.error.HTTPError as answer:
            if answer.code < 500:
                return
        except OSError:
            pass  # nobody listens yet
        time.sleep(0.01)
    raise RuntimeError(f"nothing answers at {url}")


@contextlib.contextmanager
def standalone_sandbox(
    folder: Path, webhook_url: str = "", webhook_token: str = "", port: int | None = None
) -> Iterator[str]:
    """`python -m webapp.sandbox`: Xendit's place in tests that need it as a server of its own."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "webapp.sandbox", "--port", str(port), "--public-url", url]
    command += ["--database", str(folder / "xendit.db"), "--webhook-token", webhook_token]
    command += ["--webhook-url", webhook_url] if webhook_url else []
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_ready(f"{url}/sessions/none")
        yield url
    finally:
        process.kill()
        process.wait()
