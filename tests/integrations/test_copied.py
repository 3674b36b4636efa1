"""The promises of webapp/integrations/README.md: copied files make a payment link, and know when it is paid."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.faults.processes import free_port, standalone_sandbox

ROOT = Path(__file__).parents[2]
INTEGRATIONS = ROOT / "webapp" / "integrations"


@pytest.fixture
def webhook_port() -> int:
    return free_port()


@pytest.fixture
def sandbox_url(tmp_path: Path, webhook_port: int) -> Iterator[str]:
    with standalone_sandbox(tmp_path, f"http://localhost:{webhook_port}", "secret") as url:
        yield url


def copy_script(folder: Path, number: int, files: tuple[str, ...]) -> str:
    """A script of the README beside copies of the files that it needs, and nothing else of ours."""
    scripts = re.findall(r"```python\n(.*?)```", (INTEGRATIONS / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    (folder / "xendit").mkdir()
    for name in files:
        shutil.copy(INTEGRATIONS / name, folder / "xendit")
    return str(scripts[number])


def test_ten_lines_and_two_copied_files_make_a_payment_link(sandbox_url: str, tmp_path: Path) -> None:
    script = copy_script(tmp_path, 0, ("payment_link.py", "errors.py"))
    assert len([line for line in script.splitlines() if line.strip()]) <= 10
    (tmp_path / "script.py").write_text(script.replace("http://localhost:4270", sandbox_url), encoding="utf-8")

    ran = subprocess.run([sys.executable, "script.py"], cwd=tmp_path, capture_output=True, text=True, timeout=30)

    assert ran.returncode == 0, ran.stderr
    assert "'payment_session_id': 'ps-" in ran.stdout
    link = re.search(rf"{sandbox_url}/sandbox/pay/\w+", ran.stdout)
    assert link
    page = httpx.get(link[0])
    assert page.status_code == 200
    assert "240.000" in page.text


def test_four_copied_files_take_an_order_from_creation_to_paid(
    sandbox_url: str, webhook_port: int, tmp_path: Path
) -> None:
    script = copy_script(tmp_path, 1, ("payment_link.py", "errors.py", "webhooks.py", "outcomes.py"))
    script = script.replace("http://localhost:4270", sandbox_url).replace("4001", str(webhook_port))
    (tmp_path / "script.py").write_text(script, encoding="utf-8")

    command = [sys.executable, "script.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ran:
        assert ran.stdout and ran.stderr
        link = ran.stdout.readline().removeprefix("Pay at ").strip()
        paid = httpx.post(link, data={"choice": "CARDS.visa", "decision": "pay"})
        assert paid.status_code < 400, paid.text
        out, err = ran.communicate(timeout=30)
    assert re.fullmatch(r"payment_request_id pr-[\w-]+\norder-1 is paid\n", out), (out, err)


def test_fifteen_lines_and_two_copied_files_refund_an_order(sandbox_url: str, tmp_path: Path) -> None:
    key = ("xnd_development_YOUR_KEY", "")
    body = {
        "reference_id": "order-1",
        "session_type": "PAY",
        "mode": "PAYMENT_LINK",
        "currency": "IDR",
        "country": "ID",
    }
    session = httpx.post(f"{sandbox_url}/sessions", json=body | {"amount": 240_000}, auth=key).json()
    httpx.post(session["payment_link_url"], data={"choice": "CARDS.visa", "decision": "pay"})
    paid = httpx.get(f"{sandbox_url}/sessions/{session['payment_session_id']}", auth=key).json()
    script = copy_script(tmp_path, 2, ("refund.py", "errors.py"))
    assert len([line for line in script.splitlines() if line.strip()]) <= 15
    (tmp_path / "script.py").write_text(script.replace("http://localhost:4270", sandbox_url), encoding="utf-8")

    command = [sys.executable, "script.py", paid["payment_request_id"]]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=30)

    assert (ran.returncode, ran.stdout) == (0, "refund succeeded\n"), ran.stderr
