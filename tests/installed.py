"""The sandbox as others install it: its wheel in an environment that holds what it needs, and nothing else."""

import json
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults.processes import free_port

ROOT = Path(__file__).parents[1]
COPIED = ("pyproject.toml", "README.md", "LICENSE", "webapp/sandbox", "static/vendor")
LEAVE_OUT = shutil.ignore_patterns("__pycache__")


def installed_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the command `xendit-sandbox`, installed once for all processes of this run of tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "installed"
    programs = folder / "environment" / ("Scripts" if sys.platform == "win32" else "bin")
    done = folder / "done.json"
    try:
        folder.mkdir()
    except FileExistsError:
        until = time.monotonic() + 300
        while not done.exists():
            assert time.monotonic() < until, "another process of the tests did not install the sandbox"
            time.sleep(0.1)
    else:
        done.write_text(json.dumps(_install(folder, programs / "python")), encoding="utf-8")
    assert json.loads(done.read_text(encoding="utf-8")) == []
    return programs / "xendit-sandbox"


def _install(folder: Path, python: Path) -> list[str]:
    """Build the wheel from a copy of the sources, and install it. Return the errors of pip."""
    for name in COPIED:
        source, target = ROOT / name, folder / "source" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target, ignore=LEAVE_OUT) if source.is_dir() else shutil.copy(source, target)
    venv.create(folder / "environment", with_pip=True)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "-q"]
    build = ["wheel", "--no-deps", "--wheel-dir", str(folder), str(folder / "source")]
    built = subprocess.run([*pip, *build], capture_output=True, text=True, timeout=240, check=False)
    wheels = [str(path) for path in folder.glob("*.whl")]
    ran = subprocess.run([*pip, "install", *wheels], capture_output=True, text=True, timeout=240, check=False)
    return [program.stderr for program in (built, ran) if program.returncode]


@contextmanager
def running(command: Path, folder: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Run the command in a folder. Give its address and the number of its process."""
    url = f"http://localhost:{(port := free_port())}"
    words = [str(command), "--port", str(port), *options]
    with subprocess.Popen(words, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"The sandbox imitates Xendit at {url}\n"
            while curl(f"{url}/readyz", check=False) != "ready\n":
                assert process.poll() is None
                time.sleep(0.02)
            yield url, process.pid
        finally:
            process.terminate()


def curl(*words: str, check: bool = True) -> str:
    """Return what curl prints. Its progress and its errors are left out."""
    return subprocess.run(["curl", "-s", *words], capture_output=True, text=True, timeout=30, check=check).stdout
