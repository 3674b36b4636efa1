"""`make run LAN=1`: the shop at this machine's address in its network, for the phones in the room."""

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from webapp import __main__
from webapp.config import Settings


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Settings, bool]]:
    """What would be served, and to whom."""
    seen: list[tuple[Settings, bool]] = []
    monkeypatch.chdir(tmp_path)
    for name, value in {"PORT": "8123", "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db", "APP_URL": ""}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["webapp", "lan"])
    monkeypatch.setattr(__main__, "serve", lambda settings, public: seen.append((settings, public)))
    return seen


def test_it_finds_the_address_prints_it_and_shows_its_code(
    served: list[tuple[Settings, bool]], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setattr(__main__, "network_host", lambda settings: f"192.168.1.5:{settings.port}")
    __main__.main()
    (settings, public) = served[0]
    assert (settings.app_url, public) == ("http://192.168.1.5:8123", True)
    assert os.environ["APP_URL"] == settings.app_url
    printed = capsys.readouterr().out
    assert "Phones in the same network open http://192.168.1.5:8123" in printed
    assert "█" in printed


def test_an_address_that_is_set_is_kept(
    served: list[tuple[Settings, bool]], monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("APP_URL", "https://demo.example")
    __main__.main()
    assert served[0][0].app_url == "https://demo.example"
    assert "https://demo.example" in capsys.readouterr().out


@pytest.mark.parametrize("host", [None, "127.0.0.1:8123"])
def test_without_a_network_it_is_one_sentence(
    served: list[tuple[Settings, bool]], monkeypatch: pytest.MonkeyPatch, host: str | None
) -> None:
    monkeypatch.setattr(__main__, "network_host", lambda settings: host)
    with pytest.raises(SystemExit, match="in no network"):
        __main__.main()
    assert not served
