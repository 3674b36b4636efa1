"""Accept-Language and Accept-Encoding, by the letter of RFC 9110."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import Shop
from webapp.accept import accepted, accepts

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("id; q=0.9, en; q=0.8", "id"),
        ("fr; q=0.9, id; q=0.8", "id"),
        ("en;q=0.5, th ;q=0.9", "th"),
        ("en;Q=0.5,vi;Q=0.9", "vi"),
        ("in-ID,en;q=0.8", "id"),
        ("th_TH", "th"),
        ("es-419;level=1;q=0.9,en;q=0.1", "es"),
        ("id;q=0, th", "th"),
        ("*", "en"),
        ("", "en"),
        ("id;q=x, vi;q=0.1", "vi"),
        (";;;,,,", "en"),
    ],
)
async def test_the_shop_speaks_the_language_that_is_wanted_most(shop: Shop, header: str, language: str) -> None:
    answer = await shop.get("/", headers={"accept-language": header})
    assert answer.headers["content-language"] == language


@pytest.mark.parametrize(
    ("header", "gzip"),
    [("gzip", True), ("GZIP;q=1", True), ("gzip;q=0", False), ("br, gzip; q=0", False), ("*;q=0", False), ("", False)],
)
async def test_a_page_is_compressed_only_for_who_takes_it(shop: Shop, header: str, gzip: bool) -> None:
    answer = await shop.get("/", headers={"accept-encoding": header})
    assert ("content-encoding" in answer.headers) == gzip


@given(st.text())
def test_no_header_is_too_odd(header: str) -> None:
    assert all(0 <= weight <= 1 for weight in accepted(header).values())
    assert accepts(header, "gzip") in (True, False)
