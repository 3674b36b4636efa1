"""One list of Xendit's hosts, for the policy and for the masks; other hosts are led to by a link."""

import httpx
import pytest

from tests.conftest import MakeSettings, OpenShop
from tests.xendit import HTMX, KEYS, SESSION, fake_xendit
from webapp.inspector.masking import Mask
from webapp.web.security import content_security_policy
from webapp.xendit_hosts import PAGES, is_page

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
    "url", ["javascript:alert(1)", "data:text/html,<script>1</script>", "//evil.example/x", "/a-path-of-ours"]
)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
async def test_what_is_no_address_of_a_page_leads_nowhere(
    open_shop: OpenShop, url: str, headers: dict[str, str]
) -> None:
    answer = httpx.Response(201, json=SESSION | {"payment_link_url": url})
    async with open_shop(fake_xendit(sessions=answer), sandbox=False, api_keys=KEYS) as shop:
        await shop.add("gayo")
        refused = await shop.checkout(**headers)
        assert refused.status_code == 502 and "UNEXPECTED_ANSWER" in refused.text
        assert url not in refused.text and not {"location", "hx-redirect"} & set(refused.headers)
