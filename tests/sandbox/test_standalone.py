"""The sandbox as a server of its own, and its commands."""

import html
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, KEY, PAY

ROOT = Path(__file__).parents[2]


class Server:
    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.options = ["--port", str(self.port), "--database", str(folder / "sandbox.db")]
        # Nobody listens there: webhooks wait in the outbox.
        self.options += ["--webhook-url", "http://127.0.0.1:9/webhooks", "--webhook-token", "token"]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp.sandbox", *self.options],
            cwd=ROOT,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for _ in range(200):
            try:
                httpx.get(self.url, trust_env=False).raise_for_status()
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise RuntimeError("the sandbox did not start")

    def end(self, *, kill: bool = False) -> str:
        self.process.kill() if kill else self.process.terminate()
        return self.process.communicate(timeout=20)[0].decode()

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "webapp.sandbox", *self.options, "webhooks", *words],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    running = Server(tmp_path)
    yield running
    if running.process.poll() is None:
        running.end(kill=True)


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, auth=(KEY, ""), trust_env=False) as client:
        yield client


def test_it_serves_api_and_pages_together_and_survives_being_killed(server: Server, client: httpx.Client) -> None:
    assert "No money moves" in client.get("/").text
    session = client.post("/sessions", json=PAY).json()
    server.end(kill=True)
    server.start()
    assert client.get(f"/sessions/{session['payment_session_id']}").json() == session
    assert session["payment_link_url"].startswith(f"{server.url}/sandbox/pay/")
    paid = client.post(session["payment_link_url"], data={"decision": "pay", "choice": "CARDS.visa"})
    assert paid.headers["location"] == PAY["success_return_url"]
    assert client.get(f"/sessions/{session['payment_session_id']}").json()["status"] == "COMPLETED"
    printed = server.end()
    assert session["payment_link_url"][-8:] not in printed


def test_webhooks_are_listed_and_sent_again_by_command(server: Server, client: httpx.Client) -> None:
    invoice = client.post("/v2/invoices", json=INVOICE).json()
    client.post(f"/invoices/{invoice['id']}/expire!")
    listed = server.command("list").stdout.splitlines()
    assert len(listed) == 1
    webhook_id, _, status, *_ = listed[0].split(" ")
    assert status == "QUEUED"
    assert listed[0].endswith(f"invoice {invoice['id']}")
    assert server.command("resend", webhook_id).returncode == 0
    unknown = server.command("resend", "unknown")
    assert (unknown.returncode, unknown.stdout) == (1, "There is no webhook of that id.\n")


def test_a_call_that_is_never_answered_does_not_hold_its_stop(server: Server, client: httpx.Client) -> None:
    client.post("/_sandbox/faults", json={"fail": "timeout"})
    with pytest.raises(httpx.ReadTimeout):
        client.get("/v2/invoices", timeout=0.3)
    assert "Traceback" not in server.end()


def test_the_secret_is_kept_beside_the_database_for_its_owner_only(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db.secret"
    assert path.stat().st_mode & 0o077 == 0
    assert len(path.read_text(encoding="ascii")) == 64


def test_a_database_in_memory_leaves_no_file_and_port_0_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "webapp.sandbox", "--port", "0", "--database", ":memory:"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url = process.stdout.readline().split()[-1]
        try:
            assert httpx.get(f"{url}/readyz", trust_env=False).text == "ready\n"
        finally:
            process.terminate()
    assert list(tmp_path.iterdir()) == []


def test_a_question_with_brackets_is_copied_as_a_command_that_curl_takes(server: Server) -> None:
    ours = [shutil.which("curl") or "curl", "--silent", "--user", f"{KEY}:"]
    query = "?statuses[]=PAID&external_id=bags[a]{b,c}"
    asked = f"{server.url}/v2/invoices{query}"
    assert subprocess.run([*ours, "--globoff", asked], capture_output=True, timeout=30).stdout == b"[]"
    page = httpx.get(f"{server.url}/_sandbox/console/requests/1", trust_env=False).text
    command = html.unescape(re.findall(r'<pre [^>]*id="curl">(.*?)</pre>', page, re.DOTALL)[0])
    assert query in command
    environment = os.environ | {"XENDIT_KEY": KEY, "NO_PROXY": "*"}
    copied = subprocess.run(["bash", "-c", command], capture_output=True, timeout=30, env=environment)
    assert (copied.returncode, copied.stdout) == (0, b"[]")
