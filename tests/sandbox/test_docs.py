"""docs/sandbox.md: its commands do what it says, as printed but for the port and the ids."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installed import COPIED, curl, installed_sandbox, running
from webapp.sandbox.command_line import arguments

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
KEY = "xnd_development_me:"
PROGRAMS = {
    "sh": ["bash", "-eu"],
    "python": [sys.executable],
    "js": ["node", "--input-type=module", "-"],
    "php": ["php"],
    "go": ["go", "run"],
}
HERE = [language for language, words in PROGRAMS.items() if shutil.which(words[0])]


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
    assert len(commands) == 17
    body = '{"external_id": "order-1", "amount": 240000, "currency": "IDR"}'
    created = [json.loads(curl("-u", KEY, f"{url}/v2/invoices", "-d", body))["id"] for _ in range(len(commands) + 1)]
    curl("-X", "POST", f"{url}/_sandbox/expire/{created.pop()}")
    webhook = json.loads(curl(f"{url}/_sandbox/webhooks"))[0]["webhook_id"]
    for command, invoice in zip(commands, created, strict=True):
        json.loads(shell(command.replace("WEBHOOK_ID", webhook).replace("/ID", f"/{invoice}"), url))


def test_each_language_has_its_program() -> None:
    assert re.findall(r"```(\w+)\n", section("In your language")) == [*PROGRAMS]
    assert {"sh", "python"} <= {*HERE}


@pytest.mark.parametrize("language", HERE)
def test_a_program_pays_an_invoice_in_each_language_that_is_here(language: str, url: str, tmp_path: Path) -> None:
    (program,) = blocks("In your language", language)
    program = program.replace("http://localhost:4270", url)
    command = [*PROGRAMS[language]]
    if language == "go":
        (tmp_path / "main.go").write_text(program, encoding="utf-8")
        command.append("main.go")
    ran = subprocess.run(command, cwd=tmp_path, input=program, capture_output=True, text=True, timeout=120, check=False)
    assert (ran.returncode, ran.stdout) == (0, "PAID\n"), ran.stderr


def test_two_lines_pay_in_ci(url: str) -> None:
    (commands,) = blocks("In CI")
    shell(commands, url)
    assert json.loads(curl("-u", "xnd_development_ci:", f"{url}/v2/invoices"))[0]["status"] == "PAID"


def test_the_image_is_built_from_what_the_wheel_needs_and_starts_it() -> None:
    lines = (ROOT / "Dockerfile.sandbox").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 20
    copied = [
        word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]
    ]
    assert sorted(copied) == sorted(COPIED)
    entry = json.loads(next(line for line in lines if line.startswith("ENTRYPOINT")).removeprefix("ENTRYPOINT "))
    composed = json.loads(next(line for line in DOC.splitlines() if "command: [" in line).partition("command: ")[2])
    given = arguments([*entry[1:], *composed])
    assert entry[0] == "xendit-sandbox"
    assert (given.host, given.open_control, given.webhook_token) == ("0.0.0.0", True, "secret")
