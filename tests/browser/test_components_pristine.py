"""The SDK exactly as npm serves it, under the policy of the real mode; the harness answers for Xendit's two hosts.

So what the gateway says is what the published SDK wants to hear, and not what our copy was bent to.
"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from tests.browser import payment
from webapp.config import Settings
from webapp.web.security import content_security_policy

PRISTINE = Path("static/vendor/xendit-components-web-0.0.24.mjs")
GATEWAY, ASSETS = "https://checkout-ui-gateway-prod-dev.xendit.co", "https://assets.xendit.co"
REAL = content_security_policy(
    Settings(app_url="http://localhost", secret_key="s" * 64, api_keys={"IDR": "xnd_development_x"}, sandbox=False)
)
PATHS = {"/components/secure-iframe-v0.0.24.html": "/sandbox/secure-iframe.html", "/payment-session/": "/sandbox/"}

pytestmark = pytest.mark.complains(f"request to elsewhere: ({GATEWAY}|{ASSETS})/")


@pytest.fixture
def page(page: Page, base_url: str) -> Iterator[Page]:
    asked = set()

    def answer_for_xendit(route: Route) -> None:
        url = urlsplit(route.request.url)
        asked.add(f"{url.scheme}://{url.netloc}")
        path = url.path
        for theirs, ours in PATHS.items():
            path = path.replace(theirs, ours)
        # Our guard would rightly refuse what comes from another site.
        headers = {
            name: value for name, value in route.request.headers.items() if not name.startswith(("sec-", "origin"))
        }
        answer = route.fetch(url=f"{base_url}{path}?{url.query}", headers=headers, max_redirects=0)
        route.fulfill(response=answer, headers=answer.headers | {"access-control-allow-origin": base_url})

    def real_policy(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": REAL})

    page.route(lambda url: url.startswith((GATEWAY, ASSETS)), answer_for_xendit)
    page.route(lambda url: url.startswith(base_url) and urlsplit(url).path.endswith(("/", "/resume")), real_policy)
    page.route("**/xendit-components.mjs", lambda route: route.fulfill(path=PRISTINE, content_type="text/javascript"))
    yield page
    assert GATEWAY in asked


def test_cards_pay_with_the_pristine_sdk(page: Page) -> None:
    payment.start(page)
    payment.pay_by_card(page, payment.DECLINED)
    payment.complained(page)
    payment.type_card(page, payment.CHALLENGED)
    payment.pay(page)
    payment.decide(page, "approve")
    payment.order_page(page)


def test_a_code_is_paid_with_the_pristine_sdk(page: Page) -> None:
    payment.start(page, "SGD")
    payment.choose(page, 1)
    payment.pay(page)
    payment.say_paid(page)
    payment.order_page(page)


def test_a_wallet_is_visited_with_the_pristine_sdk(page: Page) -> None:
    payment.start(page, "PHP")
    payment.choose(page, 2, "Maya")
    payment.pay(page)
    payment.at_wallet(page, "approve")
    payment.order_page(page)


def test_a_card_is_saved_with_the_pristine_sdk(page: Page) -> None:
    payment.start(page, flow="save")
    payment.pay_by_card(page, payment.GOOD)
    payment.order_page(page, "saved")
