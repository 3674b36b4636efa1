"""The console of a sandbox that runs alone, as a developer sees it beside an application."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewContext
from tests.browser.looks import axe_findings, misfits, settle
from tests.faults.processes import standalone_sandbox
from tests.sandbox.conftest import INVOICE, PAY

KEY = "xnd_development_console_1234"
CONSOLE = "/_sandbox/console"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with standalone_sandbox(tmp_path_factory.mktemp("sandbox")) as url:
        yield url


@pytest.fixture
def url(sandbox: str) -> str:
    httpx.post(f"{sandbox}/_sandbox/reset").raise_for_status()
    return sandbox


def post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    created: dict[str, Any] = httpx.post(url, json=body, auth=(KEY, "")).raise_for_status().json()
    return created


def test_a_payment_appears_is_paid_by_its_button_and_its_webhook_is_seen(page: Page, url: str) -> None:
    page.goto(url)
    expect(page.locator("main")).to_contain_text("Nothing was created yet")
    invoice = post(f"{url}/v2/invoices", INVOICE)
    row = page.locator(".entries li").filter(has_text="order-1")
    expect(row).to_contain_text("pending")  # the list renews itself
    row.get_by_role("button", name="Pay").click()
    expect(row).to_contain_text("paid")
    expect(row.get_by_role("button")).to_have_count(0)
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_role("link", name="invoice").click()
    expect(page.locator("pre").first).to_contain_text(f'"id": "{invoice["id"]}"')
    expect(page.get_by_role("button", name="Resend")).to_be_visible()


def test_it_reads_and_works_without_javascript(js_off_page: Page, url: str) -> None:
    post(f"{url}/v2/invoices", INVOICE)
    js_off_page.goto(url)
    js_off_page.get_by_role("link", name="order-1").click()
    js_off_page.get_by_role("button", name="Decline").click()
    expect(js_off_page.locator("main")).to_contain_text('"failure_code": "DECLINED_BY_ISSUER"')
    js_off_page.get_by_role("button", name="Expire").click()
    expect(js_off_page.locator(".about")).to_contain_text("expired")
    js_off_page.get_by_role("link", name="invoice").click()
    js_off_page.get_by_role("button", name="Resend").click()
    expect(js_off_page.locator("h1")).to_have_text("invoice")


def test_a_request_is_shown_with_its_answer_and_copied_as_curl(new_context: NewContext, url: str) -> None:
    created = post(f"{url}/v2/invoices", INVOICE | {"description": "It's coffee"})
    page = new_context(permissions=["clipboard-read", "clipboard-write"]).new_page()
    page.goto(f"{url}{CONSOLE}/requests")
    page.get_by_role("link", name="POST /v2/invoices").click()
    expect(page.locator("pre").nth(1)).to_contain_text(f'"id": "{created["id"]}"')
    page.get_by_role("button", name="Copy as curl").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f'curl -u "$XENDIT_KEY:" {url}/v2/invoices')
    assert """It'"'"'s coffee""" in copied


def test_what_is_not_imitated_has_a_list_of_its_own(page: Page, url: str) -> None:
    httpx.get(f"{url}/v2/payouts/1", auth=(KEY, ""))
    post(f"{url}/v2/invoices", INVOICE)
    page.goto(f"{url}{CONSOLE}/requests")
    expect(page.locator(".entries li")).to_have_count(2)
    page.get_by_role("link", name="Only what is not imitated").click()
    expect(page.locator(".entries li")).to_have_count(1)
    expect(page.locator(".entries li")).to_contain_text("GET /v2/payouts/1")
    expect(page.locator(".entries li")).to_contain_text("not imitated")


def test_no_key_and_no_link_that_pays_is_on_any_page(url: str) -> None:
    link = post(f"{url}/sessions", PAY)
    origins = {"mode": "COMPONENTS", "components_configuration": {"origins": ["http://localhost:1"]}}
    embedded = post(f"{url}/sessions", {name: PAY[name] for name in PAY if "url" not in name} | origins)
    invoice = post(f"{url}/v2/invoices", INVOICE)
    secrets = [KEY, embedded["components_sdk_key"], link["payment_link_url"], invoice["invoice_url"]]
    httpx.post(f"{url}/_sandbox/pay/{link['payment_session_id']}")
    seen, left = set(), ["/", f"{CONSOLE}/requests", f"{CONSOLE}/webhooks", f"{CONSOLE}/tokens", f"{CONSOLE}/plans"]
    while left:
        path = left.pop()
        seen.add(path)
        answer = httpx.get(url + path)
        assert answer.status_code == 200
        text = re.sub(r'href="[^"]+" target="_blank"', "", answer.text)  # the way to the payment page itself
        assert not [secret for secret in secrets if secret in text], path
        left += set(re.findall(rf'href="({CONSOLE}/[^"]+)"', text)) - seen - set(left)
    assert len(seen) >= 13


def test_axe_finds_nothing_and_nothing_is_cut(new_context: NewContext, url: str) -> None:
    session = post(f"{url}/sessions", PAY | {"reference_id": "a-reference-as-long-as-they-come-" + "0123456789" * 3})
    post(f"{url}/v2/invoices", INVOICE)
    httpx.post(f"{url}/_sandbox/pay/{session['payment_session_id']}")
    httpx.get(f"{url}/nothing", auth=(KEY, ""))
    webhook = httpx.get(f"{url}/_sandbox/webhooks").json()[0]["webhook_id"]
    pages = ["/", f"{CONSOLE}/plans", f"{CONSOLE}/webhooks", f"{CONSOLE}/requests", f"{CONSOLE}/requests/1"]
    pages += [f"{CONSOLE}/webhooks/{webhook}", f"{CONSOLE}/objects/{session['payment_session_id']}"]
    for scheme, width in (("light", 390), ("dark", 1280)):
        page = new_context(color_scheme=scheme).new_page()
        page.set_viewport_size({"width": width, "height": 800})
        for path in pages:
            page.goto(url + path)
            settle(page)
            assert (path, axe_findings(page)) == (path, [])
            assert (path, misfits(page)) == (path, [])
