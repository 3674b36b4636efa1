"""The gateway of a sandbox that runs alone: pages of other origins, but only of those that the session names."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from tests.sandbox.gateway.conftest import NewCheckout
from webapp.sandbox import Sandbox
from webapp.sandbox.gateway import sdk

pytestmark = pytest.mark.anyio
STORE = "http://localhost:5173"


@pytest.fixture
async def client(sandbox: Sandbox) -> AsyncIterator[httpx.AsyncClient]:
    settings = replace(sandbox.settings, public_url="http://localhost:4270", standalone=True)
    alone = Sandbox(settings, sandbox.database, clock=sandbox.clock)
    transport = httpx.ASGITransport(Starlette(routes=alone.routes))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:4270") as client:
        yield client


async def test_only_an_origin_that_the_session_names_may_read_an_answer(
    new_checkout: NewCheckout, client: httpx.AsyncClient
) -> None:
    checkout = await new_checkout(components_configuration={"origins": [STORE, "http://127.0.0.1:5173"]})
    for origin, allowed in ((STORE, STORE), ("http://localhost:5174", None), ("null", None)):
        for path in ("", "/poll", "/poll?token_request_id=unknown"):  # the last one is an error
            answer = await client.get(f"/api/sessions/{checkout.auth}{path}", headers={"origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert answer.headers["vary"] == "Origin"


async def test_logos_and_actions_are_whole_addresses(new_checkout: NewCheckout, client: httpx.AsyncClient) -> None:
    checkout = await new_checkout("PHP", components_configuration={"origins": [STORE]})
    opened = (await checkout.get()).json()
    logos = [channel["brand_logo_url"] for channel in opened["channels"]]
    logos += [brand["logo_url"] for brand in opened["channels"][0]["card"]["brands"]]
    started = (await checkout.begin("GCASH")).json()
    addresses = logos + [action["value"] for action in started["actions"]]
    assert len(logos) > 5
    assert len(addresses) > len(logos)
    for address in addresses:
        assert address.startswith("http://localhost:4270/sandbox/")
        assert (await client.get(address)).status_code == 200


async def test_a_bank_may_be_framed_by_the_pages_that_the_session_names(
    new_checkout: NewCheckout, client: httpx.AsyncClient
) -> None:
    checkout = await new_checkout(components_configuration={"origins": [STORE]})
    action = (await checkout.begin("CARDS", "4000000000001091")).json()["actions"][0]
    policy = (await client.get(action["value"])).headers["content-security-policy"]
    assert f"frame-ancestors 'self' {STORE}" in policy


async def test_the_sdk_has_a_stable_address_and_what_it_imports_is_beside_it(client: httpx.AsyncClient) -> None:
    main, data = [await client.get(f"/sdk/{name}.mjs") for name in ("xendit-components", "test-data")]
    assert 'import("./test-data.mjs")' in main.text
    assert 'from"./xendit-components.mjs"' in data.text  # the same module, not a second one
    assert sdk.ORIGIN in data.text
    for answer in (main, data):
        assert "assets.xendit.co" not in answer.text
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cache-control"] == "no-cache"
