"""What is in the repository, and what must not be."""

import ast
import hashlib
import json
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tools.audit import verdict
from webapp.shop.currencies import CURRENCIES

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"


def tracked() -> list[Path]:
    """What git would publish: files it knows, and new ones that it doesn't ignore; all files where there is no git."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        hidden = {".git", ".venv", "var", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"}
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if not hidden & set(path.parts)]
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


TEXTS = [path for path in tracked() if path.parent != VENDOR and path.suffix not in (".png", ".ico", ".mo")]


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in TEXTS}


def lines_with(pattern: str, texts: dict[str, str], flags: int = 0) -> list[str]:
    wanted = re.compile(pattern, flags)
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts.items()
        if name != "tests/test_repository.py"
        for number, line in enumerate(text.splitlines(), start=1)
        if wanted.search(line)
    ]


def test_vendored_files_are_what_was_published() -> None:
    listed = dict(reversed(line.split("  ")) for line in (VENDOR / "SHA256SUMS").read_text().splitlines())
    present = {p.name for p in VENDOR.iterdir()} - {"NOTICE.md", "SHA256SUMS"}
    assert set(listed) == present
    assert {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in listed} == listed


def test_vendored_files_are_named_in_the_notice() -> None:
    notice = (VENDOR / "NOTICE.md").read_text()
    assert [p.name for p in VENDOR.iterdir() if p.name not in notice and p.name != "NOTICE.md"] == []


def test_no_file_names_a_package_registry(texts: dict[str, str]) -> None:
    hosts = (
        r"pypi\.|pythonhosted|registry\.npm|npmjs\.|deb\.debian|/simple\b|--(extra-)?index-url\b(?!-)|--find-links\b"
    )
    found = [line for line in lines_with(hosts, texts) if "--no-emit-" not in line]
    assert not found


def test_no_file_names_a_path_of_somebodys_machine(texts: dict[str, str]) -> None:
    assert not lines_with(r"(?<![\w./-])/(work|root|home/\w+|Users/\w+|opt|tmp)/\w|\.\./shared\b", texts)


def test_no_file_holds_a_secret(texts: dict[str, str]) -> None:
    keys = r"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{30}|\bAKIA[0-9A-Z]{16}\b|\bsk-\w{20}|\bxox[bap]-\w{10}"
    assert not lines_with(keys, texts)
    outside_tests = {name: text for name, text in texts.items() if not name.startswith("tests/")}  # tests make keys up
    xendit = r"xnd_(development|production|public_\w+)_(?!sandbox)[A-Za-z0-9+/]{20}|session-[0-9a-f]{32}-p[dl]-\w{40}"
    assert not lines_with(xendit, outside_tests)


def test_nothing_is_left_for_later_or_switched_off(texts: dict[str, str]) -> None:
    later = r"\b(TODO|FIXME)\b|mark\.(skip|skipif|xfail)\b|\bpytest\.(skip|xfail)\("
    allowed = (
        "tests/conftest.py",
        "tests/browser/conftest.py",
        "tests/engines/conftest.py",
    )  # what a machine lacks is decided there, never in CI
    assert not [line for line in lines_with(later, texts) if not line.startswith(allowed)]


def test_every_file_is_short_enough_to_be_read(texts: dict[str, str]) -> None:
    lengths = {name: len(text.splitlines()) for name, text in texts.items() if name.endswith((".py", ".html"))}
    too_long = {name: n for name, n in lengths.items() if n > (180 if name.startswith("webapp/") else 400)}
    assert not too_long


def settings_read() -> set[str]:
    """Names of environment variables in config.py: whole words in capitals with an underscore, or known short ones."""
    files = ("accounts.py", "brand_settings.py", "config.py", "env.py", "keep.py")
    source = "\n".join((ROOT / "webapp" / name).read_text(encoding="utf-8") for name in files)
    tree = ast.parse(source)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    names = {text for text in texts if re.fullmatch(r"[A-Z]+(_[A-Z]+)+|PORT|SANDBOX|CATALOGUE", text)}
    return names | {f"{code}_{kind}" for code in CURRENCIES for kind in ("API_KEY", "WEBHOOK_TOKEN")}


def settings_explained() -> set[str]:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", text, re.MULTILINE))


def test_every_setting_is_explained_and_every_explained_setting_is_read() -> None:
    assert settings_explained() == settings_read()


def test_every_market_can_be_configured() -> None:
    app_json = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for code in CURRENCIES:
        assert f"{code}_API_KEY" in app_json["env"]
        assert f"`{code}_API_KEY`" in readme


def test_every_setting_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    missing = [name for name in settings_read() if not name.endswith("_WEBHOOK_TOKEN") and f"`{name}`" not in readme]
    assert not missing


def test_every_setting_is_described_in_the_manifest_of_the_deploy_button() -> None:
    described = json.loads((ROOT / "app.json").read_text(encoding="utf-8"))["env"]
    by_heroku = {"PORT", "DATABASE_URL", "DYNO"}
    assert settings_read() - by_heroku <= set(described)


def test_links_between_files_lead_somewhere(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        if name.endswith(".md"):
            links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text)
            broken = [link for link in links if not (ROOT / name).parent.joinpath(link).exists()]
            assert not broken, name


def test_every_test_that_is_named_in_the_docs_exists(texts: dict[str, str]) -> None:
    there = set(re.findall(r"def (test_\w+)", "\n".join(text for name, text in texts.items() if name.endswith(".py"))))
    named = set(re.findall(r"`(test_\w+)`", texts["docs/security.md"] + texts["docs/asvs.md"]))
    assert len(named) > 50
    assert not named - there


def locked(name: str) -> list[str]:
    """Entries of a lock file: a line, and what is indented below it; comments left out."""
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").strip())
    return [entry for entry in entries if not entry.startswith("#")]


def test_requirements_are_pinned_by_hash() -> None:
    runtime, (include, *development) = locked("requirements.txt"), locked("requirements-dev.txt")
    assert include == "-r requirements.txt"
    pin = r"([\w.-]+)==\S+( ; [^\\]+)?( \\\n    --hash=sha256:[0-9a-f]{64})+(\n    #.*)*"
    matches = [re.fullmatch(pin, entry.rstrip()) for entry in runtime + development]
    assert len(runtime) > 30 and len(development) > 40
    assert not [entry for entry, match in zip(runtime + development, matches, strict=True) if not match]


def test_no_package_is_locked_twice() -> None:
    names = [entry.partition("==")[0] for entry in locked("requirements.txt") + locked("requirements-dev.txt")]
    assert {name for name in names if names.count(name) > 1} == {"cryptography"}  # tests/test_locks.py


def test_what_the_shop_does_not_import_is_no_run_time_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["shop"]
    needed = {re.split(r"[^\w-]", line)[0].lower() for line in lines}
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "webapp").rglob("*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    owners = packages_distributions()
    imported = {owner.lower() for name in names for owner in owners.get(name.partition(".")[0], [])}
    by_starlette = {"itsdangerous", "python-multipart"}  # sessions and forms
    by_uvicorn = {"httptools", "uvloop"}  # taken where they are installed
    assert needed == (needed & imported) | by_starlette | by_uvicorn


def test_a_package_that_could_not_be_looked_up_is_not_called_safe() -> None:
    safe = {"name": "httpx", "version": "0.28.1", "vulns": []}
    unknown = {"name": "segno", "skip_reason": "not found"}
    vulnerable = {"name": "jinja2", "version": "3.1.5", "vulns": [{"id": "GHSA-cpwx", "fix_versions": ["3.1.6"]}]}
    assert verdict([safe]) == (0, ["1 of 1 packages audited: no known vulnerability."])

    code, lines = verdict([unknown])
    assert code == 2
    assert lines[0].startswith("Nothing was audited")

    code, lines = verdict([safe, unknown])
    assert code == 2
    assert "segno" in lines[-1]

    code, lines = verdict([vulnerable, unknown])
    assert code == 1
    assert lines[0] == "jinja2 3.1.5: GHSA-cpwx, fixed in 3.1.6."


def test_the_readme_says_how_long_each_file_of_its_path_is(texts: dict[str, str]) -> None:
    said = {name: int(lines) for name, lines in re.findall(r"\]\(([\w/.]+)\) \| (\d+) \|", texts["README.md"])}
    assert len(said) == 9
    wrong = {name: len(texts[name].splitlines()) for name in said}
    assert all(abs(said[name] - wrong[name]) <= said[name] / 10 for name in said), wrong


def test_no_policy_allows_inline_or_evaluated_code(texts: dict[str, str]) -> None:
    mine = {name: text for name, text in texts.items() if name.startswith(("webapp/", "templates/"))}
    assert not lines_with("unsafe-inline|unsafe-eval", mine)
