"""Settings come from the environment; what can't be is refused with a sentence that says what to do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.test_repository import settings_explained
from webapp.address import HOSTERS
from webapp.config import ConfigError, Settings
from webapp.env import load_env_file
from webapp.shop.currencies import CURRENCIES

ROOT = Path(__file__).parent.parent
KEYS = {"IDR_API_KEY": "xnd_development_abc", "SECRET_KEY": "s" * 32}
LIVE = {"PHP_API_KEY": "xnd_production_x", "ALLOW_PRODUCTION_KEYS": "1"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    return


def test_without_any_key_the_sandbox_serves_every_market() -> None:
    settings = Settings.from_env({})
    assert settings.sandbox
    assert settings.badge == "Sandbox"
    assert list(settings.api_keys) == list(CURRENCIES)
    assert settings.app_url == "http://localhost:8000"
    assert settings.component_origins == ("http://localhost:8000",)


def test_with_keys_only_their_markets_are_open() -> None:
    settings = Settings.from_env(KEYS | {"SGD_API_KEY": "xnd_development_def"})
    assert not settings.sandbox
    assert settings.badge == "Test mode"
    assert list(settings.api_keys) == ["IDR", "SGD"]


def test_sandbox_1_keeps_real_keys_out() -> None:
    settings = Settings.from_env(KEYS | {"SANDBOX": "1"})
    assert settings.sandbox
    assert "xnd_development_abc" not in settings.api_keys.values()


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"IDR_API_KEY": "xnd_public_development_x"}, "Put the secret key into IDR_API_KEY"),
        ({"PHP_API_KEY": "xnd_production_x"}, "PHP_API_KEY is a production key"),
        (LIVE | {"XENDIT_API_URL": "http://127.0.0.1:8090"}, "XENDIT_API_URL must be https"),
        (LIVE | {"XENDIT_API_URL": "HTTP://api.xendit.co"}, "XENDIT_API_URL must be https"),
        (LIVE | {"APP_URL": "http://shop.example"}, "APP_URL must be https"),
        (LIVE | {"APP_URL": "http://localhost.example"}, "APP_URL must be https"),
        ({"APP_URL": "shop.example"}, "Set APP_URL to an origin"),
        ({"APP_URL": "https://shop.example/path"}, "Set APP_URL to an origin"),
        ({"APP_URL": "ftp://shop.example"}, "Set APP_URL to an origin"),
        ({"APP_URL": "https://[::1"}, "Set APP_URL to an origin"),
        ({"COMPONENT_ORIGINS": "https://a.example,nonsense"}, "Set COMPONENT_ORIGINS to an origin"),
        ({"XENDIT_API_URL": "api.xendit.co"}, "Set XENDIT_API_URL to an origin"),
        ({"IDR_API_KEY": "xnd_development_x", "WEB_CONCURRENCY": "2"}, "Set SECRET_KEY"),
        ({"WEB_CONCURRENCY": "many", "IDR_API_KEY": "xnd_development_x"}, "Set WEB_CONCURRENCY"),
        ({"PORT": "http"}, "Set PORT"),
        ({"PORT": "70000"}, "Set PORT"),
        ({"LOG_LEVEL": "LOUD"}, "Set LOG_LEVEL"),
        ({"SANDBOX": "maybe"}, "Set SANDBOX to 1 or 0"),
        ({"DATABASE_URL": "mysql://x"}, "Set DATABASE_URL"),
    ],
)
def test_nonsense_is_refused_with_one_sentence_that_shows_no_key(environ: dict[str, str], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        Settings.from_env(environ)
    assert str(refused.value).startswith(sentence)
    assert not any(value in str(refused.value) for name, value in environ.items() if name.endswith("_API_KEY"))


@pytest.mark.parametrize("address", ["", "http://localhost:8000", "http://[::1]", "https://shop.example"])
def test_a_production_key_may_be_meant(address: str) -> None:
    assert Settings.from_env(LIVE | {"APP_URL": address}).badge == "Live"


def test_the_local_secret_is_made_once_and_readable_by_its_owner_only() -> None:
    assert Settings.from_env({}).secret_key == Settings.from_env({}).secret_key
    assert Path("var/secret_key").stat().st_mode & 0o077 == 0


def test_settings_never_show_a_secret_when_printed() -> None:
    settings = Settings.from_env(KEYS | {"XENDIT_WEBHOOK_TOKEN": "token-value"})
    assert not any(secret in repr(settings) for secret in ("xnd_development_abc", "s" * 32, "token-value"))


def test_webhook_tokens_by_currency_and_for_all() -> None:
    settings = Settings.from_env(KEYS | {"XENDIT_WEBHOOK_TOKEN": "all", "SGD_WEBHOOK_TOKEN": "sg"})
    assert dict(settings.webhook_tokens) == {"": "all", "SGD": "sg"}


@pytest.mark.anyio
async def test_a_dyno_without_postgres_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    from structlog.testing import capture_logs

    from webapp import app

    for name in ("DATABASE_URL", "IDR_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(app, "configure_logging", lambda level: None)
    monkeypatch.setenv("DYNO", "web.1")
    monkeypatch.setenv("SECRET_KEY", "s" * 32)
    with capture_logs() as lines:
        shop = app.create_app_from_env()
        async with shop.router.lifespan_context(shop):
            pass
    assert [line["event"] for line in lines] == ["sqlite_on_heroku"]


@pytest.mark.parametrize("written", ['"tok123"', "'tok123'", "“tok123”", " tok123\u200b", "\ufefftok123 "])
def test_quotes_and_invisible_characters_make_no_other_token(written: str) -> None:
    settings = Settings.from_env(KEYS | {"XENDIT_WEBHOOK_TOKEN": written})
    assert dict(settings.webhook_tokens) == {"": "tok123"}


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("postgres://u:p@h/d?channel_binding=require&sslmode=require", "postgres://u:p@h/d?sslmode=require"),
        ("postgresql://u:p@h/d?connect_timeout=10&pgbouncer=true", "postgresql://u:p@h/d"),
        ("postgresql:///d?host=%2Fsocket", "postgresql:///d?host=%2Fsocket"),
        ("sqlite:///var/shop.db", "sqlite:///var/shop.db"),
    ],
)
def test_a_database_address_is_taken_as_hosters_write_it(written: str, used: str) -> None:
    assert Settings.from_env({"DATABASE_URL": written, "SECRET_KEY": "s" * 32}).database_url == used


@pytest.mark.parametrize(
    "written",
    [
        "sqlite:///:memory:",
        "sqlite:///",
        "sqlite:///x.db?mode=rwc",
        "sqlite:///~/x.db",
        "mysql://h/d",
        "postgres://u:s3cret/#@h:x/d",
    ],
)
def test_a_database_address_that_can_not_be_is_refused_without_its_password(written: str) -> None:
    with pytest.raises(ConfigError, match="Set DATABASE_URL") as refused:
        Settings.from_env({"DATABASE_URL": written})
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("content", ["IDR_API_KEY=x".encode("utf-16"), b"A=\xff\xfe"])
def test_an_env_file_that_is_not_utf_8_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(ConfigError, match="UTF-8"):
        load_env_file(tmp_path / ".env")


def test_a_folder_that_can_not_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file, not a folder")
    with pytest.raises(ConfigError, match="Set SECRET_KEY"):
        Settings.from_env({})


CODESPACES = ("CODESPACE_NAME", "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN")
SETTINGS = sorted({*settings_explained(), *HOSTERS, *CODESPACES, "DYNO"})
VALUES = ["auto", "https://[", "http://a:b", "-1", "9" * 5000, "٣", "1e9", "/", "a" * 3000, ",", "xnd_production_x"]
values = st.text(max_size=40) | st.sampled_from(VALUES)


@pytest.mark.parametrize("name", SETTINGS)
@hypothesis_settings(
    max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None
)
@given(values, st.dictionaries(st.sampled_from(SETTINGS), values, max_size=4))
def test_no_setting_leads_to_a_traceback(name: str, value: str, others: dict[str, str]) -> None:
    try:
        Settings.from_env({"SECRET_KEY": "s" * 32} | others | {name: value})
    except ConfigError as refused:
        assert str(refused).endswith(".")


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"SECRET_KEY": "secret"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "s" * 31}, "SECRET_KEY is too short"),
        ({"DYNO": "web.1"}, "Set SECRET_KEY"),
        ({"DATABASE_URL": "postgres://db.example/shop"}, "Set SECRET_KEY"),
    ],
)
def test_a_secret_that_is_none_or_that_machines_would_not_share_is_refused(environ: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Settings.from_env(environ)
    assert Settings.from_env(environ | {"SECRET_KEY": "s" * 32}).secret_key == "s" * 32


@pytest.mark.parametrize("content", [b"", b"\n", b"short", b"\xff" * 64])
def test_an_empty_or_torn_file_is_no_secret(content: bytes) -> None:
    Path("var").mkdir(exist_ok=True)
    Path("var/secret_key").write_bytes(content)
    with pytest.raises(ConfigError, match="holds no secret"):
        Settings.from_env({})


def test_a_full_disk_makes_no_empty_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ConfigError, match="No space left"):
        Settings.from_env({})
    assert list(Path("var").iterdir()) == []


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    code = "from pathlib import Path; from webapp.env import local_secret; print(local_secret(Path('var/secret_key')))"
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    started = [subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE) for _ in range(6)]
    assert len({process.communicate()[0] for process in started}) == 1
