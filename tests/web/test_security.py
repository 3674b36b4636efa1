"""Every answer carries the headers, every foreign POST is refused, no cookie is readable by scripts."""

import re
import time
from collections.abc import Collection, Iterable, Iterator
from types import SimpleNamespace
from urllib.parse import quote, urlsplit

import httpx
import pytest
from starlette.routing import BaseRoute, Mount, Route

from tests.conftest import OpenShop, Shop
from tests.xendit import HTMX
from webapp.web import visitor_cookies

pytestmark = pytest.mark.anyio


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
        ({"origin": "null"}, 403),  # another port of this host may send it, with our cookies
        ({"origin": "null", "sec-fetch-site": "cross-site"}, 403),
        ({"origin": "http://["}, 403),
        ({}, 303),
    ],
)
async def test_only_the_shops_own_pages_may_post(shop: Shop, headers: dict[str, str], status: int) -> None:
    assert (await shop.add("gayo", **headers)).status_code == status


@pytest.mark.parametrize(("url", "remembered"), [("https://shop.example", True), ("https://localhost:8443", False)])
async def test_https_is_remembered_but_not_for_this_machine(open_shop: OpenShop, url: str, remembered: bool) -> None:
    async with open_shop(app_url=url) as shop:
        said = (await shop.get("/healthz")).headers.get("strict-transport-security")
    assert said == ("max-age=31536000; includeSubDomains" if remembered else None)


async def test_trace_is_no_method_here(shop: Shop) -> None:
    for path in ("/", "/checkout", "/webhooks/xendit", "/nothing"):
        assert (await shop.request("TRACE", path)).status_code in (404, 405)


async def test_a_webhook_needs_no_origin_but_its_token(shop: Shop) -> None:
    answer = await shop.post("/webhooks/xendit", json={}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 401


async def test_every_route_of_shop_and_sandbox_answers_with_the_headers(open_shop: OpenShop) -> None:
    """Every route there is, also one that is added tomorrow, whether it finds something, refuses or fails."""
    async with open_shop(app_url="https://shop.example") as shop:
        await shop.add("gayo")
        await shop.checkout("components")
        order = await shop.newest_order()
        known = {"reference_id": order.reference_id, "fingerprint": "x", "path": "css/shop.css", "name": "components"}
        paths = [(path, methods) for path, methods in all_routes(shop.app.routes) if methods]
        assert len(paths) > 40
        for pattern, methods in paths:
            path = re.sub(r"{(\w+)(:\w+)?}", lambda part: known.get(part[1], "nothing"), pattern)
            for method in methods:
                for headers in ({}, {"sec-fetch-site": "cross-site"}):
                    answer = await shop.request(method, path, headers=headers)
                    assert answer.status_code < 500, (method, path)
                    carries_the_headers(answer)
        for answer in (await shop.get("/nothing"), await shop.webhook(b"x" * 2_000_000, token=None)):
            carries_the_headers(answer)


def all_routes(routes: Iterable[BaseRoute], prefix: str = "") -> Iterator[tuple[str, Collection[str]]]:
    for route in routes:
        if isinstance(route, Mount):
            yield from all_routes(route.routes, prefix + route.path)
        else:
            assert isinstance(route, Route)
            yield prefix + route.path, route.methods or ()


def carries_the_headers(answer: httpx.Response) -> None:
    where = f"{answer.request.method} {answer.url} {answer.status_code}"
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy, where
    assert "frame-ancestors" in policy or "/sandbox/" in where, where  # cards and banks stand in frames
    assert answer.headers["x-content-type-options"] == "nosniff", where
    assert answer.headers["strict-transport-security"].startswith("max-age="), where
    if answer.request.url.path.startswith("/static/") and answer.status_code == 200:
        assert policy == "default-src 'none'; frame-ancestors 'none'", where  # a file obeys no more
        return
    assert answer.headers["referrer-policy"] in ("strict-origin-when-cross-origin", "no-referrer", "same-origin"), where
    without = "no-referrer" in (
        answer.headers["referrer-policy"],
        *re.findall(r'referrer" content="([\w-]+)', answer.text),
    )
    assert not (without and 'method="post"' in answer.text), where  # such a form would send "Origin: null"
    assert answer.headers["cross-origin-opener-policy"] in ("same-origin", "same-origin-allow-popups"), where
    assert "payment=(" in answer.headers["permissions-policy"], where


async def test_the_policies_name_xendits_hosts_only_with_real_keys(open_shop: OpenShop) -> None:
    names = ("content-security-policy", "permissions-policy")
    async with open_shop() as sandbox:
        headers = (await sandbox.get("/")).headers
        assert not any("https:" in headers[name] for name in names)
    async with open_shop(sandbox=False, api_keys={"IDR": "xnd_development_x"}) as real:
        headers = (await real.get("/")).headers
    assert all("https://xen.to" in headers[name] for name in names)
    hosts = set(re.findall(r"https://[^ ;\")]+", " ".join(headers[name] for name in names)))
    assert hosts and all(host.endswith(("xendit.co", "xen.to")) for host in hosts)


async def test_the_cookie_is_the_shops_own(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        cookie = (await shop.add("gayo")).headers["set-cookie"]
        assert cookie.startswith("__Host-selat-visitor=")
        for flag in ("httponly", "samesite=lax", "secure", "path=/", "max-age=2592000"):
            assert flag in cookie.lower()
    async with open_shop() as shop:
        cookie = (await shop.add("gayo")).headers["set-cookie"]
        assert cookie.startswith("selat-80-visitor=") and "secure" not in cookie.lower()


@pytest.mark.parametrize(("days", "kept"), [(29.9, True), (30.1, False)])
async def test_a_cookie_is_believed_for_thirty_days(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, days: float, kept: bool
) -> None:
    await shop.add("gayo", 2)
    later = time.time() + days * 24 * 3600
    monkeypatch.setattr(visitor_cookies, "time", SimpleNamespace(time=lambda: later))
    assert ("2 items" in (await shop.get("/")).text) is kept


async def test_pages_have_no_inline_script_style_or_handler(shop: Shop) -> None:
    await shop.add("gayo")
    for path in ("/", "/orders", "/nothing"):
        page = (await shop.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", page)


async def test_what_a_visitor_sends_is_never_run_by_a_template(shop: Shop) -> None:
    for evil in ("{{ 7191 * 7 }}", "{% print(7191 * 7) %}", "<script>7191 * 7</script>", '"><img src=x>'):
        pages = [
            await shop.get("/", params={"currency": evil, "flow": evil, "cart": f"{evil}:1"}),
            await shop.get("/", params={"currency": "IDR", "cart": "gayo:1", "present": evil}, follow_redirects=True),
            await shop.get(f"/orders/{quote(evil, safe='')}"),
            await shop.get(f"/source/{quote(evil, safe='')}"),
            await shop.post("/cart/add", data={"product": evil}),
            await shop.post("/choices", data={"next": evil, "language": evil}),
            await shop.post("/checkout", data={"integration": evil, "flow": evil, "checkout_id": evil}),
        ]
        for page in pages:
            assert page.status_code < 500
            assert "50337" not in page.text, page.url
            assert "<script>7191" not in page.text and "<img src=x>" not in page.text, page.url


async def test_what_no_database_can_hold_is_refused_in_an_address_a_form_and_a_webhook(
    open_shop: OpenShop, database_url: str
) -> None:
    async with open_shop(database_url=database_url) as shop:
        await shop.add("gayo")
        hosted = urlsplit((await shop.checkout()).headers["location"]).path
        paths = [re.sub(r"{[^}]+}", "a%00b", path) for path, _ in all_routes(shop.app.routes)]
        for path in (*paths, hosted):
            for method in ("GET", "POST"):
                answer = await shop.request(method, path, data=dict.fromkeys(("channel", "flow", "checkout_id"), "\0"))
                assert answer.status_code < 500, (method, path)
        token = shop.app.state.shop.settings.webhook_tokens[""]
        for text in ("\0", "\ud800", "a\0b"):
            for name in ("reference_id", "payment_token_id", "id"):
                event = {"event": "payment_token.activation", "data": {"status": "ACTIVE", name: text}}
                assert (await shop.webhook(event, token)).status_code == 400
        emoji = {"event": "payment_token.activation", "data": {"id": "\N{SMILING FACE WITH HALO}"}}
        assert (await shop.webhook(emoji, token)).status_code == 200


async def test_no_address_has_a_line_feed_or_another_control(open_shop: OpenShop) -> None:
    async with open_shop(rate_limits=True) as shop:
        paths = {re.sub(r"{[^}]+}", "x", path) for path, _ in all_routes(shop.app.routes)}
        assert {"/checkout", "/stage", "/webhooks/xendit", "/orders/x/pay"} <= paths
        for path in sorted(paths):
            for sign in ("%0A", "%0D", "%09", "%7F"):
                for method in ("GET", "POST"):
                    answer = await shop.request(method, path + sign)
                    assert answer.status_code == 404, (method, path + sign)


async def test_static_files_are_compressed_and_kept_for_ever_under_their_fingerprint(shop: Shop) -> None:
    page = (await shop.get("/walkthrough")).text
    url = re.search(r'href="(/static/[0-9a-f]+/css/shop\.css)"', page)
    assert url
    for encoding in ("br", "gzip"):
        answer = await shop.get(url[1], headers={"accept-encoding": encoding})
        assert answer.headers["content-encoding"] == encoding
        assert "immutable" in answer.headers["cache-control"]
    earlier = await shop.get(url[1].replace("/static/", "/static/0"))  # of a page that another deploy has served
    assert (earlier.status_code, earlier.headers["cache-control"]) == (200, "no-store")
    assert (await shop.get("/static/0/css/none.css")).status_code == 404


async def test_a_page_is_compressed_and_one_that_holds_a_key_is_never_kept(shop: Shop) -> None:
    assert (await shop.get("/")).headers["content-encoding"] == "gzip"
    await shop.add("gayo")
    answer = await shop.checkout("components", **HTMX)
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
