"""docs/sandbox.md: its commands do what it says, as printed but for the port and the ids."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed import curl, installed_sandbox, running

DOC = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")
KEY = "xnd_development_me:"


@pytest.fixture
def url(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Iterator[str]:
    with running(installed_sandbox(tmp_path_factory), tmp_path, "--ids", "sequential") as (url, _):
        yield url


def section(title: str) -> str:
    return DOC.split(f"\n## {title}\n")[1].split("\n## ")[0]


def shell(script: str, url: str) -> str:
    script = script.replace("http://localhost:4270", url).replace("localhost:4270", url)
    script = script.replace("curl ", "curl -sS --fail-with-body ")
    ran = subprocess.run(["bash", "-euc", script], capture_output=True, text=True, timeout=30, check=False)
    assert ran.returncode == 0, f"{script}\n{ran.stdout}{ran.stderr}"
    return ran.stdout


def blocks(title: str, language: str = "sh") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", section(title), re.DOTALL)


def test_an_invoice_is_paid_as_printed(url: str) -> None:
    _, create, pay = blocks("Two minutes to a paid invoice")
    invoice = json.loads(shell(create, url))
    assert json.loads(shell(pay.replace("INVOICE_ID", invoice["id"]), url))["status"] == "PAID"


def test_every_command_of_the_control_is_taken(url: str) -> None:
    (script,) = blocks("Control")
    commands = [command for command in re.split(r"\n(?=curl|#|\n)", script) if command.startswith("curl")]
    assert len(commands) == 16
    body = '{"external_id": "order-1", "amount": 240000, "currency": "IDR"}'
    created = [json.loads(curl("-u", KEY, f"{url}/v2/invoices", "-d", body))["id"] for _ in range(len(commands) + 1)]
    curl("-X", "POST", f"{url}/_sandbox/expire/{created.pop()}")
    webhook = json.loads(curl(f"{url}/_sandbox/webhooks"))[0]["webhook_id"]
    for command, invoice in zip(commands, created, strict=True):
        json.loads(shell(command.replace("WEBHOOK_ID", webhook).replace("/ID", f"/{invoice}"), url))
