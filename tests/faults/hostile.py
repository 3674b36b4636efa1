"""Answers that an attacker in Xendit's place would send: without an end, compressed, nested, of any type."""

import contextlib
import gzip
import itertools
import json
import socketserver
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import brotli

SESSION: dict[str, Any] = {
    "payment_session_id": "ps-0123456789abcdef01234567",
    "status": "ACTIVE",
    "payment_link_url": "https://dev.xen.to/12345678",
    "components_sdk_key": "session-" + "0" * 32 + "-pd-KEY",
    "id": "6748105a77f16ebe0cc583a7",
    "invoice_url": "https://checkout-staging.xendit.co/web/x",
}
MEGABYTE = 1_000_000
Send = Callable[[bytes], None]
Answer = bytes | Callable[[Send], None]


def http(body: bytes, *headers: str, status: str = "201 Created", length: int | None = None) -> bytes:
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def coded(body: bytes, encoding: str) -> bytes:
    return http(body, f"Content-Encoding: {encoding}")


def session(**changes: Any) -> bytes:
    return http(json.dumps(SESSION | changes).encode())


def raw(text: str) -> bytes:
    """A session in which one value is written as it is."""
    return http(json.dumps(SESSION)[:-1].encode() + b', "amount": ' + text.encode("utf-8", "surrogatepass") + b"}")


def in_chunks(chunk: bytes, *headers: str, pause: float = 0) -> Callable[[Send], None]:
    """An answer that never ends."""

    def send_for_ever(send: Send) -> None:
        head = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked", *headers, "", ""]
        send("\r\n".join(head).encode())
        while True:
            send(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            time.sleep(pause)

    return send_for_ever


def fifty_megabytes(send: Send) -> None:
    send(http(b"", length=50 * MEGABYTE))
    for _ in range(50):
        send(b" " * MEGABYTE)


def endless_headers(send: Send) -> None:
    send(b"HTTP/1.1 200 OK\r\n")
    for number in itertools.count():
        send(b"X-%d: %s\r\n" % (number, b"x" * 1000))


def endless_continue(send: Send) -> None:
    while True:
        send(b"HTTP/1.1 100 Continue\r\n\r\n")


def bomb(megabytes: int = 150) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([*(packer.compress(b" " * MEGABYTE) for _ in range(megabytes)), packer.flush()])


ENDLESS: list[Answer] = [
    fifty_megabytes,
    in_chunks(b" " * 65_536),
    in_chunks(b"[" * 65_536),
    in_chunks(gzip.compress(b""), "Content-Encoding: gzip", pause=0.001),
    endless_headers,
    endless_continue,
]
SLOW: list[Answer] = [in_chunks(b" ", pause=0.1), in_chunks(gzip.compress(b" "), "Content-Encoding: gzip", pause=0.1)]
COMPRESSED: list[Answer] = [
    coded(bomb(), "gzip"),
    coded(gzip.compress(bomb()), "gzip, gzip"),
    coded(zlib.compress(b" " * 50 * MEGABYTE), "deflate"),
    coded(brotli.compress(b" " * 50 * MEGABYTE, quality=1), "br"),
    coded(b"\x28\xb5\x2f\xfd" + b"\0" * 100, "zstd"),
    coded(json.dumps(SESSION).encode(), "gzip"),
    coded(gzip.compress(json.dumps(SESSION).encode())[:-20], "gzip"),
    coded(b"", "gzip"),
]
NESTED: list[Answer] = [
    *(http(b"[" * depth) for depth in (900, 100_000)),
    *(http(b"[" * depth + b"]" * depth) for depth in (60, 900, 5_000, 100_000)),
    *(http(b'{"a":' * depth + b"1" + b"}" * depth) for depth in (60, 900, 100_000)),
    raw("[" * 51 + "]" * 51),
    raw('{"error_code":' * 30 + "1" + "}" * 30),
    http(b"[" + b"[]," * 300_000 + b"[]]"),
]
NUMBERS = [
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e-400",
    "-0",
    "0.1e1",
    "true",
    "null",
    "[]",
    "{}",
    "1e20",
]
NUMERIC: list[Answer] = [*map(raw, NUMBERS), raw("9" * 5000), raw("9" * 4000), raw("0." + "1" * 5000), raw('"sNaN"')]
TEXTS: list[Answer] = [
    *(raw(text) for text in ('"\\ud800"', '"\\u0000"', '{"\\udfff": 1}', '{"\\u0000": 1}', '"\ud800"', '"a\\ud83d"')),
    *(session(**{name: value}) for name in ("status", "payment_session_id") for value in ("\0", "\ud800", "")),
    *(session(payment_link_url=f"https://dev.xen.to/{text}") for text in ("\0", "\ud800")),
    http(b"\xff\xfe" + json.dumps(SESSION).encode("utf-16-le")),
    http(json.dumps(SESSION).encode("utf-32")),
    http(b'{"status": "\xe9\xff"}'),
    http(json.dumps(SESSION)[:-1].encode() + b', "status": "ACTIVE", "status": "ACTIVE"}'),
]
SHAPES: list[Answer] = [
    *(http(body) for body in (b"", b" ", b"null", b"[]", b"{}", b"3", b'"text"', b"true", b"<html>", b"[1,", b"[{}]")),
    *(
        session(**{name: value})
        for name in ("payment_session_id", "status", "payment_link_url", "components_sdk_key")
        for value in (None, 5, 1.5, True, [], {}, ["x"], {"a": "x"}, "x" * 900_000)
    ),
]
ERRORS: list[Answer] = [
    http(json.dumps({"error_code": code, "message": message, "errors": errors}).encode(), status=status)
    for status in ("400 Bad", "401 No", "404 None", "429 Busy", "422 Odd", "500 Oops", "599 Odd")
    for code, message, errors in (
        ("x" * 400_000, "y" * 400_000, ["z" * 1000] * 100),
        (5, {}, "text"),
        ("<img src=x onerror=alert(1)>", None, None),
        ("\ud800", "\0", [[]]),
    )
]
HEADS: list[Answer] = [
    http(b"", "Location: /", status="302 Found"),
    http(b"", status="204 Empty"),
    http(json.dumps(SESSION).encode(), "Content-Type: text/html; charset=klingon"),
    http(json.dumps(SESSION).encode(), "Request-Id: " + "x" * 4000),
    http(json.dumps(SESSION).encode(), *(f"X-{number}: x" for number in range(2000))),
    http(json.dumps(SESSION).encode(), length=10),
    http(b"{}", status="999 Odd"),
    b"HTTP/9.9 200 OK\r\n\r\n",
    b"\x00\x01\xff\r\n\r\n",
    b"",
]
SECRETIVE: list[Answer] = [
    session(description="session-" + "0" * 32 + "-pd-KEY %" + "25" * 20_000),
    session(metadata={f"name {number}": "%2541" * 100 for number in range(100)}),
    session(metadata={"long": "4000 0000 0000 1000 " * 3_000}),
]
ADDRESSES: list[Answer] = [
    session(payment_link_url=url, invoice_url=url) for url in ("javascript:alert(1)", "data:text/html,x", "", "x")
]
QUICK = [*ENDLESS[:3], *COMPRESSED, *NESTED, *NUMERIC, *TEXTS, *SHAPES, *ERRORS, *HEADS, *SECRETIVE, *ADDRESSES]


class Xendit(socketserver.ThreadingTCPServer):
    """A server in Xendit's place, which gives each request the `answer` of now and then closes."""

    daemon_threads = allow_reuse_address = True
    answer: Answer = session()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        answer = self.server.answer  # type: ignore[attr-defined]
        with contextlib.suppress(OSError):
            length = 0
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.rfile.read(length)
            if callable(answer):
                answer(self.connection.sendall)
            else:
                self.connection.sendall(answer)


@contextlib.contextmanager
def hostile_xendit() -> Iterator[Xendit]:
    with Xendit(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
