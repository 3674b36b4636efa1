"""A live shop and a real Chromium: whatever a page complains about, or fetches from elsewhere, fails its test."""

import logging
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, expect
from starlette.types import ASGIApp

from webapp.app import create_app
from webapp.config import Settings

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"))), None
)
QUIET = ("background-networking", "component-update", "default-apps", "sync", "gpu", "dev-shm-usage")
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
HERE = Path(__file__).parent
WAIT_MS = 30_000  # patience for a busy machine; what a page must do faster, its test says
expect.set_options(timeout=WAIT_MS)

# The page reports what its Content-Security-Policy forbade, frames included; Chromium's own message names no line. And
# what is there twice, from the start or since a swap.
REPORT = """addEventListener('securitypolicyviolation', event =>
  console.error('Content-Security-Policy', event.violatedDirective, event.blockedURI, event.sourceFile));
for (const moment of ['load', 'htmx:after:swap']) addEventListener(moment, () => {
  const ids = [...document.querySelectorAll('[id]:not(xendit-channel-picker *, svg *)')].map(element => element.id);
  const twice = ids.filter((id, place) => ids.indexOf(id) !== place);
  if (twice.length) console.error('there more than once:', ...twice);
})"""

# The SDK (0.0.24) drops a card's look-up while the next is typed, and doesn't always catch Chromium's word for that.
DROPPED_BY_SDK = "The user aborted a request."


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "complains(*patterns): the page's console may say what matches one of these")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mine = [item for item in items if item.path.is_relative_to(HERE)]
    if CHROMIUM or not mine:
        return
    if os.environ.get("CI", "").lower() in ("1", "true"):
        raise pytest.UsageError(
            "Chromium is missing, and CI must not pass without the browser tests: install chromium."
        )
    for item in mine:
        item.add_marker(pytest.mark.skip(reason="Chromium is missing: install chromium to run the browser tests"))


StartShop = Callable[..., str]


@contextmanager
def serve(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """An app on a socket, in a thread of this process, so that the guard in tests/conftest.py sees what it logs."""
    logging.getLogger("uvicorn.access").disabled = True  # as in webapp/logs.py: paths of payment pages are secret
    config = uvicorn.Config(app, log_config=None, server_header=False, timeout_graceful_shutdown=2)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        until = time.monotonic() + 20
        while not server.started:
            if not thread.is_alive() or time.monotonic() > until:
                raise RuntimeError("The shop didn't start: see what it logged.")
            time.sleep(0.02)
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


@pytest.fixture(scope="session")
def start_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartShop]:
    """`start_shop(webhook_tokens={}, …)` starts another shop with these settings and returns its address."""
    running: list[Any] = []

    def start(**changes: Any) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        usual = {"app_url": f"http://localhost:{port}", "port": port, "secret_key": "b" * 64, "rate_limits": False}
        database = tmp_path_factory.mktemp("shop") / "shop.db"
        settings = Settings(**usual | {"database_url": f"sqlite:///{database}"} | changes)
        context = serve(create_app(settings), listener)
        context.__enter__()
        running.append(context)
        return settings.app_url

    yield start
    for context in reversed(running):
        context.__exit__(None, None, None)


@pytest.fixture(scope="session")
def base_url(start_shop: StartShop) -> str:
    """The address of the shop as `make run` starts it. `page.goto("/")` opens it."""
    return start_shop()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    # Chromium's sandbox needs a user that isn't root, and namespaces that containers often lack.
    switches = [f"--disable-{name}" for name in QUIET]
    return {"executable_path": CHROMIUM, "args": ["--no-sandbox", "--no-first-run", OFFLINE, *switches]}


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {"base_url": base_url, "locale": "en-US", "viewport": {"width": 1280, "height": 800}}


class Complaints:
    """What went wrong on the pages of a test: script errors, console errors, violations, requests to elsewhere."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def watch(self, context: BrowserContext) -> BrowserContext:
        context.set_default_timeout(WAIT_MS)
        context.add_init_script(REPORT)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        return context

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text} ({message.location.get('url')})")

    def _error(self, error: WebError) -> None:
        if error.error.message != DROPPED_BY_SDK:
            self.seen.append(f"script: {error.error}")

    def _request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and url.hostname not in ("localhost", "127.0.0.1"):
            self.seen.append(f"request to elsewhere: {request.url}")


@pytest.fixture
def complaints(request: pytest.FixtureRequest) -> Iterator[Complaints]:
    """Must be empty at the end, but for what the test says it expects: `@pytest.mark.complains("status of 422")`."""
    collected = Complaints()
    yield collected
    expected = [pattern for marker in request.node.iter_markers("complains") for pattern in marker.args]
    found = [text for text in collected.seen if not any(re.search(pattern, text) for pattern in expected)]
    assert not found, "The page complained:\n" + "\n".join(found)


NewContext = Callable[..., BrowserContext]


@pytest.fixture
def new_context(complaints: Complaints, new_context: NewContext) -> NewContext:
    """Another browser profile (`new_context(color_scheme="dark")`), watched like the first."""
    return lambda **kwargs: complaints.watch(new_context(**kwargs))


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """An order that nobody pays is shown soon: its first page would wait two seconds for a webhook."""
    monkeypatch.setattr("webapp.xendit.order_sync.WEBHOOK_PATIENCE", 0.2)


@pytest.fixture
def js_off_page(new_context: NewContext) -> Page:
    return new_context(java_script_enabled=False).new_page()


@pytest.fixture
def phone_page(new_context: NewContext) -> Page:
    page = new_context(has_touch=True, is_mobile=True, device_scale_factor=2).new_page()
    page.set_viewport_size({"width": 390, "height": 844})
    return page
