"""The shop knows its address, or every page says which command tells it."""

import re

import pytest
from starlette.routing import Route

from tests.conftest import OpenShop, Shop
from webapp.config import Settings

pytestmark = pytest.mark.anyio
SECRET = {"SECRET_KEY": "s" * 32}
ROUTER = {"host": "demo.example", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}
COMMAND = "APP_URL=https://demo.example python -m webapp serve"


def read(**env: str) -> Settings:
    return Settings.from_env(SECRET | env)


@pytest.mark.parametrize(
    ("env", "address"),
    [
        ({"RENDER_EXTERNAL_URL": "https://selat.onrender.com"}, "https://selat.onrender.com"),
        ({"RAILWAY_PUBLIC_DOMAIN": "selat.up.railway.app"}, "https://selat.up.railway.app"),
        ({"FLY_APP_NAME": "selat"}, "https://selat.fly.dev"),
        (
            {"DYNO": "web.1", "HEROKU_APP_DEFAULT_DOMAIN_NAME": "selat-0123456789ab.herokuapp.com"},
            "https://selat-0123456789ab.herokuapp.com",
        ),
        ({"KOYEB_PUBLIC_DOMAIN": "selat-me.koyeb.app"}, "https://selat-me.koyeb.app"),
        ({"WEBSITE_HOSTNAME": "selat.azurewebsites.net"}, "https://selat.azurewebsites.net"),
        (
            {
                "CODESPACE_NAME": "bookish-pancake",
                "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN": "app.github.dev",
                "PORT": "8123",
            },
            "https://bookish-pancake-8123.app.github.dev",
        ),
        ({"APP_URL": "https://own.example", "FLY_APP_NAME": "selat", "BEHIND_PROXY": "1"}, "https://own.example"),
        ({"APP_URL": "http://192.168.1.5:8000"}, "http://192.168.1.5:8000"),
    ],
)
def test_the_address_is_app_url_or_else_the_hosters(env: dict[str, str], address: str) -> None:
    settings = read(**env)
    assert (settings.app_url, settings.address_unknown) == (address, False)


@pytest.mark.parametrize("env", [{"DYNO": "web.1"}, {"DYNO": "web.1", "BEHIND_PROXY": "0"}, {"BEHIND_PROXY": "1"}])
def test_behind_a_router_without_a_setting_it_is_unknown(env: dict[str, str]) -> None:
    assert read(**env).address_unknown
    assert not read().address_unknown


def paths(shop: Shop) -> list[tuple[str, str]]:
    routes = [route for route in shop.app.routes if isinstance(route, Route)]
    found = [(method, re.sub(r"\{[^}]*\}", "x", route.path)) for route in routes for method in route.methods or ()]
    return [(method, path) for method, path in found if not path.startswith("/static/")]


async def test_every_route_says_the_command_or_is_right(open_shop: OpenShop) -> None:
    async with open_shop(address_unknown=True, behind_proxy=True) as shop:
        every = paths(shop)
        assert len(every) > 60
        for method, path in every:
            answer = await shop.request(method, path, headers=ROUTER)
            if path in ("/healthz", "/readyz"):
                assert answer.status_code in (200, 405)
                continue
            assert answer.status_code == 503, path
            assert "location" not in answer.headers
            if "text/html" in answer.headers["content-type"] and method != "HEAD":
                assert COMMAND in answer.text


async def test_the_page_has_its_looks(open_shop: OpenShop) -> None:
    async with open_shop(address_unknown=True) as shop:
        page = await shop.get("/", headers=ROUTER)
        assert "<title>This command tells the shop its own address:" in page.text
        assert "shelf" not in page.text
        styles = re.findall(r'href="(/static/[^"]+\.css)"', page.text)
        assert styles
        assert [(await shop.get(path, headers=ROUTER)).status_code for path in styles] == [200] * len(styles)


async def test_a_router_that_sends_its_own_host_is_seen_by_what_it_forwards(open_shop: OpenShop) -> None:
    forwarded = {"host": "localhost:8000", "x-forwarded-host": "demo.example", "x-forwarded-proto": "https"}
    async with open_shop(address_unknown=True, app_url="http://localhost:8000") as shop:
        assert COMMAND in (await shop.get("/", headers=forwarded)).text
        assert (await shop.get("/")).status_code == 200  # on the machine itself
    async with open_shop(app_url="https://demo.example") as shop:  # a Codespace
        assert (await shop.get("/", headers=forwarded)).status_code == 200
        other = forwarded | {"x-forwarded-host": "evil.example"}
        assert (await shop.get("/", headers=other)).headers["location"] == "https://demo.example/"


@pytest.mark.parametrize(
    ("host", "command"),
    [
        ("selat-0123456789ab.herokuapp.com", "https://selat-0123456789ab.herokuapp.com --app selat"),
        ("my-shop.herokuapp.com", "https://my-shop.herokuapp.com --app my-shop"),
        ("shop.example", "https://shop.example --app YOUR-APP"),
        ("demo.example:8443", "https://demo.example:8443 --app YOUR-APP"),
        ("<script>alert(1)</script>", "https://shop.example --app YOUR-APP"),
        ("x;rm -rf ~", "https://shop.example --app YOUR-APP"),
        ("a" * 500, "https://shop.example --app YOUR-APP"),
        ("", "https://shop.example --app YOUR-APP"),
    ],
)
async def test_on_heroku_the_command_can_be_copied(open_shop: OpenShop, host: str, command: str) -> None:
    async with open_shop(address_unknown=True, on_heroku=True) as shop:
        answer = await shop.get("/", headers={"host": host, "x-forwarded-proto": "http"})
    assert answer.status_code == 503
    assert f'<code class="command">heroku config:set APP_URL={command}</code>' in answer.text


async def test_a_plain_proxy_is_taken_at_its_word(open_shop: OpenShop) -> None:
    async with open_shop(address_unknown=True) as shop:
        answer = await shop.get("/", headers={"host": "10.0.0.7:8000", "x-forwarded-proto": "http"})
    assert "APP_URL=http://10.0.0.7:8000 python" in answer.text
