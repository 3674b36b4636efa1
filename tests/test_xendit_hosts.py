"""One list of Xendit's hosts, for the policy and for the masks; other hosts are led to by a link."""

import json
import re
from functools import partial
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import MakeSettings, OpenShop
from tests.xendit import (
    HTMX,
    INVOICE,
    KEYS,
    LINK,
    SDK_KEY,
    SESSION,
    client_to,
    fake_xendit,
    invoice_callback,
    payment_event,
    plan_event,
    session_event,
)
from webapp.inspector.masking import Mask
from webapp.integrations.errors import XenditError
from webapp.integrations.status import find_invoices
from webapp.orders.rows import IDS
from webapp.web.security import content_security_policy
from webapp.xendit_hosts import PAGES, is_page, page_address

pytestmark = pytest.mark.anyio
UNSTORABLE = re.compile("[\0\ud800-\udfff]")  # NUL and half a surrogate pair: no database holds them
URLS = [origin.replace("*", "dev") + "/abc123DEF" for origin in PAGES]


@pytest.mark.parametrize("url", URLS)
def test_a_payment_page_is_known_to_policy_and_masks(url: str, settings: MakeSettings) -> None:
    policy = content_security_policy(settings(sandbox=False, api_keys=KEYS))
    assert all(origin in policy.split("form-action")[1].split(";")[0] for origin in PAGES)
    assert is_page(url)
    assert "abc123DEF" not in Mask({}).text(f"see {url} now")


@pytest.mark.parametrize(
    "url", ["https://evil.example/xen.to", "https://xen.to.evil.example/", "http://xen.to/a", "https://["]
)
def test_no_other_host_is_one_of_xendits(url: str) -> None:
    assert not is_page(url)


@pytest.mark.parametrize("url", [*URLS, "https://pay.merchant.example/abc123"])
async def test_the_shop_leads_to_whatever_page_xendit_names(open_shop: OpenShop, url: str) -> None:
    answer = httpx.Response(201, json=SESSION | {"payment_link_url": url})
    async with open_shop(fake_xendit(sessions=answer), sandbox=False, api_keys=KEYS) as shop:
        await shop.add("gayo")
        plain = await shop.checkout()
        assert plain.headers.get("location") == url if is_page(url) else f'href="{url}"' in plain.text
        assert "no-store" in plain.headers["cache-control"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,<script>1</script>",
        "//evil.example/x",
        "/a-path-of-ours",
        "http://xen.to/a",
        "https://",
        "https:///path",
        "https://user:password@xen.to/a",
        "https://xen.to/a\r\nSet-Cookie: x=1",
        "https://xen.to/a b",
        "https://xen.to\\@evil.example",
        "https://[",
        "https://a..b/",
        "https://xen.to:99999/",
        "https://☃.example/",
        "https://xen.to/" + "ก" * 300,  # more than 2,000 characters once it is percent-encoded
        "https://xen.to/" + "a" * 6000,
        " https://xen.to/a",
        "\x01https://xen.to",
    ],
)
@pytest.mark.parametrize("integration", ["payment_link", "invoice"])
@pytest.mark.parametrize("present", ["page", "qr", "iframe"])
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_what_is_no_address_of_a_page_leads_nowhere(
    open_shop: OpenShop, url: str, headers: dict[str, str], integration: str, present: str
) -> None:
    link = {"payment_link_url": url, "invoice_url": url}
    router = fake_xendit(
        sessions=httpx.Response(201, json=SESSION | link),
        session=httpx.Response(200, json=SESSION | link),
        invoices=httpx.Response(200, json=INVOICE | link),
        invoice=httpx.Response(200, json=INVOICE | link),
    )
    async with open_shop(router) as shop:
        await shop.get(f"/?present={present}&cart=gayo:1")
        refused = await shop.checkout(integration, **headers)
        order = await shop.newest_order()
        again = await shop.post(f"/orders/{order.reference_id}/pay", headers=headers)
        assert again.status_code == 502 or again.headers.get("hx-redirect", again.headers.get("location")) == (
            f"/orders/{order.reference_id}"  # an answer that was too long has made no order
        )
        assert refused.status_code == 502 and "UNEXPECTED_ANSWER" in refused.text
        assert (len(url) < 9 or url not in refused.text) and not {"location", "hx-redirect"} & set(refused.headers)


def test_an_address_is_written_as_browsers_do() -> None:
    assert page_address("https://xen.to/ไทย?a=ก") == "https://xen.to/%E0%B9%84%E0%B8%97%E0%B8%A2?a=%E0%B8%81"
    assert page_address("https://ร้าน.example/a") == "https://xn--q3ct9b5e.example/a"
    assert page_address("http://localhost:8000/x") is None
    assert page_address("http://localhost:8000/x", ("http://localhost:8000/",)) == "http://localhost:8000/x"


@given(st.text() | st.builds("https://{}{}".format, st.text(), st.sampled_from(["", "/a", ":1/", "?b", "@xen.to/"])))
def test_every_address_that_is_taken_is_plain_ascii_with_a_host(url: str) -> None:
    address = page_address(url)
    if address is not None:
        parts = urlsplit(address)
        assert re.fullmatch(r"https://[!-~]{1,2000}", address) and "\\" not in address
        assert parts.hostname and not parts.username and not parts.password and (parts.port or 0) < 65_536
        assert page_address(address) == address


ODD = [
    "",
    "a/b",
    "..",
    "a\0b",
    "a\r\nb",
    "\ud800",
    " ",
    "a b",
    "a" * 300,
    7,
    None,
    ["x"],
    {},
    "ไทย",
    "x?y",
    "x#y",
    "%2e",
]


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize(
    ("integration", "answer", "field"),
    [
        ("payment_link", "sessions", "payment_session_id"),
        ("components", "sessions", "payment_session_id"),
        ("invoice", "invoices", "id"),
        ("payment_link", "session", "payment_session_id"),
        ("components", "session", "payment_session_id"),
        ("invoice", "invoice", "id"),
    ],
)
async def test_an_id_that_can_be_none_is_an_unexpected_answer(
    open_shop: OpenShop, integration: str, answer: str, field: str, odd: object
) -> None:
    usual = INVOICE if integration == "invoice" else SESSION | {"payment_link_url": LINK, "components_sdk_key": SDK_KEY}
    async with open_shop(
        fake_xendit(**{answer: httpx.Response(200, content=json.dumps(usual | {field: odd}))})
    ) as shop:
        await shop.add("gayo")
        first = await shop.checkout(integration)
        order = await shop.newest_order()
        opened = {"components": ("GET", "resume")}.get(integration, ("POST", "pay"))
        asked = await shop.request(opened[0], f"/orders/{order.reference_id}/{opened[1]}")
        refused = first if answer.endswith("s") else asked
        assert refused.status_code == 502 and "UNEXPECTED_ANSWER" in refused.text
        assert await shop.status_of(order) in ("waiting", "failed_to_create")


async def test_a_list_of_invoices_without_usable_ids_is_an_unexpected_answer() -> None:
    for odd in ODD:
        answer = httpx.Response(200, content=json.dumps([INVOICE, INVOICE | {"id": odd}]))
        async with client_to(fake_xendit(invoice=answer)) as client:
            with pytest.raises(XenditError, match="UNEXPECTED_ANSWER"):
                await find_invoices(client, "xnd_development_x", "selat-1")


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_an_id_that_can_be_none_is_left_out_of_a_webhook(open_shop: OpenShop, odd: object) -> None:
    """A webhook that no database could hold is a 400; of any other, the id is left out."""
    async with open_shop(fake_xendit()) as shop:
        for integration, flow, make in (
            ("payment_link", "pay", session_event),
            ("payment_link", "pay", partial(payment_event, event="payment.capture", status="SUCCEEDED")),
            ("payment_link", "subscription", plan_event),
            ("invoice", "pay", invoice_callback),
        ):
            order = await shop.place(integration, flow)
            event = make(order)
            data = event.get("data", event)
            data |= dict.fromkeys(
                {"payment_session_id", "payment_id", "payment_request_id", "payment_token_id", "id"}, odd
            )
            answer = await shop.webhook(event)
            stored = await shop.order_book.get(order.reference_id)
            unstorable = isinstance(odd, str) and UNSTORABLE.search(odd)
            read = not unstorable and (isinstance(odd, str) or event is not data)  # an invoice without an id is none
            assert stored and answer.status_code == (200 if read else 400), answer.text
            assert stored.status.is_success == read
            assert [getattr(stored, name) for name in IDS] == [getattr(order, name) for name in IDS]
