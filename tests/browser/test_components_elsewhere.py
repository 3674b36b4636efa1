"""Components on a page of another origin than the sandbox, which is installed from its wheel and runs alone."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser import payment
from tests.browser.conftest import StartShop
from tests.browser.test_components_copied import COPIED, HEADER
from tests.installed import installed_sandbox, running

KEY = "xnd_development_store_with_a_page_of_its_own"
CUSTOMER = {
    "type": "INDIVIDUAL",
    "email": "ada@example.com",
    "individual_detail": {"given_names": "Ada", "surname": "Lovelace"},
}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(installed_sandbox(tmp_path_factory), tmp_path_factory.mktemp("sandbox")) as (url, _):
        yield url


class Quiet(SimpleHTTPRequestHandler):
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {"": "text/html"}

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path) -> Iterator[str]:
    """An integrator's static server: the page, the file that it copied, and the page of the order."""
    (tmp_path / "orders").mkdir()
    (tmp_path / "orders" / "123").write_text("<!doctype html><title>Thank you</title><h1>Thank you</h1>")
    (tmp_path / "favicon.ico").touch()
    (tmp_path / "components.js").write_bytes(COPIED.read_bytes())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


OpenStore = Callable[..., dict[str, Any]]


@pytest.fixture
def open_store(page: Page, store: str, sandbox: str, tmp_path: Path) -> OpenStore:
    """Create a session by the sandbox's API, write the smallest page for it, and open that in the browser."""

    def open_store(currency: str, country: str, amount: float, origin: str | None = None) -> dict[str, Any]:
        body = {
            "reference_id": "order-123",
            "session_type": "PAY",
            "mode": "COMPONENTS",
            "currency": currency,
            "country": country,
            "amount": amount,
            "customer": CUSTOMER | {"reference_id": f"customer-{currency}"},
            "components_configuration": {"origins": [origin or store], "return_url": f"{store}/orders/123"},
        }
        session: dict[str, Any] = httpx.post(f"{sandbox}/sessions", json=body, auth=(KEY, "")).json()
        html = "\n".join(re.findall(r"^//   (.*)", HEADER, re.MULTILINE))
        html = html.replace("/xendit-components.mjs", f"{sandbox}/sdk/xendit-components.mjs")
        html = "<!doctype html><title>A store</title>" + html.replace(
            "COMPONENTS_SDK_KEY", session["components_sdk_key"]
        )
        (tmp_path / "index.html").write_text(html, encoding="utf-8")
        page.goto(store)
        return session

    return open_store


@pytest.fixture
def paid(page: Page, sandbox: str) -> Callable[[dict[str, Any]], None]:
    def paid(session: dict[str, Any]) -> None:
        expect(page.locator("h1")).to_have_text("Thank you")
        answer = httpx.get(f"{sandbox}/sessions/{session['payment_session_id']}", auth=(KEY, "")).json()
        assert answer["status"] == "COMPLETED", json.dumps(answer)

    return paid


def test_a_page_of_another_origin_pays_by_card_with_3d_secure(
    page: Page, open_store: OpenStore, paid: Callable[[dict[str, Any]], None]
) -> None:
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    session = open_store("IDR", "ID", 240_000)
    payment.ready(page)
    payment.pay_by_card(page, payment.CHALLENGED)
    payment.decide(page, "approve")
    paid(session)
    assert not missing  # the logos, for example


def test_a_page_of_another_origin_pays_by_code_and_by_wallet(
    page: Page, open_store: OpenStore, paid: Callable[[dict[str, Any]], None]
) -> None:
    session = open_store("SGD", "SG", 24)
    payment.ready(page)
    payment.choose(page, 1)
    payment.pay(page)
    payment.say_paid(page)
    paid(session)

    session = open_store("PHP", "PH", 240)
    payment.ready(page)
    payment.choose(page, 2, "Maya")
    payment.pay(page)
    payment.at_wallet(page, "approve")
    paid(session)


@pytest.mark.complains("CORS policy", "net::ERR_FAILED")
def test_a_page_that_the_session_does_not_name_gets_nothing(page: Page, open_store: OpenStore) -> None:
    open_store("IDR", "ID", 240_000, origin="http://localhost:1")
    payment.state(page, "broken")


def test_the_shop_with_keys_pays_by_components_at_a_sandbox_that_runs_alone(
    page: Page, start_shop: StartShop, sandbox: str
) -> None:
    page.goto(start_shop(sandbox=False, api_keys={"IDR": KEY}, xendit_api_url=sandbox, webhook_tokens={"": "token"}))
    address = page.url.rstrip("/")
    page.goto(f"{address}/?currency=IDR&flow=pay&integration=components&cart=gayo:1")
    page.locator("#checkout .go").click()
    payment.ready(page)
    payment.pay_by_card(page, payment.CHALLENGED)
    payment.decide(page, "approve")
    payment.order_page(page)
