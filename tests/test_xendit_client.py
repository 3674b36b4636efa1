"""The client gives its transport what was asked for, and nothing twice."""

import httpx
import pytest

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
