"""`python -m webapp doctor` says what is wrong and what to do; `/.well-known` and `Host` behave."""

from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from tests.conftest import OpenShop, migrate_as_release_does
from tests.xendit import client_to
from webapp.config import Settings
from webapp.doctor import NO_SESSION, examine
from webapp.shop.brand import Brand

pytestmark = pytest.mark.anyio


def real(**changes: Any) -> Settings:
    usual = {"app_url": "https://shop.example", "webhook_tokens": {"": "token"}, "secret_key": "s" * 32}
    return Settings(**{"sandbox": False, "api_keys": {"IDR": "xnd_development_x"}} | usual | changes)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database is a file below the working directory, unless a test says otherwise."""
    monkeypatch.chdir(tmp_path)


async def sentences(settings: Settings, answer: Any) -> list[tuple[bool, str]]:
    router = respx.Router(assert_all_called=False)
    route = router.get(f"https://api.xendit.co/sessions/{NO_SESSION}")
    route.mock(**({"return_value": answer} if isinstance(answer, httpx.Response) else {"side_effect": answer}))
    async with client_to(router) as client:
        findings = await examine(settings, client)
    assert route.call_count == (0 if settings.sandbox else len(settings.api_keys))
    return [(finding.ok, finding.sentence) for finding in findings]


async def test_a_good_configuration_has_nothing_to_mend() -> None:
    found = await sentences(real(), httpx.Response(404, json={"error_code": "NOT_FOUND"}))
    assert all(ok for ok, _ in found) and len(found) == 4


async def test_the_doctor_says_whose_shop_it_is() -> None:
    brand = Brand(name="Kopi Kita", colour="c2410c")
    found = [sentence for _, sentence in await sentences(Settings(brand=brand), httpx.ConnectError("no call"))]
    assert "The shop is Kopi Kita, in #c2410c, with no logo, and sells the coffee." in found


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (httpx.Response(401, json={"error_code": "INVALID_API_KEY"}), "does not know this key"),
        (httpx.Response(403, json={"error_code": "REQUEST_FORBIDDEN_ERROR"}), "write permission"),
        (httpx.Response(403, json={"error_code": "UNAUTHORIZED_SENDER_IP"}), "IP allowlist"),
        (httpx.Response(401, json={"error_code": "UNAUTHORIZED_SENDER_IP"}), "IP allowlist"),
        (httpx.Response(429, json={"error_code": "RATE_LIMIT_EXCEEDED"}), "too many requests"),
        (httpx.Response(500, text="oops"), "answered 500"),
        (httpx.ConnectError("no route"), "did not answer"),
        (httpx.Response(200, json={"status": "ACTIVE", "payment_session_id": "ps"}), "Check XENDIT_API_URL"),
    ],
)
async def test_each_fault_of_a_key_has_its_sentence(answer: Any, words: str) -> None:
    (ok, sentence), *_ = await sentences(real(), answer)
    assert not ok and words in sentence and sentence.startswith("IDR_API_KEY") and "xnd_" not in sentence


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"app_url": "http://localhost:8000"}, "is not https"),
        ({"address_unknown": True}, "Nothing tells the shop its address"),
        ({"on_heroku": True}, "A dyno's disk is wiped every day"),
        ({"component_origins": ("http://other.example",)}, "COMPONENT_ORIGINS"),
        ({"webhook_tokens": {}}, "No webhook token for IDR"),
        ({"webhook_tokens": {"SGD": "x"}}, "No webhook token for IDR"),
    ],
)
async def test_each_fault_of_the_settings_has_its_sentence(changes: dict[str, Any], words: str) -> None:
    found = await sentences(real(**changes), httpx.Response(404, json={"error_code": "NOT_FOUND"}))
    assert any(not ok and words in sentence for ok, sentence in found)


async def test_the_sandbox_needs_nothing() -> None:
    assert all(ok for ok, _ in await sentences(Settings(), httpx.Response(500)))


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://127.0.0.1:1/x", "The database (Postgres) can't be opened (ConnectionRefusedError)"),
        ("sqlite:////proc/none/shop.db", "The database (SQLite) can't be opened (FileNotFoundError)"),
    ],
)
async def test_a_database_that_can_not_be_used_is_a_sentence(url: str, sentence: str) -> None:
    found = await sentences(Settings(database_url=url), httpx.Response(500))
    assert any(not ok and said.startswith(sentence) for ok, said in found)


async def test_a_database_that_lacks_its_tables_is_told_how_to_get_them(postgres_url: str) -> None:
    found = await sentences(Settings(database_url=postgres_url), httpx.Response(500))
    assert any(not ok and "Run `python -m webapp migrate`" in said for ok, said in found)
    await migrate_as_release_does(postgres_url)
    assert all(ok for ok, _ in await sentences(Settings(database_url=postgres_url), httpx.Response(500)))


async def test_what_others_look_for_is_there_if_the_settings_say_so(open_shop: OpenShop) -> None:
    apple, security = "/.well-known/apple-developer-merchantid-domain-association", "/.well-known/security.txt"
    async with open_shop() as shop:
        assert {(await shop.get(path)).status_code for path in (apple, security)} == {404}
    settings = {"apple_domain_association": "7B2276", "security_contact": "mailto:a@shop.example"}
    async with open_shop(**settings) as shop:
        assert (await shop.get(apple)).text == "7B2276"
        assert "Contact: mailto:a@shop.example\nExpires: 2" in (await shop.get(security)).text


@pytest.mark.parametrize(
    ("written", "served"),
    [
        ("me@shop.example", "mailto:me@shop.example"),
        ("MAILTO:me@shop.example", "MAILTO:me@shop.example"),
        ("https://shop.example/@me", "https://shop.example/@me"),
    ],
)
async def test_who_reports_a_hole_is_given_an_address_with_its_scheme(
    open_shop: OpenShop, written: str, served: str
) -> None:
    async with open_shop(security_contact=written) as shop:
        assert f"Contact: {served}\n" in (await shop.get("/.well-known/security.txt")).text


@pytest.mark.parametrize(("host", "status"), [("evil.example", 400), ("[::1", 400), ("", 400), ("localhost", 307)])
async def test_the_shop_answers_under_its_own_name_only(open_shop: OpenShop, host: str, status: int) -> None:
    async with open_shop() as shop:
        answer = await shop.get("/", headers={"host": host})
        assert answer.status_code == status
        assert (await shop.get("/healthz", headers={"host": host})).status_code == 200
