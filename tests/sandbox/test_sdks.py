"""The official server SDKs against the sandbox: xendit-python and xendit-node, each fetched by the test that needs it.

In CI both must be there. Elsewhere a missing registry or a missing Node skips the test, and says why.
"""

import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conftest import IN_CI
from tests.faults.processes import free_port

HERE = Path(__file__).parent / "sdks"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The address of a sandbox that runs alone."""
    port = free_port()
    words = [sys.executable, "-m", "webapp.sandbox", "--port", str(port), "--database", str(tmp_path / "sandbox.db")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://localhost:{port}"
        for _ in range(200):
            try:
                httpx.get(f"{url}/readyz", trust_env=False).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield url
        process.terminate()


def run(*words: str | Path, cwd: Path) -> str:
    """Run a program and return what it says on failure, or an empty text."""
    ran = subprocess.run(
        [str(word) for word in words], cwd=cwd, capture_output=True, text=True, timeout=300, check=False
    )
    return (ran.stderr + ran.stdout)[-3000:] if ran.returncode else ""


def missing(reason: str) -> None:
    """Skip the test, or fail in CI."""
    (pytest.fail if IN_CI else pytest.skip)(reason)


def test_xendit_python_creates_lists_pages_expires_and_reads_back(url: str, tmp_path: Path) -> None:
    venv.create(tmp_path / "sdk", with_pip=True)
    python = tmp_path / "sdk" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    pip = (python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--require-hashes")
    if said := run(*pip, "-r", HERE / "requirements.txt", cwd=tmp_path):
        missing(f"xendit-python could not be installed: {said}")
    assert run(python, HERE / "with_python.py", url, cwd=tmp_path) == ""


def test_xendit_node_creates_lists_pages_expires_and_reads_back(url: str, tmp_path: Path) -> None:
    npm, node = shutil.which("npm"), shutil.which("node")
    if not npm or not node:
        missing("Node and npm are not here")
    for name in ("package.json", "package-lock.json", "with_node.mjs"):
        shutil.copy(HERE / name, tmp_path)
    if said := run(npm or "npm", "ci", "--no-audit", "--no-fund", cwd=tmp_path):
        missing(f"xendit-node could not be installed: {said}")
    assert run(node or "node", "with_node.mjs", url, cwd=tmp_path) == ""
