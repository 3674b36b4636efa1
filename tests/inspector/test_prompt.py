"""A recorded call as a prompt for a coding assistant."""

import html
import json
import re

import pytest

from tests.conftest import Shop
from tests.leaks import assert_no_secret
from tests.xendit import HTMX
from webapp.inspector.prompt import prompt

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("integration", "path"),
    [("components", "/sessions"), ("payment_link", "/sessions"), ("invoice", "/v2/invoices")],
)
async def test_the_call_that_made_the_order_can_be_copied_as_a_prompt(shop: Shop, integration: str, path: str) -> None:
    order = await shop.place(integration)
    panel = (await shop.inspector(order, **HTMX)).text
    texts = re.findall(r'<pre id="\w+-prompt-text"[^>]*><code>(.*?)</code>', panel, re.S)
    text = html.unescape(texts[-1])
    assert f"POST https://api.xendit.co{path}\n" in text
    body = json.loads(re.findall(r"replace what is this shop's own:\n\n({.*?\n})\n", text, re.S)[0])
    assert body["amount"] == float(order.amount)
    assert body.get("reference_id", body.get("external_id")) == "<a random reference of the order, new for each>"
    assert order.reference_id not in text.partition("Xendit answered")[0]
    assert "masked: opens the payment" in text
    assert re.search(r"documentation of this call: https://(archive\.)?docs\.xendit\.co/", text)
    assert "XENDIT_API_KEY" in text and "never send it to a browser" in text
    assert_no_secret([*shop.settings.api_keys.values(), shop.settings.secret_key], prompt=text)


@pytest.mark.parametrize("status", [0, 200])
def test_a_question_is_a_prompt_too(status: int) -> None:
    call = {"method": "GET", "url": "https://api.xendit.co/sessions/ps-1", "request": None, "answer": None}
    text = prompt(call | {"status": status}, "https://docs.xendit.co/apidocs/get-session")
    assert "GET https://api.xendit.co/sessions/ps-1\n" in text and "JSON body" not in text
    assert ("No answer came." in text) is (status == 0)
