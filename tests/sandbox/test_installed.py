"""The wheel in an empty environment: the command starts, and curl alone pays an invoice."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.processes import free_port

ROOT = Path(__file__).parents[2]
COPIED = ("pyproject.toml", "README.md", "LICENSE", "webapp/sandbox", "static/vendor")
LEAVE_OUT = shutil.ignore_patterns("__pycache__")


def pip(python: str | Path, *words: object) -> None:
    """Run pip, which asks the package registry that this machine's pip is set up with."""
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "-q", *map(str, words)]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command in an environment that holds the wheel and what it needs, and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    for name in COPIED:
        source, target = ROOT / name, folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target, ignore=LEAVE_OUT) if source.is_dir() else shutil.copy(source, target)
    venv.create(folder / "environment", with_pip=True)
    programs = folder / "environment" / ("Scripts" if sys.platform == "win32" else "bin")
    python = programs / "python"
    pip(python, "wheel", "--no-deps", "--wheel-dir", folder, folder / "source")
    pip(python, "install", *folder.glob("*.whl"))
    return programs / "xendit-sandbox"


@pytest.fixture
def sandbox(installed: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    url = f"http://localhost:{(port := free_port())}"
    with subprocess.Popen([installed, "--port", str(port)], cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == f"The sandbox imitates Xendit at {url}\n"
        while curl(f"{url}/readyz", check=False) != "ready\n":
            assert process.poll() is None
            time.sleep(0.02)
        yield url, process
        process.terminate()


def curl(*words: str, check: bool = True) -> str:
    return subprocess.run(["curl", "-sS", *words], capture_output=True, text=True, timeout=30, check=check).stdout


def test_an_invoice_is_paid_by_curl_alone(sandbox: tuple[str, subprocess.Popen[str]]) -> None:
    url, _ = sandbox
    key = ["-u", "xnd_development_me:"]
    body = json.dumps({"external_id": "order-1", "amount": 240_000, "currency": "IDR"})
    invoice = json.loads(curl(*key, f"{url}/v2/invoices", "-H", "content-type: application/json", "-d", body))
    page = curl(invoice["invoice_url"])
    assert "240.000" in page
    assert "IDR" in page or "Rp" in page
    for address in re.findall(r'(?:href|src)="(/sandbox/[^"]+)"', page):
        assert curl("-o", os.devnull, "-w", "%{http_code}", url + address) == "200", address
    curl(invoice["invoice_url"], "-d", "decision=pay", "-d", "choice=CARDS.visa")
    assert json.loads(curl(*key, f"{url}/v2/invoices/{invoice['id']}"))["status"] == "PAID"


def test_it_starts_in_six_tenths_of_a_second_and_takes_sixty_megabytes(
    sandbox: tuple[str, subprocess.Popen[str]],
) -> None:
    """The time is the processor's: other programs on the machine don't count."""
    process = Path(f"/proc/{sandbox[1].pid}")
    user, system = process.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
    assert (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") <= 0.6
    memory = re.search(r"VmRSS:\s+(\d+) kB", process.joinpath("status").read_text())
    assert memory and int(memory[1]) <= 60_000
