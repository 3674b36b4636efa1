"""The lock files: every machine finds a wheel, and nothing that it can't install is asked of it."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tools import wheels

ROOT = Path(__file__).parent.parent
MACHINES = {
    "Intel Mac": {"sys_platform": "darwin", "platform_machine": "x86_64"},
    "Apple Mac": {"sys_platform": "darwin", "platform_machine": "arm64"},
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64"},
    "Linux on ARM": {"sys_platform": "linux", "platform_machine": "aarch64"},
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64"},
}


def installed_on(machine: str) -> dict[str, str]:
    """Return the version of each package that requirements.txt asks of a machine."""
    lines = re.findall(r"^[a-z].*?==.*?(?= \\$)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    wanted = [Requirement(line) for line in lines]
    here = [each for each in wanted if each.marker is None or each.marker.evaluate(MACHINES[machine])]
    assert len({each.name for each in here}) == len(here), "asked for twice"
    return {each.name: str(each.specifier).removeprefix("==") for each in here}


def test_intel_macs_get_the_last_cryptography_with_a_wheel_for_them() -> None:
    assert int(installed_on("Intel Mac")["cryptography"].split(".")[0]) <= 48


@pytest.mark.parametrize("machine", [name for name in MACHINES if name != "Intel Mac"])
def test_all_others_get_the_present_one(machine: str) -> None:
    assert int(installed_on(machine)["cryptography"].split(".")[0]) >= 50


def test_windows_is_not_asked_for_uvloop() -> None:
    assert [name for name in MACHINES if "uvloop" not in installed_on(name)] == ["Windows"]


@pytest.mark.parametrize("python", wheels.PYTHONS)
@pytest.mark.parametrize("machine", MACHINES)
def test_make_wheels_asks_for_what_a_machine_installs(machine: str, python: str) -> None:
    asked = wheels.pins((ROOT / "requirements.txt").read_text(), machine, python)
    names = dict(re.findall(r"^([\w.-]+)==(\S+) ", asked, re.MULTILINE))
    assert names.items() >= installed_on(machine).items()
    assert ";" not in asked and asked.count("--hash=sha256:") > len(names)


def test_every_pin_has_a_hash() -> None:
    text = (ROOT / "requirements.txt").read_text() + (ROOT / "requirements-dev.txt").read_text()
    entries = re.split(r"\n(?=[a-z])", text)
    assert all("--hash=sha256:" in entry for entry in entries if "==" in entry.split("\n")[0])
