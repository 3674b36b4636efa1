"""A receiver that is slow, or never ends its answer, is given up in time and holds up nobody else's webhooks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, PAY, Rig
from tests.sandbox.test_control import running
from webapp.sandbox import webhook_post
from webapp.sandbox.addresses import Address
from webapp.sandbox.tries import LONGEST

pytestmark = pytest.mark.anyio
SLOW, QUICK = "xnd_development_slow", "xnd_development_quick"


@asynccontextmanager
async def receiver(piece: bytes, pause: float) -> AsyncIterator[str]:
    """The address of a server that answers with 200, and then sends a piece after each pause, without an end."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        try:
            while piece:
                writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                await writer.drain()
                await asyncio.sleep(pause)
            writer.write(b"0\r\n\r\n")
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hook"
    finally:
        server.close()


async def pay(client: httpx.AsyncClient, key: str) -> str:
    invoice: str = (await client.post("/v2/invoices", json=INVOICE, auth=(key, ""))).json()["id"]
    assert (await client.post(f"/_sandbox/pay/{invoice}")).is_success
    return invoice


async def settled(client: httpx.AsyncClient, invoice: str) -> dict[str, str]:
    """Wait until the webhook of an invoice was tried, and return how that ended."""
    async with asyncio.timeout(10):
        while True:
            (row,) = (await client.get("/_sandbox/webhooks", params={"object_id": invoice})).json()
            if row["tries"]:
                tried: dict[str, str] = row["tries"][0]
                return tried
            await asyncio.sleep(0.02)


async def test_an_answer_that_never_ends_is_given_up_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_post, "TIMEOUT_SECONDS", 0.5)
    async with running(tmp_path) as client, receiver(b"x", 0.05) as url:
        await client.post("/_sandbox/webhook_address", json={"url": url})
        assert (await settled(client, await pay(client, SLOW)))["answer"] == "TimeoutError"


async def test_a_long_answer_is_read_as_far_as_it_is_shown(tmp_path: Path) -> None:
    async with running(tmp_path) as client, receiver(b"long " * 1000, 0.05) as url:
        await client.post("/_sandbox/webhook_address", json={"url": url})
        tried = await settled(client, await pay(client, SLOW))
        assert (tried["answer"], tried["text"]) == ("200", ("long " * 1000)[:LONGEST])


async def test_a_slow_receiver_holds_up_no_webhooks_of_another_key(tmp_path: Path) -> None:
    async with running(tmp_path) as client, receiver(b"x", 0.05) as slow, receiver(b"", 0) as quick:
        for key, url in ((SLOW, slow), (QUICK, quick)):
            await client.post("/_sandbox/webhook_address", json={"key": key, "url": url})
        waiting, *_ = [await pay(client, SLOW) for _ in range(20)]
        await asyncio.sleep(0.2)  # as many as may are being sent
        assert (await settled(client, await pay(client, QUICK)))["answer"] == "200"
        (row,) = (await client.get("/_sandbox/webhooks", params={"object_id": waiting})).json()
        assert (row["status"], row["attempts"], row["tries"]) == ("QUEUED", 1, [])


async def test_webhooks_of_one_payment_keep_their_order_while_one_is_sent(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, post = asyncio.Event(), rig.sender._post

    async def post_when_open(address: Address, webhook_id: str, body: bytes) -> str:
        await gate.wait()
        return await post(address, webhook_id, body)

    monkeypatch.setattr(rig.sender, "_post", post_when_open)
    created = await rig.create(PAY)
    await rig.settle(created, "CARDS.declined")
    (sending,) = await rig.sender.begin()
    await asyncio.sleep(0.1)
    await rig.settle(created)
    assert await rig.sender.begin() == []  # what fell due meanwhile waits for the one before
    rig.sandbox._kicked.clear()
    gate.set()
    await sending
    assert rig.sandbox._kicked.is_set()  # and no longer than that
    await rig.deliver()
    assert rig.receiver.events == ["payment.failure", "payment.capture", "payment_session.completed"]
    assert rig.sender._sending == {}
