"""The client gives its transport what was asked for, and nothing twice. Of an answer it reads so much and no more."""

import gzip
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from webapp.xendit.bounded import MAX_BODY, read_bounded
from webapp.xendit.client import xendit_client

pytestmark = pytest.mark.anyio


async def test_a_header_of_the_call_replaces_the_clients_own() -> None:
    async def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[f"{name.decode()}: {value.decode()}" for name, value in request.headers.raw])

    async with xendit_client(httpx.MockTransport(answer)) as client:
        headers = {"accept": "text/plain", "Idempotency-Key": "ours"}
        sent = (await client.get("https://api.xendit.co/", headers=headers, auth=("key", ""))).json()
    assert [line for line in sent if line.lower().startswith("accept:")] == ["accept: text/plain"]
    assert "Idempotency-Key: ours" in sent
    assert [line for line in sent if line.startswith("Authorization")] == ["Authorization: Basic a2V5Og=="]


@pytest.mark.parametrize("kind", ["plain", "a bomb", "after a whole gzip"])
async def test_an_answer_without_an_end_is_left_after_a_megabyte(kind: str) -> None:
    first = {"plain": b"{}", "a bomb": gzip.compress(b" " * 2 * MAX_BODY)}.get(kind, gzip.compress(b"{}"))
    encoding, given = "identity" if kind == "plain" else "gzip", 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal given
        for chunk in [first, *[b"x" * 65_536] * 100]:
            given += len(chunk)
            yield chunk

    answer: Any = SimpleNamespace(status=200, headers={"content-encoding": encoding}, raw_headers=[])
    answer.content = SimpleNamespace(iter_any=chunks)
    read = await read_bounded(answer)
    assert (read.content, read.extensions["refused"]) == (b"", "more than 1,000,000 bytes")
    assert given <= MAX_BODY + 65_536
