"""The files of one-click deploys: each says what its platform takes, and what it runs, runs."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.faults.processes import free_port

ROOT = Path(__file__).parent.parent
START_SECONDS = 60

# https://devcenter.heroku.com/articles/app-json-schema
HEROKU = {
    *("name", "description", "keywords", "website", "repository", "logo", "success_url", "scripts", "env", "formation"),
    *("addons", "buildpacks", "environments", "stack", "image"),
}
HEROKU_VARIABLE = {"description", "value", "required", "generator"}
# https://render.com/docs/blueprint-spec
RENDER_SERVICE = {
    *("type", "name", "runtime", "plan", "region", "branch", "buildCommand", "startCommand", "preDeployCommand"),
    *("healthCheckPath", "envVars", "autoDeployTrigger", "numInstances", "domains", "disk", "rootDir"),
}
RENDER_VARIABLE = [{"key", "value"}, {"key", "generateValue"}, {"key", "sync"}, {"key", "fromDatabase"}]


def loaded(name: str) -> Any:
    text = (ROOT / name).read_text(encoding="utf-8")
    return json.loads(text) if name.endswith(".json") else yaml.safe_load(text)


def test_herokus_button_asks_for_nothing() -> None:
    app = loaded("app.json")
    assert set(app) <= HEROKU
    assert app["success_url"] == "/walkthrough"
    assert app["buildpacks"] == [{"url": "heroku/python"}]
    for name, variable in app["env"].items():
        assert re.fullmatch("[A-Z_]+", name) and set(variable) <= HEROKU_VARIABLE, name
        assert all(isinstance(variable.get(key, ""), str) for key in ("description", "value")), name
        assert variable.get("generator", "secret") == "secret"
        assert variable.get("required") is False or {"value", "generator"} & set(variable), name
    assert all(isinstance(addon, str) and ":" in addon for addon in app["addons"])
    assert set(app["formation"]["web"]) == {"quantity", "size"}
    processes = dict(re.findall(r"^(\w+): (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE))
    assert set(processes) == {"web", "release"}


def test_renders_blueprint_is_what_it_takes() -> None:
    blueprint = loaded("render.yaml")
    assert set(blueprint) == {"services", "databases"}
    (service,), (database,) = blueprint["services"], blueprint["databases"]
    assert set(service) <= RENDER_SERVICE and (service["type"], service["runtime"]) == ("web", "python")
    assert all(set(variable) in RENDER_VARIABLE for variable in service["envVars"])
    assert all(isinstance(variable.get("value", ""), str) for variable in service["envVars"])
    named = [variable["fromDatabase"] for variable in service["envVars"] if "fromDatabase" in variable]
    assert named == [{"name": database["name"], "property": "connectionString"}]
    assert "--require-hashes" in service["buildCommand"]


def test_compose_starts_the_shop_after_its_database() -> None:
    compose = loaded("compose.yaml")
    shop, database = compose["services"]["shop"], compose["services"]["db"]
    assert set(compose) == {"services", "volumes"}
    assert shop["build"] == "." and shop["depends_on"] == {"db": {"condition": "service_healthy"}}
    user, password = (database["environment"][f"POSTGRES_{name}"] for name in ("USER", "PASSWORD"))
    assert shop["environment"]["DATABASE_URL"] == f"postgres://{user}:{password}@db/{user}"
    assert "ports" not in database and database["healthcheck"]["test"]
    assert {mount.partition(":")[0] for mount in database["volumes"]} == set(compose["volumes"])


def steps(name: str = "Dockerfile") -> list[tuple[str, str]]:
    """The instructions of a Dockerfile, in its order."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith("#")]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def test_the_container_is_small_and_nobody_is_root_in_it() -> None:
    words = [word for word, _ in steps()]
    assert words.count("FROM") == 1 and dict(steps())["FROM"].endswith("-slim")
    assert words.index("USER") < words.index("CMD") and dict(steps())["USER"] == "shop"


def test_all_that_a_container_is_built_from_is_let_in_and_nothing_else() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    allowed = {line.removeprefix("!") for line in ignored if line.startswith("!")}
    copied = {
        source
        for name in ("Dockerfile", "Dockerfile.sandbox")
        for word, rest in steps(name)
        if word == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert ignored[0] == "*" and {source.split("/")[0] for source in copied} == allowed
    assert all((ROOT / source).exists() for source in copied)


def test_what_the_container_copies_is_a_whole_shop(tmp_path: Path) -> None:
    """The Dockerfile by hand: only what it copies, its environment, its command, its health check."""
    for word, rest in steps():
        if word == "COPY":
            source, target = (part.rstrip("/") for part in rest.split())
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, tmp_path / target)
    (tmp_path / "var").mkdir()
    port = free_port()
    declared = dict(pair.split("=") for pair in dict(steps())["ENV"].split())
    assert set(declared) == {"PORT", "PYTHONUNBUFFERED"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {"PATH": path, "PYTHONUNBUFFERED": "1", "PORT": str(port)}
    command = json.loads(dict(steps())["CMD"])
    check = shlex.split(dict(steps())["HEALTHCHECK"].removeprefix("CMD "))
    shop = subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until = time.monotonic() + START_SECONDS
        while subprocess.run(check, cwd=tmp_path, env=env, capture_output=True).returncode:
            assert shop.poll() is None and time.monotonic() < until
        url = f"http://localhost:{port}"
        assert httpx.get(f"{url}/walkthrough").status_code == 200
        assert httpx.get(f"{url}/source/components").status_code == 200
    finally:
        shop.terminate()
        output, _ = shop.communicate(timeout=30)
    assert "migrated: 0001_orders.sql" in output
    assert subprocess.run(check, cwd=tmp_path, env=env, capture_output=True).returncode == 1


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "render.yaml"])
def test_each_is_short_enough_to_be_read(name: str) -> None:
    assert len((ROOT / name).read_text().splitlines()) <= 30
