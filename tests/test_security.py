"""Every answer carries the headers, every foreign POST is refused, no cookie is readable by scripts."""

import re

import httpx
import pytest

from tests.conftest import OpenShop, Shop

pytestmark = pytest.mark.anyio

FORM = {"product": "gayo"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ({"origin": "http://testserver"}, 303),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 303),
    ],
)
async def test_only_the_shops_own_pages_may_post(shop: Shop, headers: dict[str, str], status: int) -> None:
    assert (await shop.post("/cart/add", data=FORM, headers=headers)).status_code == status


async def test_a_webhook_needs_no_origin_but_its_token(shop: Shop) -> None:
    answer = await shop.post("/webhooks/xendit", json={}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 401


async def test_every_answer_carries_the_headers(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        answers = [await shop.get(path) for path in ("/", "/orders", "/nothing", "/healthz", "/readyz", "/static/x/y")]
        answers.append(await shop.post("/cart/add", data=FORM))
        answers.append(await shop.post("/cart/add", data=FORM, headers={"sec-fetch-site": "cross-site"}))
        answers.append(await shop.post("/webhooks/xendit", content=b"x" * 2_000_000))
        for answer in answers:
            policy = answer.headers["content-security-policy"]
            assert "unsafe" not in policy and "default-src 'none'" in policy, answer.url
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
            assert answer.headers["strict-transport-security"].startswith("max-age=")
            assert answer.headers["cross-origin-opener-policy"] == "same-origin"
            assert "payment=(self " in answer.headers["permissions-policy"]


async def test_the_policy_names_xendits_hosts_only_with_real_keys(open_shop: OpenShop) -> None:
    async with open_shop() as sandbox:
        assert "xendit" not in (await sandbox.get("/")).headers["content-security-policy"]
    async with open_shop(sandbox=False, api_keys={"IDR": "xnd_development_x"}) as real:
        policy = (await real.get("/")).headers["content-security-policy"]
    hosts = set(re.findall(r"https://[^ ;]+", policy))
    assert hosts and all(host.endswith(("xendit.co", "xen.to")) for host in hosts)


async def test_the_cookie_is_the_shops_own(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        cookie = (await shop.post("/cart/add", data=FORM)).headers["set-cookie"]
        assert cookie.startswith("__Host-selat=")
        for flag in ("httponly", "samesite=lax", "secure", "path=/"):
            assert flag in cookie.lower()
    async with open_shop() as shop:
        cookie = (await shop.post("/cart/add", data=FORM)).headers["set-cookie"]
        assert cookie.startswith("selat=") and "secure" not in cookie.lower()


async def test_pages_have_no_inline_script_style_or_handler(shop: Shop) -> None:
    await shop.post("/cart/add", data=FORM)
    for path in ("/", "/orders", "/nothing"):
        page = (await shop.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", page)


async def test_static_files_are_compressed_and_kept_for_ever_under_their_fingerprint(shop: Shop) -> None:
    page = (await shop.get("/")).text
    url = re.search(r'href="(/static/[0-9a-f]+/css/shop\.css)"', page)
    assert url
    for encoding in ("br", "gzip"):
        answer = await shop.get(url[1], headers={"accept-encoding": encoding})
        assert answer.headers["content-encoding"] == encoding
        assert "immutable" in answer.headers["cache-control"]
    assert (await shop.get(url[1].replace("/static/", "/static/0"))).status_code == 404


async def test_a_page_is_compressed_and_one_that_holds_a_key_is_never_kept(shop: Shop) -> None:
    assert (await shop.get("/")).headers["content-encoding"] == "gzip"
    await shop.post("/cart/add", data=FORM)
    form = {"integration": "components", "flow": "pay", "checkout_id": "c" * 22}
    answer: httpx.Response = await shop.post("/checkout", data=form, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


async def test_a_request_is_logged_by_its_route_under_the_id_that_its_answer_carries(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    import structlog

    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        answer = await shop.get("/orders/selat-unknown?key=secret-in-the-address")
    line = next(line for line in lines if line["event"] == "request")
    assert (line["route"], line["status"]) == ("/orders/{reference_id}", 404)
    assert line["request_id"] == answer.headers["x-request-id"]
    assert "secret-in-the-address" not in str(lines)
