"""The promise of webapp/integrations/README.md: copy two files, add ten lines, and a payment link comes back."""

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

ROOT = Path(__file__).parents[2]
INTEGRATIONS = ROOT / "webapp" / "integrations"


@pytest.fixture
def sandbox_url(tmp_path: Path) -> Iterator[str]:
    """`python -m webapp.sandbox`, on a port of its own."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://localhost:{port}"
    command = [sys.executable, "-m", "webapp.sandbox", "--port", str(port), "--public-url", url]
    with subprocess.Popen([*command, "--database", str(tmp_path / "sandbox.db")], cwd=ROOT) as server:
        try:
            until = time.monotonic() + 20
            while time.monotonic() < until and server.poll() is None:
                with socket.socket() as attempt:
                    if attempt.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield url
        finally:
            server.terminate()


def test_ten_lines_and_two_copied_files_make_a_payment_link(sandbox_url: str, tmp_path: Path) -> None:
    script = re.search(r"```python\n(.*?)```", (INTEGRATIONS / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert script
    assert len([line for line in script[1].splitlines() if line.strip()]) <= 10
    (tmp_path / "xendit").mkdir()
    for name in ("payment_link.py", "errors.py"):
        shutil.copy(INTEGRATIONS / name, tmp_path / "xendit")
    (tmp_path / "script.py").write_text(script[1].replace("http://localhost:4000", sandbox_url), encoding="utf-8")

    ran = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=30)

    assert ran.returncode == 0, ran.stderr
    assert "'payment_session_id': 'ps-" in ran.stdout
    link = re.search(rf"{sandbox_url}/sandbox/pay/\w+", ran.stdout)
    assert link
    page = httpx.get(link[0])
    assert page.status_code == 200
    assert "240.000" in page.text
