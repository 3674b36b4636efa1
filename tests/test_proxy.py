"""A network that is reached by a proxy only: the shop and the doctor take the same road."""

import asyncio
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.faults.processes import standalone_sandbox
from webapp.integrations.errors import XenditError
from webapp.integrations.status import get_payment_session
from webapp.xendit.client import xendit_client

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parent.parent
SESSION = "ps-000000000000000000000000"


class Proxy:
    """A forward proxy that counts, and answers every request itself: 404, as Xendit does for an unknown session."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.signed_in: set[str] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line, *headers = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
        self.asked.append(line)
        self.signed_in = {header for header in headers if "uthorization" in header}
        body = b'{"error_code": "NOT_FOUND", "message": "none"}'
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\n")
        writer.write(b"Content-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()


def basic(header: str, credentials: str) -> str:
    return f"{header}: Basic {b64encode(credentials.encode()).decode()}"


@pytest.fixture
async def proxy() -> AsyncIterator[tuple[Proxy, str]]:
    proxy = Proxy()
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    async with server:
        yield proxy, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(("scheme", "line"), [("http", "GET http://"), ("https", "CONNECT ")])
async def test_the_shop_asks_by_the_proxy(
    proxy: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch, scheme: str, line: str
) -> None:
    counter, address = proxy
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", address.replace("//", "//user:word@"))
    url = f"{scheme}://xendit.example"
    async with xendit_client(api_url=url, breaks=False) as client:
        with pytest.raises(XenditError):
            await get_payment_session(client, "xnd_development_x", SESSION, api_url=url)
    assert counter.asked and all(asked.startswith(line) for asked in counter.asked)
    assert basic("Proxy-Authorization", "user:word") in counter.signed_in


async def test_a_netrc_changes_no_call(
    proxy: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It names the host of another program's account, and would be sent in place of the API key."""
    (tmp_path / "netrc").write_text("default login someone password else", encoding="ascii")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    counter, url = proxy
    async with xendit_client(api_url=url, breaks=False) as client:
        with pytest.raises(XenditError) as refused:
            await get_payment_session(client, "xnd_development_x", SESSION, api_url=url)
    assert refused.value.status == 404
    assert counter.signed_in == {basic("authorization", "xnd_development_x:")}


async def test_no_proxy_is_obeyed(proxy: tuple[Proxy, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    counter, address = proxy
    monkeypatch.setenv("HTTP_PROXY", address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with standalone_sandbox(tmp_path) as url:
        async with xendit_client(api_url=url, breaks=False) as client:
            with pytest.raises(XenditError) as refused:
                await get_payment_session(client, "xnd_development_x", SESSION, api_url=url)
    assert refused.value.status == 404
    assert counter.asked == []


async def test_the_doctor_takes_the_same_road(proxy: tuple[Proxy, str], tmp_path: Path) -> None:
    counter, address = proxy
    env = {"PATH": os.environ["PATH"], "HTTP_PROXY": address, "IDR_API_KEY": "xnd_development_x"}
    env |= {"XENDIT_API_URL": "http://xendit.example", "DATABASE_URL": f"sqlite:///{tmp_path}/x.db"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "webapp", "doctor", cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    out, err = await process.communicate()
    assert b"IDR_API_KEY: Xendit accepts it." in out, err
    assert len(counter.asked) == 1
