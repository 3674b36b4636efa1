"""The snippets behind the counter, run as they are printed, against the sandbox as a server of its own."""

import ast
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
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
