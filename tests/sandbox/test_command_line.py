"""The command `xendit-sandbox`: its options, and its errors in one sentence."""

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.sandbox.conftest import INVOICE, KEY
from webapp.sandbox import Sandbox, SandboxSettings, SQLiteDatabase
from webapp.sandbox.command_line import PORT, arguments

ROOT = Path(__file__).parents[2]


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "webapp.sandbox", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize(
    "words",
    [
        ["--database", "other.db", "webhooks", "list"],
        ["webhooks", "--database", "other.db", "list"],
        ["webhooks", "list", "--database", "other.db"],
    ],
    ids=" ".join,
)
def test_an_option_may_stand_before_and_after_a_command(words: list[str]) -> None:
    given = arguments(words)
    assert (given.action, given.database, given.port) == ("list", Path("other.db"), PORT)


@pytest.mark.parametrize("words", [[], ["--amount", "240"]], ids=" ".join)
def test_an_amount_is_a_float_whether_it_is_given_or_not(words: list[str]) -> None:
    """Python 3.11 asks only floats whether they are whole."""
    given = arguments(["send", "payment.capture", "--to", "http://localhost:9000/", *words])
    assert type(given.amount) is float


def test_a_port_that_is_taken_is_one_sentence_and_nothing_is_promised(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = run("--port", port, "--database", tmp_path / "sandbox.db")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.startswith(f"xendit-sandbox: cannot listen at 127.0.0.1, port {port}: ")
    assert ran.stderr.endswith("Choose another with --port.\n") and ran.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "url",
    ["notaurl", "localhost:9000/hook", "ftp://localhost/", "http://", "http://[", "http://a:x/", "http://999.1.1.1/"],
)
def test_a_webhook_url_that_is_none_is_one_sentence(url: str) -> None:
    ran = run("--webhook-url", url)
    wanted = f"xendit-sandbox: argument --webhook-url: {url!r} is no address; it begins with http:// or https://\n"
    assert (ran.returncode, ran.stderr) == (2, wanted)


@pytest.mark.parametrize("command", [[], ["send", "invoice.paid", "--to", "http://localhost:9000/"]])
def test_a_webhook_token_that_no_header_can_hold_is_one_sentence(command: list[str]) -> None:
    ran = run(*command, "--webhook-token", "é")
    assert ran.returncode == 2
    assert "argument --webhook-token: token must be printable ASCII, as in a header\n" in ran.stderr


def test_a_database_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("This is no database, but long enough to be looked at by one.\n" * 20)
    for path, *command in (("no-such-folder/sandbox.db", "--port", "0"), ("notes.txt", "webhooks", "list")):
        ran = run(*command, "--database", path := tmp_path / path)
        assert ran.returncode == 1
        assert ran.stderr.startswith(f"xendit-sandbox: cannot use {path}: ") and ran.stderr.count("\n") == 1


def test_counted_ids_want_a_new_database_and_a_seed_is_json(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.db"
    database.touch()
    ran = run("--ids", "sequential", "--database", database)
    said = f"xendit-sandbox: sequential ids begin at 1, so they need a new database; {database} is there already\n"
    assert (ran.returncode, ran.stderr) == (2, said)
    for seed in (tmp_path / "missing.json", database):
        ran = run("--seed", seed, "--database", database)
        assert ran.returncode == 1
        assert ran.stderr.startswith(f"xendit-sandbox: cannot read {seed}: ") and ran.stderr.count("\n") == 1
    assert arguments(["--ids", "sequential"]).database == Path(":memory:")


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ({"path": "/healthz", "method": "GET"}, "Call 2 is none of the API: its answer is no JSON"),
        ({"path": "/v2/invoices"}, "Call 2 was answered with 400: "),
        ({"path": "no path"}, "Call 2 needs a path, and takes "),
    ],
)
def test_a_seed_that_fails_is_one_sentence_and_leaves_nothing(tmp_path: Path, last: dict[str, str], said: str) -> None:
    seed, database = tmp_path / "seed.json", tmp_path / "sandbox.db"
    seed.write_text(json.dumps([{"path": "/v2/invoices", "body": INVOICE}, last]))
    ran = run("--port", 0, "--database", database, "--seed", seed)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"xendit-sandbox: cannot fill an empty database from {seed}: {said}")
    assert ran.stderr.count("\n") == 1
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT count(*) FROM sandbox_invoices").fetchone() == (0,)


@pytest.mark.anyio
async def test_a_pipe_that_closes_ends_the_list_without_a_word(tmp_path: Path) -> None:
    database = SQLiteDatabase(tmp_path / "sandbox.db")
    await database.open()
    sandbox = Sandbox(SandboxSettings("http://sandbox.test", "secret", webhook_url="http://127.0.0.1:9/"), database)
    await sandbox.store.create_tables()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(sandbox.api), auth=(KEY, "")) as client:
        invoice = (await client.post("http://sandbox.test/v2/invoices", json=INVOICE)).json()
    await sandbox.expire(invoice["id"])
    await database.close()

    listed = run("webhooks", "list", "--database", database.path)
    assert (listed.returncode, listed.stdout.count("\n")) == (0, 1)
    command = f"'{sys.executable}' -m webapp.sandbox webhooks list --database '{database.path}' | true"
    ran = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True)
    assert ran.stderr == ""
