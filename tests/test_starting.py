"""Starting the shop as README.md says: by `python -m webapp`, and by the Procfile with two workers."""

import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.processes import free_port

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def start(port: int, tmp_path: Path) -> Iterator[Start]:
    """Runs a command with a clean environment in a process group of its own, which ends with the test."""
    started: list[subprocess.Popen[str]] = []

    def run(*command: str, **env: str) -> "subprocess.Popen[str]":
        clean = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
        own = {"PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db", "SECRET_KEY": "k" * 64}
        log = (tmp_path / "output.txt").open("w")
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean | own | env, text=True, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def answer(process: "subprocess.Popen[str]", url: str) -> httpx.Response:
    """The first answer, once the server listens."""
    until = time.monotonic() + 30
    while True:
        try:
            return httpx.get(url)
        except httpx.TransportError:
            assert process.poll() is None, "the server has stopped"
            assert time.monotonic() < until
            time.sleep(0.1)


def test_python_m_webapp_prints_the_address_where_it_answers(start: Start, port: int, tmp_path: Path) -> None:
    process = start(sys.executable, "-m", "webapp")
    response = answer(process, f"http://localhost:{port}/")
    assert response.status_code == 200
    assert f"http://localhost:{port}" in (tmp_path / "output.txt").read_text()
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=10)


def test_without_uvloop_as_on_windows_it_starts_too(start: Start, port: int, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['uvloop'] = None\n")
    process = start(sys.executable, "-m", "webapp", PYTHONPATH=str(tmp_path))
    assert answer(process, f"http://localhost:{port}/").status_code == 200


def test_a_sandbox_on_sqlite_starts_without_what_only_others_need(tmp_path: Path) -> None:
    lines = (
        "import sys, webapp.__main__, webapp.app",
        "webapp.app.create_app_from_env()",
        "print(sorted({'aiohttp', 'asyncpg', 'cryptography'} & set(sys.modules)))",
    )
    env = {"PATH": os.environ["PATH"], "DATABASE_URL": f"sqlite:///{tmp_path}/shop.db"}
    command = [sys.executable, "-c", "\n".join(lines)]
    found = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


def test_an_old_python_is_told_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.version_info = (3, 10, 1)\n")
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path)}
    told = subprocess.run([sys.executable, "-m", "webapp"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr == "selat: Python 3.11 or newer is needed, and this is 3.10.\n"


def test_honcho_starts_two_workers_that_stop_gracefully(start: Start, port: int, tmp_path: Path) -> None:
    process = start("honcho", "start", "web", WEB_CONCURRENCY="2")
    url = f"http://localhost:{port}"
    assert answer(process, f"{url}/healthz").status_code == 200
    with httpx.Client(base_url=url) as client:
        client.post("/cart/add", data={"product": "gayo"}, headers={"Origin": url})
        pages = [client.get("/").text for _ in range(10)]  # whichever worker answers
    assert all("1 item" in page for page in pages)
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=15)
    output = (tmp_path / "output.txt").read_text()
    assert output.count("Application startup complete") == 2
    assert "Traceback" not in output


@pytest.mark.parametrize(("written", "meant"), [("", 1), ('"2"', 2)])
def test_a_number_of_workers_is_read_as_every_setting_is(
    start: Start, port: int, tmp_path: Path, written: str, meant: int
) -> None:
    process = start(sys.executable, "-m", "webapp", WEB_CONCURRENCY=written)
    assert answer(process, f"http://localhost:{port}/healthz").status_code == 200
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=15)
    assert (tmp_path / "output.txt").read_text().count("Application startup complete") == meant


def test_the_release_command_migrates_postgres_once(postgres_url: str) -> None:
    release = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("release: "))
    command = shlex.split(release.removeprefix("release: "))
    env = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "DATABASE_URL": postgres_url, "SECRET_KEY": "k" * 64}
    first, second = (
        subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60) for _ in range(2)
    )
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "0001_orders.sql" in first.stdout
    assert "nothing new" in second.stdout


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"IDR_API_KEY": "xnd_public_development_abc"}, "Put the secret key into IDR_API_KEY"),
        ({"APP_URL": "shop.example"}, "Set APP_URL to an origin"),
        ({"LOG_LEVEL": "loud"}, "Set LOG_LEVEL to one of"),
    ],
)
def test_nonsense_is_refused_at_start_with_one_sentence(
    start: Start, tmp_path: Path, env: dict[str, str], sentence: str
) -> None:
    process = start(sys.executable, "-m", "webapp", **env)
    assert process.wait(timeout=20) == 1
    output = (tmp_path / "output.txt").read_text()
    assert sentence in output
    assert len(output.strip().splitlines()) == 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_taken_port_is_one_sentence(start: Start, port: int, tmp_path: Path, workers: str) -> None:
    with socket.create_server(("127.0.0.1", port)):
        process = start(sys.executable, "-m", "webapp", WEB_CONCURRENCY=workers)
        assert process.wait(timeout=20) == 1
    output = (tmp_path / "output.txt").read_text()
    assert len(output.strip().splitlines()) == 1
    assert f"port {port} is taken by another program" in output


@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("postgres://shop:hunter2hunter2@127.0.0.1:1/shop", "the database can't be opened (ConnectionRefusedError)"),
        ("sqlite:////proc/none/shop.db", "the database can't be opened (FileNotFoundError)"),
    ],
)
def test_a_database_that_is_away_is_one_sentence_and_no_open_shop(
    start: Start, tmp_path: Path, workers: str, url: str, sentence: str
) -> None:
    process = start(sys.executable, "-m", "webapp", DATABASE_URL=url, WEB_CONCURRENCY=workers)
    assert process.wait(timeout=20) == 1
    output = (tmp_path / "output.txt").read_text()
    assert len(output.strip().splitlines()) == 1
    assert sentence in output and "hunter2" not in output


def test_two_workers_that_both_fail_end_with_an_error(start: Start, tmp_path: Path) -> None:
    broken = {"PYTHONPATH": str(tmp_path)}  # the parent has looked at the database; here the workers find it away
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nif 'multiprocessing.spawn' in sys.orig_argv[-1] or '--multiprocessing-fork' in sys.orig_argv:\n"
        "    import os; os.environ['DATABASE_URL'] = 'postgres://127.0.0.1:1/x'\n"
    )
    process = start(sys.executable, "-m", "webapp", WEB_CONCURRENCY="2", **broken)
    assert process.wait(timeout=30) == 3
    assert "Selat is open" not in (tmp_path / "output.txt").read_text()


def test_no_request_is_logged_with_its_secrets_even_as_a_websocket_at_debug(
    start: Start, port: int, tmp_path: Path
) -> None:
    process = start(sys.executable, "-m", "webapp", LOG_LEVEL="DEBUG")
    answer(process, f"http://localhost:{port}/healthz")
    handshake = (
        f"GET /sandbox/pay/PLANTED?key=PLANTED HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Cookie: selat=PLANTED\r\nX-Callback-Token: PLANTED\r\nAuthorization: Basic PLANTED\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(handshake.encode())
        assert b"101" not in connection.recv(1000).split(b"\r\n")[0]
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=10)
    assert "PLANTED" not in (tmp_path / "output.txt").read_text()


def test_a_forwarded_address_is_not_believed_without_behind_proxy(start: Start, port: int, tmp_path: Path) -> None:
    process = start(sys.executable, "-m", "webapp")
    url = f"http://localhost:{port}"
    answer(process, f"{url}/healthz")
    with httpx.Client(base_url=url, headers={"Origin": url}) as client:
        statuses = {
            client.post(
                "/choices/flow", data={"flow": "x"}, headers={"X-Forwarded-For": f"10.0.{n // 250}.{n % 250}"}
            ).status_code
            for n in range(700)
        }
    assert 429 in statuses  # all come from one address
