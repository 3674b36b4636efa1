"""One truth about the shop's own address: APP_URL."""

import pytest
from starlette.routing import Route

from tests.conftest import OpenShop, Shop
from webapp.config import Settings
from webapp.env import ConfigError

pytestmark = pytest.mark.anyio
PLAIN = {"x-forwarded-proto": "http"}


async def test_no_route_redirects_to_another_scheme_for_a_slash(open_shop: OpenShop) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        paths = {route.path for route in shop.app.routes if isinstance(route, Route) and route.path != "/"}
        assert len(paths) > 20
        for path in paths:
            answer = await shop.get(path.replace("{reference_id}", "x").replace(":path", "") + "/")
            assert "http://" not in answer.headers.get("location", ""), path
        assert (await shop.get("/orders/")).status_code == 404


@pytest.mark.parametrize("path", ["/", "/orders", "/?currency=PHP&cart=gayo:2", "/orders/selat-1"])
async def test_plain_http_leads_to_https(open_shop: OpenShop, path: str) -> None:
    async with open_shop(app_url="https://shop.example") as shop:
        answer = await shop.get(path, headers=PLAIN)
        assert (answer.status_code, answer.headers["location"]) == (307, f"https://shop.example{path}")
        assert (await shop.get(path, headers={"x-forwarded-proto": "https"})).status_code != 307
        assert (await shop.post("/webhooks/xendit", json={}, headers=PLAIN)).status_code == 403
        assert (await shop.get("/healthz", headers=PLAIN)).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000"])
async def test_this_machines_other_names_lead_to_the_shops_own(open_shop: OpenShop, host: str) -> None:
    async with open_shop(app_url="http://localhost:8000") as shop:
        answer = await shop.get("/orders?a=b", headers={"host": host})
        assert (answer.status_code, answer.headers["location"]) == (307, "http://localhost:8000/orders?a=b")
        posted = await shop.post("/cart/add", data={"product": "gayo"}, headers={"host": host})
        assert (posted.status_code, posted.headers["location"]) == (303, "http://localhost:8000")
        assert (await shop.get("/healthz", headers={"host": host})).status_code == 200


async def test_a_bank_that_comes_back_by_post_reaches_the_order(shop: Shop) -> None:
    order = await shop.place()
    foreign = {"origin": "https://bank.example", "sec-fetch-site": "cross-site"}
    answer = await shop.post(f"/orders/{order.reference_id}", data={"status": "OK"}, headers=foreign)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/orders/{order.reference_id}")
    assert await shop.status_of(order) == "waiting"
    assert (await shop.post(f"/orders/{order.reference_id}/cancel", headers=foreign)).status_code == 403


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://Shop.Example/", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://shop.example:80", "http://shop.example"),
        ("https://shop.example.", "https://shop.example"),
        ("https://ร้าน.example", "https://xn--q3ct9b5e.example"),
        ("https://MÜLLER.example:8443", "https://xn--mller-kva.example:8443"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_do(written: str, origin: str) -> None:
    assert Settings.from_env({"APP_URL": written}).app_url == origin


@pytest.mark.parametrize(
    "written", ["https://", "ftp://shop.example", "https://shop.example/x", "https://a b", "https://:443"]
)
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(ConfigError, match="Set APP_URL to an origin"):
        Settings.from_env({"APP_URL": written})
