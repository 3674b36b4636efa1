"""Ask the package registry whether each machine and Python finds a wheel for every run-time pin: `make wheels`.

Nothing is installed. Markers are looked at here, because pip looks at this machine's own, whatever it is told.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement

RUNTIME = Path("requirements.txt")
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
# What a marker sees, and the platforms whose wheels such a machine takes: macOS 11 and 12, glibc 2.28 (Debian 10).
MACHINES = {
    "Intel Mac": ({"sys_platform": "darwin", "platform_machine": "x86_64"}, ["macosx_12_0_x86_64"]),
    "Apple Mac": ({"sys_platform": "darwin", "platform_machine": "arm64"}, ["macosx_12_0_arm64"]),
    "Linux": (
        {"sys_platform": "linux", "platform_machine": "x86_64"},
        ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    ),
    "Linux on ARM": (
        {"sys_platform": "linux", "platform_machine": "aarch64"},
        ["manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"],
    ),
    "Windows": ({"sys_platform": "win32", "platform_machine": "AMD64"}, ["win_amd64"]),
}


def pins(lock: str, machine: str, python: str) -> str:
    """Return the entries that this machine installs, with their hashes and without their markers."""
    sees = MACHINES[machine][0] | {"python_version": python, "python_full_version": f"{python}.0"}
    entries = []
    for entry in re.split(r"\n(?=[a-z])", lock):
        first, _, hashes = entry.partition(" \\\n")
        if "==" in first:
            wanted = Requirement(first)
            if wanted.marker is None or wanted.marker.evaluate(sees):
                entries.append(f"{wanted.name}{wanted.specifier} \\\n{hashes}")
    return "\n".join(entries)


def missing(machine: str, python: str) -> str:
    """Return pip's words where it finds no wheel for a pin, or an empty text."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder, "pins.txt")
        chosen.write_text(pins(RUNTIME.read_text(), machine, python))
        command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--dry-run"]
        command += ["--no-deps", "--ignore-installed", "--require-hashes", "--only-binary=:all:", "--target", folder]
        command += ["--python-version", python, "--implementation", "cp", "-r", str(chosen)]
        command += [word for platform in MACHINES[machine][1] for word in ("--platform", platform)]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        return asked.stderr.strip() if asked.returncode else ""


if __name__ == "__main__":
    found = {(machine, python): missing(machine, python) for machine in MACHINES for python in PYTHONS}
    for (machine, python), words in found.items():
        print(f"{machine}, Python {python}: {words or 'a wheel for every pin'}")
    raise SystemExit(any(found.values()))
