"""/openapi.json tells what is served, and asks for what the checks ask for."""

import re
from typing import Any

import pytest

from tests.sandbox.conftest import Rig

pytestmark = pytest.mark.anyio
WITHOUT_BODY = ("cancel", "expire!", "expire", "deactivate", "force_attempt")


async def operations(rig: Rig) -> list[tuple[str, str, dict[str, Any]]]:
    answer = await rig.api.get("/openapi.json", auth=("", ""))
    assert answer.status_code == 200
    described = answer.json()
    assert described["openapi"].startswith("3.")
    return [(path, method, each) for path, methods in described["paths"].items() for method, each in methods.items()]


async def test_each_operation_is_served_and_asks_for_a_key(rig: Rig) -> None:
    found = await operations(rig)
    assert len(found) > 35
    assert len({each["operationId"] for _, _, each in found}) == len(found)
    for path, method, _ in found:
        answer = await rig.api.request(method, re.sub(r"\{\w+\}", "none", path), auth=("", ""))
        assert (answer.status_code, answer.json()["error_code"]) == (401, "INVALID_API_KEY"), path
        with_key = await rig.api.request(method, re.sub(r"\{\w+\}", "none", path), json={})
        assert with_key.status_code != 501, path


async def test_each_call_that_takes_a_body_says_what_it_takes(rig: Rig) -> None:
    for path, method, operation in await operations(rig):
        takes = method in ("post", "patch") and path.rpartition("/")[2] not in WITHOUT_BODY
        assert ("requestBody" in operation) == takes, path
        named = [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]
        assert named == re.findall(r"\{(\w+)\}", path)


async def test_what_is_required_is_what_a_call_without_it_is_refused_for(rig: Rig) -> None:
    checked = 0
    for path, method, operation in await operations(rig):
        if "requestBody" not in operation or "{" in path:
            continue
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        answer = await rig.api.request(method, path, json={})
        assert [each["path"] for each in answer.json()["errors"]] == [f"/body/{name}" for name in schema["required"]]
        checked += 1
    assert checked >= 6


async def test_limits_enums_and_formats_are_told(rig: Rig) -> None:
    found = {(path, method): operation for path, method, operation in await operations(rig)}
    session = found["/sessions", "post"]["requestBody"]["content"]["application/json"]["schema"]["properties"]
    assert session["reference_id"] == {"type": "string", "minLength": 1, "maxLength": 64}
    assert session["subscription"]["properties"]["schedule"]["properties"]["anchor_date"]["format"] == "date-time"
    assert session["customer"]["properties"]["mobile_number"]["pattern"].startswith("^")
    query = {each["name"]: each["schema"] for each in found["/v2/invoices", "get"]["parameters"]}
    assert query["limit"] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert query["statuses"]["items"]["enum"] == ["PENDING", "PAID", "SETTLED", "EXPIRED"]
    assert {"created_after", "paid_before", "expired_after", "last_invoice", "payment_channels"} <= set(query)
