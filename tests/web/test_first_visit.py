"""The first page that a browser sees holds its stylesheet; later ones name the file."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

from tests.conftest import Shop

pytestmark = pytest.mark.anyio

CSS = Path(__file__).parents[2] / "static/css/shop.css"


def rules(text: str) -> str:
    return re.sub(r"/\*.*?\*/|\s+", "", text, flags=re.DOTALL)


async def test_the_first_page_holds_the_whole_stylesheet_and_its_policy_names_it(shop: Shop) -> None:
    answer = await shop.get("/")
    (styles,) = re.findall(r"<style>(.*?)</style>", answer.text, flags=re.DOTALL)
    assert rules(styles) == rules(CSS.read_text(encoding="utf-8"))
    digest = base64.b64encode(hashlib.sha256(styles.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert 'rel="stylesheet"' not in answer.text


async def test_a_later_page_names_the_file(shop: Shop) -> None:
    await shop.get("/")
    await shop.add("gayo")
    for path in ("/", "/orders", "/walkthrough"):
        page = (await shop.get(path)).text
        assert "<style" not in page and "/css/shop.css" in page, path
        assert ("/css/pages.css" in page) is (path != "/"), path  # a first visit need not bring it


async def test_without_compression_it_is_the_same_page(shop: Shop) -> None:
    plain, compressed = [(await shop.get("/", headers={"accept-encoding": how})).text for how in ("identity", "gzip")]
    first, second = [re.sub(r'value="[\w-]{16,64}"', "", page) for page in (plain, compressed)]
    assert first == second and "<style>" in first
