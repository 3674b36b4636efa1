"""One webhook to one address: sent as Xendit does, and its answer read as far as somebody will look at it."""

import asyncio
import ssl

import httpx

from .addresses import Address
from .tries import LONGEST

TIMEOUT_SECONDS = 30
# A request may name an address that cannot be, and a token may hold what no header can.
NOT_ANSWERED = (httpx.HTTPError, httpx.InvalidURL, UnicodeError, TimeoutError)


def webhook_client() -> httpx.AsyncClient:
    """Return a client that trusts `SSL_CERT_FILE`, where development certificates are."""
    context = ssl.create_default_context()
    return httpx.AsyncClient(follow_redirects=False, trust_env=False, verify=context)


def headers_of(address: Address, webhook_id: str) -> dict[str, str]:
    """Return the headers to send."""
    return {"content-type": "application/json", "x-callback-token": address.token, "webhook-id": webhook_id}


async def post(client: httpx.AsyncClient, address: Address, webhook_id: str, body: bytes) -> tuple[httpx.Response, str]:
    """Send once. Return the answer with the beginning of its text. Raise one of NOT_ANSWERED.

    httpx counts its time anew for each piece that arrives, so the whole gets a limit here.
    """
    headers, begun = headers_of(address, webhook_id), b""
    async with (
        asyncio.timeout(TIMEOUT_SECONDS),
        client.stream("POST", address.url, content=body, headers=headers, timeout=TIMEOUT_SECONDS) as answer,
    ):
        async for part in answer.aiter_bytes():
            begun += part
            if len(begun) >= LONGEST:
                break
    return answer, begun.decode(errors="replace")[:LONGEST]
