"""The wheel in an empty environment: the command starts, and curl alone pays an invoice."""

import json
import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed import ROOT, curl, installed_sandbox, running


@pytest.fixture
def sandbox(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[tuple[str, int]]:
    with running(installed_sandbox(tmp_path_factory), tmp_path) as address_and_process:
        yield address_and_process


def test_an_invoice_is_paid_by_curl_alone(sandbox: tuple[str, int]) -> None:
    url, _ = sandbox
    key = ["-u", "xnd_development_me:"]
    body = json.dumps({"external_id": "order-1", "amount": 240_000, "currency": "IDR"})
    invoice = json.loads(curl(*key, f"{url}/v2/invoices", "-H", "content-type: application/json", "-d", body))
    page = curl(invoice["invoice_url"])
    assert "240.000" in page
    for address in re.findall(r'(?:href|src)="(/sandbox/[^"]+)"', page):
        assert curl("-o", os.devnull, "-w", "%{http_code}", url + address) == "200", address
    curl(invoice["invoice_url"], "-d", "decision=pay", "-d", "choice=CARDS.visa")
    assert json.loads(curl(*key, f"{url}/v2/invoices/{invoice['id']}"))["status"] == "PAID"


def test_the_wheel_names_every_package_of_the_sandbox() -> None:
    named = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]["packages"]
    home = ROOT / "webapp" / "sandbox"
    packages = [path.parent.relative_to(home).parts for path in home.rglob("__init__.py")]
    assert sorted(named) == sorted(
        [".".join(["xendit_sandbox", *parts]) for parts in packages] + ["xendit_sandbox.vendor"]
    )


def test_it_starts_in_six_tenths_of_a_second_and_takes_sixty_megabytes(sandbox: tuple[str, int]) -> None:
    """The time is the processor's: other programs on the machine don't count."""
    process = Path(f"/proc/{sandbox[1]}")
    user, system = process.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
    assert (int(user) + int(system)) / os.sysconf("SC_CLK_TCK") <= 0.6
    memory = re.search(r"VmRSS:\s+(\d+) kB", process.joinpath("status").read_text())
    assert memory and int(memory[1]) <= 60_000
