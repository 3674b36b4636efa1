"""Xendit slow, cut off mid-answer, behind a wrong certificate, gone, or talking nonsense: for real, on loopback."""

import asyncio
import contextlib
import ssl
import time
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest
import trustme

from tests.conftest import OpenShop, Shop
from tests.faults.processes import free_port
from tests.xendit import HTMX, KEYS
from webapp.xendit import client

pytestmark = pytest.mark.anyio

SESSION = b'{"payment_session_id":"ps-0123456789abcdef01234567","payment_link_url":"https://dev.xen.to/12345678"}'
Writer = asyncio.StreamWriter
Behaviour = Callable[[Writer], Coroutine[None, None, None]]


def http(body: bytes, status: str = "201 Created", length: int | None = None, more: bytes = b"") -> bytes:
    size = len(body) if length is None else length
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status.encode(), size, more, body)


@contextlib.asynccontextmanager
async def upstream(behave: Behaviour, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that reads one request and then behaves as told."""

    async def serve(reader: asyncio.StreamReader, writer: Writer) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = next((int(line.split(b":")[1]) for line in head.split(b"\r\n") if b"ength:" in line), 0)
                await reader.readexactly(length)
                await behave(writer)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@contextlib.asynccontextmanager
async def shop_with(open_shop: OpenShop, behave: Behaviour) -> AsyncIterator[Shop]:
    """A shop whose Xendit behaves as told."""
    async with (
        upstream(behave) as port,
        open_shop(sandbox=False, api_keys=KEYS, xendit_api_url=f"http://127.0.0.1:{port}") as shop,
    ):
        yield shop


async def buy(shop: Shop) -> tuple[int, str, float]:
    """Press Checkout; return the status, where it leads or what it says, and how long it took."""
    await shop.add("gayo")
    started = time.monotonic()
    answer = await shop.checkout(**HTMX)
    return answer.status_code, answer.headers.get("hx-redirect") or answer.text, time.monotonic() - started


async def garbage(writer: Writer) -> None:
    writer.write(b"\x00\x01 this is not HTTP \xff\r\n\r\n")


async def cut_mid_body(writer: Writer) -> None:
    writer.write(http(SESSION[:20], length=len(SESSION)))
    await writer.drain()
    writer.close()


async def silence(writer: Writer) -> None:
    await asyncio.Event().wait()


async def drip(writer: Writer) -> None:
    writer.write(http(b"", length=1000))
    for _ in range(1000):
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def endless_header(writer: Writer) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n")


@pytest.mark.parametrize(
    ("behave", "status", "code"),
    [
        (garbage, 502, "CONNECTION_FAILED"),
        (cut_mid_body, 502, "CONNECTION_FAILED"),
        (endless_header, 502, "CONNECTION_FAILED"),
        (silence, 504, "TIMEOUT"),
        (drip, 504, "TIMEOUT"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
async def test_a_broken_answer_is_a_sentence_and_the_cart_stays(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch, behave: Behaviour, status: int, code: str
) -> None:
    import httpx

    monkeypatch.setattr(client, "TIMEOUT", httpx.Timeout(0.5, connect=0.5))
    monkeypatch.setattr(client, "TOTAL_SECONDS", 1.5)
    async with shop_with(open_shop, behave) as shop:
        answered, text, elapsed = await buy(shop)
        assert (answered, elapsed < 4) == (status, True)
        assert code in text and "Nothing was charged and your cart is kept" in text
        assert "Rp240.000, once" in (await shop.get("/")).text


async def test_a_wrong_certificate_and_a_host_that_is_gone_are_sentences_too(open_shop: OpenShop) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def fine(writer: Writer) -> None:
        writer.write(http(SESSION))

    async with upstream(fine, context) as port:
        addresses = (f"https://127.0.0.1:{port}", f"http://127.0.0.1:{free_port()}", "http://xendit.invalid")
        for address in addresses:
            async with open_shop(sandbox=False, api_keys=KEYS, xendit_api_url=address) as shop:
                status, text, elapsed = await buy(shop)
                assert status == 502 and "CONNECTION_FAILED" in text and elapsed < 6, address


async def test_it_recovers_by_itself_as_soon_as_xendit_does(open_shop: OpenShop) -> None:
    answers = [b"\x00nonsense\r\n\r\n", http(b"{}", "500 Oops"), http(SESSION), http(SESSION)]

    async def flapping(writer: Writer) -> None:
        writer.write(answers.pop(0))

    async with shop_with(open_shop, flapping) as shop:
        outcomes = [(await buy(shop))[0] for _ in range(4)]
    assert outcomes == [502, 502, 200, 200]


async def test_a_429_waits_as_long_as_xendit_says_and_then_succeeds(open_shop: OpenShop) -> None:
    busy = http(b'{"error_code":"RATE_LIMIT_EXCEEDED"}', "429 Too Many", more=b"Rate-Limit-Reset: 0.7\r\n")
    answers = [busy, http(SESSION)]

    async def limited(writer: Writer) -> None:
        writer.write(answers.pop(0))

    async with shop_with(open_shop, limited) as shop:
        status, where, elapsed = await buy(shop)
    assert (status, where) == (200, "https://dev.xen.to/12345678")
    assert 0.7 <= elapsed < 4


async def test_a_hanging_xendit_does_not_hold_up_the_order_page(open_shop: OpenShop) -> None:
    first = True

    async def creates_then_hangs(writer: Writer) -> None:
        nonlocal first
        if first:
            first = False
            writer.write(http(SESSION))
        else:
            await silence(writer)

    async with shop_with(open_shop, creates_then_hangs) as shop:
        order = await shop.place()
        started = time.monotonic()
        page = await shop.get(f"/orders/{order.reference_id}")
        assert page.status_code == 200 and "Waiting for your payment" in page.text
        assert time.monotonic() - started < 3.5


async def test_a_connection_lost_after_the_order_was_sent_is_not_tried_again(open_shop: OpenShop) -> None:
    received = 0

    async def takes_it_and_hangs_up(writer: Writer) -> None:
        nonlocal received
        received += 1
        writer.transport.abort()

    async with shop_with(open_shop, takes_it_and_hangs_up) as shop:
        status, text, _ = await buy(shop)
    assert status == 502 and "CONNECTION_FAILED" in text
    assert received == 1
