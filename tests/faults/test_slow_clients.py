"""Clients that send slowly, or without end: each is ended, and nobody else notices."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.processes import free_port, wait_until_ready

START = """
import sys
from webapp import http_protocol, server
from webapp.config import Settings, settings_or_exit
from webapp.web import security
http_protocol.HEAD_SECONDS = security.BODY_SECONDS = 1
http_protocol.BODY_SECONDS = 2
server.serve(settings_or_exit(), public=False)
"""


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[str, int, int]]:
    """A shop in a process of its own, whose patience is a second. Gives its address, port and process id."""
    port = free_port()
    env = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db", "SECRET_KEY": "k" * 64}
    process = subprocess.Popen([sys.executable, "-c", START], env=env, stdout=subprocess.DEVNULL)
    try:
        wait_until_ready(f"http://localhost:{port}/healthz")
        yield f"http://localhost:{port}", port, process.pid
    finally:
        process.kill()
        process.wait()


def answer_of(connection: socket.socket) -> bytes:
    connection.settimeout(5)
    answer = b""
    while data := connection.recv(65536):
        answer += data
    return answer


@pytest.mark.parametrize("sent", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-A: 1\r\n"])
def test_a_head_that_does_not_arrive_is_a_408(shop: tuple[str, int, int], sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", shop[1])) as connection:
        connection.sendall(sent)
        began = time.monotonic()
        assert answer_of(connection).startswith(b"HTTP/1.1 408 ")
        assert time.monotonic() - began < 3


def test_a_head_that_drips_is_ended_all_the_same(shop: tuple[str, int, int]) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", shop[1])) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        with contextlib.suppress(OSError):
            for number in range(200):
                connection.sendall(b"X-%d: 1\r\n" % number)
                time.sleep(0.05)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("path", ["/cart/add", "/webhooks/xendit"])
def test_a_body_that_does_not_arrive_is_a_408_with_a_sentence(shop: tuple[str, int, int], path: str) -> None:
    url, port, _ = shop
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: {url}\r\nContent-Length: 100\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\nx-callback-token: x\r\n\r\nprod"
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(head.encode())
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"did not arrive in time" in answer


@pytest.mark.parametrize("length", ["Content-Length: 9", "Transfer-Encoding: chunked"])
def test_a_body_that_nobody_reads_holds_no_connection(shop: tuple[str, int, int], length: str) -> None:
    with socket.create_connection(("127.0.0.1", shop[1])) as connection:
        connection.sendall(f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{length}\r\n\r\n".encode())
        connection.sendall(b"1")
        assert answer_of(connection).startswith(b"HTTP/1.1 200 ")  # and the shop has closed it


def test_headers_without_end_are_a_431_and_take_no_memory(shop: tuple[str, int, int]) -> None:
    url, port, pid = shop
    httpx.get(url)
    before = memory_of(pid)
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        sent = 0
        with contextlib.suppress(OSError):
            while sent < 60_000:
                connection.sendall(b"X-Pad: " + b"x" * 1000 + b"\r\n")
                sent += 1
        assert sent < 60_000
    assert memory_of(pid) - before < 5
    assert httpx.get(url).status_code == 200


def memory_of(pid: int) -> float:
    """Resident memory in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024
