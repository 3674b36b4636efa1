"""The copy of the SDK is made from one known file, and says so if it is given another."""

from pathlib import Path

import httpx
import pytest

from webapp.sandbox import Sandbox
from webapp.sandbox.gateway import STYLE_HASH, sdk

SDK = Path("static/vendor/xendit-components-web-0.0.24.mjs")
PRISTINE = SDK.read_bytes()


def test_the_pristine_file_is_the_one_that_the_edits_were_made_for() -> None:
    assert sdk.differences(PRISTINE) == []
    assert sdk.style_hash(PRISTINE.decode()) == STYLE_HASH


def test_the_copy_calls_the_origin_it_came_from() -> None:
    copy = sdk.edited(PRISTINE).decode()
    assert "checkout-ui-gateway-prod-dev" not in copy
    assert "assets.xendit.co" not in copy
    assert "sourceMappingURL" not in copy
    assert copy.startswith("/*! Copyright")  # the licence's banner stays


def test_only_addresses_differ() -> None:
    restored = sdk.edited(PRISTINE).decode()
    for edit in sdk.EDITS[:-1]:
        assert restored.count(edit.new) >= edit.times
        restored = restored.replace(edit.new, edit.old, edit.times)
    assert len(restored) == len(PRISTINE.decode()) - len(sdk.EDITS[-1].old)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a", "b", "SHA256 is"),
        ('"https://checkout-ui-gateway-prod-dev.xendit.co"', '"https://gateway.example"', "occurs 0 times, not 1"),
        ("--xendit-radius-1: 8px", "--xendit-radius-1: 9px", "STYLE_HASH is"),
        ('createElement("style")', 'createElement("other")', "no <style> element found"),
    ],
)
def test_another_version_is_refused_with_what_differs(old: str, new: str, said: str) -> None:
    changed = PRISTINE.replace(old.encode(), new.encode(), 1)
    with pytest.raises(sdk.SdkMismatch, match=said):
        sdk.edited(changed)


def test_the_command_tells_what_to_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sdk.main(SDK) == 0
    assert "ok" in capsys.readouterr().out
    other = tmp_path / "other.mjs"
    other.write_text("export {}")
    assert sdk.main(other) == 1
    said = capsys.readouterr().out
    assert said.count("differs:") == len(sdk.EDITS) + 2


@pytest.mark.anyio
async def test_it_is_served_compressed_and_for_ever(sandbox: Sandbox, client: httpx.AsyncClient) -> None:
    assert sandbox.sdk_url
    assert sdk.VERSION in sandbox.sdk_url
    plain = await client.get(sandbox.sdk_url, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "immutable" in plain.headers["cache-control"]
    assert plain.headers["content-type"].startswith("text/javascript")
    for encoding in ("gzip", "br"):  # the first that asks for Brotli starts it, and gets gzip
        await client.get(sandbox.sdk_url, headers={"accept-encoding": "gzip, br"})
        answer = await client.get(sandbox.sdk_url, headers={"accept-encoding": encoding})
        assert answer.headers["content-encoding"] == encoding
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.content == plain.content
        assert int(answer.headers["content-length"]) < 140_000
