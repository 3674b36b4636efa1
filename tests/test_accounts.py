"""One key may serve several markets; the doctor says which ones it opens."""

from typing import Any

import httpx
import pytest
import respx

from tests.xendit import client_to
from webapp.config import Settings
from webapp.doctor import NO_SESSION, Finding, examine
from webapp.env import ConfigError
from webapp.shop.currencies import CURRENCIES

pytestmark = pytest.mark.anyio
ENV = {"SECRET_KEY": "s" * 32, "APP_URL": "https://shop.example", "XENDIT_WEBHOOK_TOKEN": "token"}
GLOBAL = {"XENDIT_API_KEY": "xnd_development_all"}
CHANNELS: list[dict[str, Any]] = [
    {"channel_code": "BCA", "currency": "IDR", "is_enabled": True},
    {"channel_code": "QRIS", "currency": "IDR", "is_enabled": True},
    {"channel_code": "GCASH", "currency": "PHP", "is_enabled": False},
]


def test_one_key_opens_every_market_without_its_own() -> None:
    settings = Settings.from_env(ENV | GLOBAL | {"PHP_API_KEY": "xnd_development_php"})
    assert not settings.sandbox
    assert list(settings.api_keys) == list(CURRENCIES)
    assert settings.api_keys["PHP"] == "xnd_development_php"
    assert {key for code, key in settings.api_keys.items() if code != "PHP"} == {"xnd_development_all"}
    assert "PHP" not in settings.shared_markets and len(settings.shared_markets) == 7


@pytest.mark.parametrize("key", ["xnd_public_development_x", "xnd_production_x"])
def test_a_wrong_key_is_called_by_the_name_under_which_it_was_given(key: str) -> None:
    with pytest.raises(ConfigError, match="XENDIT_API_KEY") as refused:
        Settings.from_env(ENV | {"XENDIT_API_KEY": key})
    assert key not in str(refused.value)


async def told(env: dict[str, str], tmp_path: Any, listed: Any, session: httpx.Response) -> list[Finding]:
    router = respx.Router(assert_all_called=False)
    channels = router.get("https://api.xendit.co/payment_channels")
    channels.mock(**({"return_value": listed} if isinstance(listed, httpx.Response) else {"side_effect": listed}))
    router.get(f"https://api.xendit.co/sessions/{NO_SESSION}").mock(return_value=session)
    settings = Settings.from_env(ENV | env | {"DATABASE_URL": f"sqlite:///{tmp_path}/shop.db"})
    async with client_to(router) as client:
        return await examine(settings, client)


KNOWN = httpx.Response(404, json={"error_code": "NOT_FOUND"})


async def test_the_doctor_says_which_markets_it_opens(tmp_path: Any) -> None:
    own = {"SGD_API_KEY": "xnd_development_sgd"}
    found = await told(GLOBAL | own, tmp_path, httpx.Response(200, json=CHANNELS), KNOWN)
    said = {finding.sentence[:20]: finding for finding in found}
    assert said["IDR: XENDIT_API_KEY "] == Finding(True, "IDR: XENDIT_API_KEY opens this market. Payment channels: 2.")
    assert not said["PHP: XENDIT_API_KEY "].ok
    assert "Set PHP_API_KEY" in said["PHP: XENDIT_API_KEY "].sentence
    assert said["SGD_API_KEY: Xendit "].ok
    assert len([finding for finding in found if not finding.ok]) == 6


@pytest.mark.parametrize(
    "listed",
    [httpx.Response(404, json={"error_code": "NOT_FOUND"}), httpx.Response(200, text="<html>"), httpx.Response(500)],
)
async def test_where_xendit_does_not_list_channels_the_key_itself_is_tried(tmp_path: Any, listed: Any) -> None:
    found = await told(GLOBAL, tmp_path, listed, KNOWN)
    assert all(finding.ok for finding in found)
    assert any("doesn't say which of them" in finding.sentence for finding in found)


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        (httpx.Response(401, json={"error_code": "INVALID_API_KEY"}), "XENDIT_API_KEY: Xendit does not know this key."),
        (httpx.ConnectError("x"), "XENDIT_API_KEY: Xendit did not answer (CONNECTION_FAILED)"),
    ],
)
async def test_a_key_that_is_refused_is_one_sentence(tmp_path: Any, listed: Any, words: str) -> None:
    found = [finding for finding in await told(GLOBAL, tmp_path, listed, KNOWN) if not finding.ok]
    assert len(found) == 1 and found[0].sentence.startswith(words)
