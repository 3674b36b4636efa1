"""Read an answer's body up to a limit, while it arrives: Xendit's answers have a few kilobytes."""

import zlib

import aiohttp
import httpx

MAX_BODY = 1_000_000  # bytes, as they arrive and decompressed
NOT_COPIED = (b"content-encoding", b"content-length", b"transfer-encoding")  # they are about the body as it arrived


class Unreadable(Exception):
    """A body that is not read to its end. The text says why, without quoting it."""


async def read_bounded(answer: aiohttp.ClientResponse) -> httpx.Response:
    """Return the answer with its body, decompressed. A body that is too long or can't be decompressed is left out.

    ``extensions["refused"]`` then says why; without a body, the answer is an unexpected one.
    """
    headers = [(name, value) for name, value in answer.raw_headers if name.lower() not in NOT_COPIED]
    extensions: dict[str, str] = {}
    try:
        body = await _body(answer)
    except Unreadable as reason:
        body, extensions["refused"] = b"", str(reason)
    return httpx.Response(answer.status, headers=headers, content=body, extensions=extensions)


async def _body(answer: aiohttp.ClientResponse) -> bytes:
    encoding = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("identity", "gzip"):
        raise Unreadable("compressed in a way that was not asked for")
    unzip = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
    body, arrived = bytearray(), 0
    async for chunk in answer.content.iter_any():
        arrived += len(chunk)
        try:
            body += unzip.decompress(chunk, MAX_BODY + 1 - len(body)) if unzip else chunk
        except zlib.error:
            raise Unreadable("not compressed as it says") from None
        if max(arrived, len(body)) > MAX_BODY:
            raise Unreadable(f"more than {MAX_BODY:,} bytes")
    return bytes(body)
