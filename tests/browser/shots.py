"""`make shots`: every page and state, four widths, light and dark, as pictures in shots/ to look at."""

import itertools
import socket
import sys
import tempfile
from pathlib import Path

import structlog
from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import CHROMIUM, QUIET, serve
from tests.browser.states import PASSING, STATES, Arrive
from webapp.app import create_app
from webapp.config import Settings

WIDTHS = {390: 844, 768: 1024, 1280: 720, 1920: 1080}
SCHEMES = ("light", "dark")


def shoot(browser: Browser, url: str, arrive: Arrive, width: int, scheme: str, folder: Path) -> None:
    """One picture of what is on the screen, and the whole page below it."""
    context = browser.new_context(
        base_url=url,
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": WIDTHS[width]},
        reduced_motion="reduce",
    )
    page = context.new_page()
    arrive(page)
    page.evaluate("scrollTo(0, 0)")  # or what is sticky stands far below
    page.wait_for_timeout(300)
    page.screenshot(path=folder / f"{arrive.__name__}-{width}-{scheme}.png", full_page=True)
    context.close()


def main(folder: Path) -> None:
    """A shop of its own, in the background, and a browser that visits it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))  # errors only
    folder.mkdir(exist_ok=True)
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://localhost:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        settings = Settings(
            app_url=url, secret_key="s" * 64, rate_limits=False, database_url=f"sqlite:///{home}/shop.db"
        )
        switches = [f"--disable-{name}" for name in QUIET]
        with serve(create_app(settings), listener):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *switches])
            for arrive, width, scheme in itertools.product([*STATES, *PASSING], WIDTHS, SCHEMES):
                shoot(browser, url, arrive, width, scheme, folder)
                print(f"{arrive.__name__} {width} {scheme}", flush=True)
            browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "shots"))
