"""Firefox and WebKit as Debian packages them, each at a live shop. Where one is missing its tests skip, never in CI."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from glob import glob
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.browser.conftest import serve
from tests.engines.reporting import Reporting
from tests.engines.webdriver import Browser, Http, Marionette
from tests.faults.processes import free_port
from webapp.app import create_app
from webapp.config import Settings

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox") or ""
WEBKIT, XVFB = shutil.which("WebKitWebDriver") or "", shutil.which("Xvfb") or ""
MINIBROWSER = next(iter(glob("/usr/lib*/*/webkit2gtk-4.*/MiniBrowser")), "")
MISSING = {
    "firefox": "" if FIREFOX else "install firefox-esr",
    "webkit": "" if WEBKIT and XVFB and MINIBROWSER else "install webkit2gtk-driver and xvfb",
}
START_SECONDS = 60
HERE = Path(__file__).parent
PREFERENCES = {  # nothing but this machine can be reached
    "network.proxy.type": "1",
    "network.proxy.http": '"127.0.0.1"',
    "network.proxy.http_port": "9",
    "network.proxy.ssl": '"127.0.0.1"',
    "network.proxy.ssl_port": "9",
    "network.proxy.no_proxies_on": '"localhost"',
    "app.update.auto": "false",
    "browser.aboutwelcome.enabled": "false",
    "datareporting.policy.dataSubmissionEnabled": "false",
}
LEFT = re.compile(
    "NetworkError when attempting to fetch resource|Load failed|Fetch is aborted"
)  # a poll of a page that was left


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        engine = item.callspec.params.get("engine", "") if hasattr(item, "callspec") else ""
        if not item.path.is_relative_to(HERE) or not MISSING.get(engine):
            continue
        if os.environ.get("CI", "").lower() in ("1", "true"):
            raise pytest.UsageError(f"CI must not pass without {engine}: {MISSING[engine]}.")
        item.add_marker(pytest.mark.skip(reason=f"{engine} is missing: {MISSING[engine]}"))


@contextmanager
def running(*command: str, log: Path, **env: str) -> Iterator[None]:
    """A program and what it starts, until the test ends."""
    with log.open("a") as file:
        process = subprocess.Popen(command, env=os.environ | env, stdout=file, stderr=file, start_new_session=True)
    try:
        yield
    finally:
        for signal_number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal_number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)


def once_it_listens(connect: Callable[[], Any]) -> Any:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return connect()
        except (OSError, httpx.TransportError):
            assert time.monotonic() < until
            time.sleep(0.05)


@contextmanager
def firefox(scheme: str) -> Iterator[Marionette]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        port = free_port()
        chosen = PREFERENCES | {"marionette.port": str(port)}
        chosen["layout.css.prefers-color-scheme.content-override"] = "0" if scheme == "dark" else "1"
        lines = [f'user_pref("{name}", {value});' for name, value in chosen.items()]
        Path(home, "user.js").write_text("\n".join(lines))
        command = (FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", home)
        with ExitStack() as programs:
            programs.enter_context(running(*command, log=Path(home, "log"), HOME=home))
            yield programs.enter_context(closing(once_it_listens(lambda: Marionette(port))))


@contextmanager
def webkit(scheme: str) -> Iterator[Http]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home, ExitStack() as programs:
        log, number, port = Path(home, "log"), Path(home, "display"), free_port()
        with number.open("w") as display:
            screen = ("-screen", "0", "1400x1000x24", "-nolisten", "tcp", "-displayfd", str(display.fileno()))
            process = subprocess.Popen([XVFB, *screen], pass_fds=[display.fileno()], stderr=subprocess.DEVNULL)
            programs.callback(process.wait)
            programs.callback(process.terminate)
        until = time.monotonic() + START_SECONDS
        while not (text := number.read_text()).endswith("\n"):
            assert time.monotonic() < until, "Xvfb doesn't start"
            time.sleep(0.02)
        shown = {
            "DISPLAY": f":{text.strip()}",
            "HOME": home,
            "GTK_THEME": "Adwaita:dark" if scheme == "dark" else "Adwaita",
        }
        shown |= {"NO_AT_BRIDGE": "1", "WEBKIT_DISABLE_DMABUF_RENDERER": "1"}
        programs.enter_context(running(WEBKIT, f"--port={port}", log=log, **shown))
        options = {"webkitgtk:browserOptions": {"binary": MINIBROWSER, "args": ["--automation"]}}
        yield programs.enter_context(closing(once_it_listens(lambda: Http(f"http://127.0.0.1:{port}", options))))


@pytest.fixture(scope="module")
def reporting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reporting]:
    """A shop whose pages report what they complain about."""
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    database = tmp_path_factory.mktemp("shop") / "shop.db"
    url = f"http://localhost:{port}"
    shop = Reporting(
        create_app(Settings(app_url=url, port=port, secret_key="e" * 64, database_url=f"sqlite:///{database}"))
    )
    shop.url = url
    with serve(shop, listener):
        yield shop


@pytest.fixture(scope="module")
def window(engine: str, reporting: Reporting) -> Iterator[Browser]:
    with {"firefox": firefox, "webkit": webkit}[engine]("light") as driver:
        yield Browser(driver, engine, reporting.url)


@pytest.fixture
def visitor(window: Browser, reporting: Reporting) -> Iterator[Browser]:
    """A visitor's window: new cookies, and no complaint at the end."""
    window.goto("/healthz")
    window.driver.command("DeleteAllCookies", {})
    window.until(lambda: window.driver.command("GetCookies", {}) == [], "no cookies")  # WebKit deletes them later
    window.resize(1280, 900)
    yield window
    reporting.out_of_order = False
    complaints, reporting.complaints[:] = list(reporting.complaints), []
    assert [text for text in complaints if not LEFT.search(text)] == []


@pytest.fixture(scope="module")
def dark_window(engine: str, reporting: Reporting) -> Iterator[Browser]:
    with {"firefox": firefox, "webkit": webkit}[engine]("dark") as driver:
        yield Browser(driver, engine, reporting.url)
