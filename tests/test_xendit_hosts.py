"""One list of Xendit's hosts, for the policy and for the masks; other hosts are led to by a link."""

import httpx
import pytest

from tests.conftest import MakeSettings, OpenShop
from tests.xendit import HTMX, INVOICE, KEYS, LINK, SDK_KEY, SESSION, fake_xendit, session_event
from webapp.inspector.masking import Mask
from webapp.web.security import content_security_policy
from webapp.xendit_hosts import PAGES, is_page, page_address

pytestmark = pytest.mark.anyio
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


@pytest.mark.parametrize("odd", ["", "a/b", "..", "a\u0000b", " ", "a" * 300, 7, None, ["x"], "ไทย", "x?y", "x#y"])
@pytest.mark.parametrize(
    ("integration", "field"),
    [("payment_link", "payment_session_id"), ("components", "payment_session_id"), ("invoice", "id")],
)
async def test_an_id_that_can_be_none_is_an_unexpected_answer(
    open_shop: OpenShop, integration: str, field: str, odd: object
) -> None:
    session = SESSION | {"payment_link_url": LINK, "components_sdk_key": SDK_KEY}
    router = fake_xendit(
        sessions=httpx.Response(201, json=session | {field: odd}),
        invoices=httpx.Response(200, json=INVOICE | {field: odd}),
    )
    async with open_shop(router) as shop:
        await shop.add("gayo")
        refused = await shop.checkout(integration)
        assert refused.status_code == 502 and "UNEXPECTED_ANSWER" in refused.text


@pytest.mark.parametrize("odd", ["", "a/b", "..", " ", "a" * 300, "ไทย"])
async def test_an_id_that_can_be_none_is_left_out_of_a_webhook(open_shop: OpenShop, odd: str) -> None:
    async with open_shop(fake_xendit()) as shop:
        order = await shop.place()
        event = session_event(order, payment_request_id=odd, payment_id=odd, payment_token_id=odd)
        assert (await shop.webhook(event)).status_code == 200
        stored = await shop.order_book.get(order.reference_id)
        assert stored and stored.status == "paid"
        assert (stored.payment_request_id, stored.payment_id, stored.payment_token_id) == (None, None, None)
