"""The snippets behind the counter, run as they are printed, against the sandbox as a server of its own."""

import ast
import html
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import OpenShop
from tests.faults.processes import standalone_sandbox
from tests.xendit import HTMX
from webapp.inspector.snippets import curl, python

pytestmark = pytest.mark.anyio

KEY = "xnd_development_snippets"
NEW_EACH_TIME = ("payment_session_id", "id", "created", "updated", "recurring_plan_id", "expiry_date", "customer_id")
SECRETS = ("components_sdk_key", "payment_link_url", "invoice_url")


@pytest.fixture(scope="module")
def sandbox_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with standalone_sandbox(tmp_path_factory.mktemp("sandbox")) as url:
        yield url


def run(language: str, text: str, folder: Path) -> dict[str, object]:
    """What Xendit answered to a snippet, pasted into a terminal or a file."""
    environment = {"PATH": os.environ["PATH"], "XENDIT_API_KEY": KEY, "PYTHONUTF8": "1"}
    words = ["bash", "-c", text] if language == "curl" else [sys.executable, "-c", text]
    done = subprocess.run(words, capture_output=True, text=True, env=environment, cwd=folder, timeout=60)
    assert done.returncode == 0, done.stderr
    if language == "curl":
        return dict(json.loads(done.stdout))
    status, _, answer = done.stdout.partition(" ")
    assert status in ("200", "201")
    return dict(ast.literal_eval(answer))


def shown(step: str, name: str) -> str:
    """The text of one block, as it is copied."""
    block = re.findall(rf'<pre id="\w+-{name}"[^>]*>(.*?)</pre>', step, re.S)[0]
    return html.unescape(re.sub(r"<[^>]+>", "", block))


@pytest.mark.parametrize(
    ("integration", "flow"),
    [("components", "pay"), ("payment_link", "pay_save"), ("payment_link", "subscription"), ("invoice", "pay")],
)
async def test_each_snippet_makes_the_same_object(
    open_shop: OpenShop, sandbox_url: str, tmp_path: Path, integration: str, flow: str
) -> None:
    settings = {"sandbox": False, "api_keys": {"IDR": KEY}, "xendit_api_url": sandbox_url}
    async with open_shop(app_url="https://shop.example", **settings) as shop:
        panel = (await shop.inspector(await shop.place(integration, flow), **HTMX)).text
    step = next(text for text in panel.split('<li class="step')[1:] if text.startswith(" step-call"))
    printed = {language: shown(step, f"{language}-text") for language in ("curl", "python")}
    recorded = json.loads(shown(step, "answer"))
    for language, text in printed.items():
        assert KEY not in text and "XENDIT_API_KEY" in text
        made = run(language, text, tmp_path)
        assert any(secret in made for secret in SECRETS)
        reference = str(made.get("reference_id", made.get("external_id")))
        assert reference.startswith("order-")
        for name in (*NEW_EACH_TIME, *SECRETS):
            made.pop(name, None), recorded["body"].pop(name, None)
        assert comparable(made, reference) == comparable(recorded["body"])


def comparable(answer: dict[str, Any], reference: str = "") -> dict[str, Any]:
    """The answer with the shop's own reference for all, and without dates."""
    reference = reference or answer.get("reference_id") or answer["external_id"]
    text = json.dumps({name: value for name, value in answer.items() if name != "expires_at"})
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|\+00:00)", "DATE", text)
    return dict(json.loads(text.replace(reference, "REFERENCE")))


@pytest.mark.parametrize("language", ["curl", "python"])
@pytest.mark.parametrize("name", ["session", "subscription", "invoice"])
async def test_a_snippet_copied_last_year_at_localhost_still_works_twice(
    sandbox_url: str, tmp_path: Path, language: str, name: str
) -> None:
    page = "http://localhost:8000/orders/selat-0123456789abcdef"
    session = {
        "reference_id": "selat-0123456789abcdef",
        "session_type": "PAY",
        "mode": "PAYMENT_LINK",
        "currency": "IDR",
        "country": "ID",
        "amount": 240000,
        "expires_at": "2025-01-01T00:00:00Z",
        "success_return_url": page,
        "cancel_return_url": "https://127.0.0.1:8443/",
    }
    subscription = session | {
        "session_type": "SUBSCRIPTION",
        "subscription": {"schedule": {"interval": "MONTH", "interval_count": 1, "anchor_date": "2025-01-02T00:00:00Z"}},
    }
    invoice = {"external_id": "selat-0123456789abcdef", "amount": 240000, "success_redirect_url": page}
    request = {"session": session, "subscription": subscription, "invoice": invoice}[name]
    path = "/v2/invoices" if name == "invoice" else "/sessions"
    call = {"method": "POST", "url": sandbox_url + path, "request": request}
    text = curl(call) if language == "curl" else python(call)
    assert "localhost" not in text.replace(sandbox_url, "") and "selat-" not in text and "2025" not in text
    assert "# Replace https://your-shop.example" in text
    for _ in range(2):
        made = run(language, text, tmp_path)
        address = made.get("success_return_url", made.get("success_redirect_url"))
        reference = made.get("reference_id", made.get("external_id"))
        assert address == f"https://your-shop.example/orders/{reference}"


async def test_a_question_can_be_asked_again(sandbox_url: str, tmp_path: Path) -> None:
    call = {"method": "GET", "url": f'{sandbox_url}/v2/invoices?external_id=it\'s "none"', "request": None}
    call["url"] = str(httpx.URL(str(call["url"])))
    done = subprocess.run(
        ["bash", "-c", curl(call)],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "XENDIT_API_KEY": KEY},
        timeout=60,
    )
    assert done.stdout == "[]"


def test_no_body_can_break_out_of_a_snippet() -> None:
    nasty = {"text": "JSON\n'\"\\ $(touch x) `touch x` \u2028 {} %s", "JSON": ["JSON", None, True, 1.5, {}, []]}
    call = {"method": "POST", "url": "https://api.xendit.co/sessions", "request": nasty}
    lines = curl(call).rstrip().split("\n")
    assert lines.count("JSON") == 1
    body = "\n".join(lines[lines.index("  --data-binary @- <<'JSON'") + 1 : -1])
    assert json.loads(body) == nasty
    tree = ast.parse(python(call))
    keywords = next(node.keywords for node in ast.walk(tree) if isinstance(node, ast.Call) and node.keywords)
    sent = next(keyword.value for keyword in keywords if keyword.arg == "json")
    assert ast.literal_eval(sent) == nasty


def test_a_call_without_a_body_says_its_method() -> None:
    call = {"method": "POST", "url": "https://api.xendit.co/invoices/1/expire!", "request": None}
    assert curl(call).startswith("curl --request POST 'https://api.xendit.co/invoices/1/expire!'")
    ast.parse(python(call))


IDS = "# Replace the {} with one of your own account."
PLAN = "repl_430fd377-7599-4afa-90a2-8307d147bf9b"


@pytest.mark.parametrize("language", [curl, python])
async def test_a_second_order_says_that_its_customer_is_of_another_account(open_shop: OpenShop, language: Any) -> None:
    async with open_shop() as shop:
        first = await shop.place("payment_link", "pay")
        await shop.pay(first)
        await shop.get(f"/orders/{first.reference_id}")
        second = await shop.place("payment_link", "pay")
        calls = [step.document for step in await shop.steps(second.reference_id) if step.kind == "call"]
    snippet = language(next(call for call in calls if call["method"] == "POST"))
    assert '"customer_id"' in snippet and IDS.format("customer_id") in snippet.split("\n")
    assert IDS.format("reference_id") not in snippet


@pytest.mark.parametrize("language", [curl, python])
def test_every_id_of_this_account_is_named_once(language: Any) -> None:
    request = {"reference_id": "selat-refund-1", "payment_request_id": "pr-1", "payment_token_id": "pt-1", "amount": 1}
    call = {"method": "POST", "url": f"https://api.xendit.co/recurring/plans/{PLAN}/cycles?limit=100"}
    comments = [line for line in language(call | {"request": request}).split("\n") if line.startswith("#")]
    address = f"# Replace {PLAN} in the address with an id of your own account."
    assert comments == [IDS.format("payment_request_id"), IDS.format("payment_token_id"), address]
    asked = language(call | {"method": "GET", "request": None})
    assert [line for line in asked.split("\n") if line.startswith("#")] == [address]
    url = "https://api.xendit.co/v3/payment_requests"
    assert "# Replace" not in language({"method": "GET", "url": url, "request": None})


def test_a_snippet_sends_the_headers_that_the_shop_sent(tmp_path: Path) -> None:
    """Against a server that answers with what it was sent."""
    headers = {"content-type": "application/json", "authorization": "Basic ‹masked›", "api-version": "2026-01-01"}
    refund = {"reference_id": "selat-refund-0001", "amount": 1}
    call = {"method": "POST", "request": refund, "request_headers": headers | {"idempotency-key": "selat-refund-0001"}}
    with echoing_server() as url:
        for language, snippet in (("curl", curl), ("python", python)):
            sent = run(language, snippet(call | {"url": f"{url}/refunds"}), tmp_path)
            assert sent["api-version"] == "2026-01-01" and str(sent["authorization"]).startswith("Basic eG5kX")
            assert str(sent["idempotency-key"]).startswith("order-")
            assert sent["idempotency-key"] == dict(sent["body"])["reference_id"]  # type: ignore[call-overload]
            asked = {"method": "GET", "url": f"{url}/plans", "request": None, "request_headers": headers}
            assert run(language, snippet(asked), tmp_path)["api-version"] == "2026-01-01"


@contextmanager
def echoing_server() -> Iterator[str]:
    """A server whose answer is the request's headers and body."""

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            said = {name.lower(): value for name, value in self.headers.items()} | {"body": json.loads(body or "null")}
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
