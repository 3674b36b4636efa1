"""Caches are told what an answer depends on, once."""

import pytest

from tests.conftest import Shop
from tests.xendit import HTMX

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/orders", "/walkthrough", "/inspector", "/nowhere"])
async def test_vary_names_each_header_once(shop: Shop, path: str) -> None:
    for headers in ({}, HTMX):
        answer = await shop.get(path, headers=headers)
        names = [name.strip() for line in answer.headers.get_list("vary") for name in line.split(",")]
        assert "Cookie" in names
        assert sorted(names) == sorted(set(names))
