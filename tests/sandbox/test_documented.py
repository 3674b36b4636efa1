"""The documented requests are accepted, and answered with the documented keys and types.

documented.json restates the examples of docs.xendit.co (guides and API reference) and of Xendit's OpenAPI file: bodies
with values of our own, answers by their types. One example is not here: mode CARDS_SESSION_JS, which is not imitated.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.conftest import CUSTOMER, SAVE, Rig

pytestmark = pytest.mark.anyio
DOCUMENTED = json.loads(Path(__file__).with_name("documented.json").read_text(encoding="utf-8"))
# An answer may have keys that its example lacks or shows as null: the guide of 2024 is older than `capture_method`.
NEWER = {"capture_method", "payment_link_url", "actions", "immediate_payment"}
# The example of the OpenAPI file answers with settings that its own request did not send.
NOT_SENT = {"session save payment-link spec": {"channel_properties", "allowed_payment_channels"}}


def shape(value: Any) -> Any:
    """Return the types in a JSON value, without keys that are null. A list is known by its first entry."""
    if isinstance(value, dict):
        return {name: shape(child) for name, child in value.items() if child is not None}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return {str: "text", bool: "yes or no", int: "number", float: "number"}[type(value)]


async def fill(rig: Rig, body: dict[str, Any]) -> dict[str, Any]:
    """Put ids that exist in the place of those of the example."""
    if "payment_tokens" not in body:
        return body
    session = await rig.create(SAVE | {"customer": CUSTOMER})
    await rig.settle(session)
    saved = await rig.session(session)
    token = {"payment_token_id": saved["payment_token_id"], "rank": 1}
    return body | {"customer_id": saved["customer_id"], "payment_tokens": [token]}


@pytest.mark.parametrize("name", DOCUMENTED)
async def test_a_documented_request_is_accepted_and_answered_alike(rig: Rig, name: str) -> None:
    example = DOCUMENTED[name]
    answer = await rig.api.post(example["path"], json=await fill(rig, example["body"]))
    assert answer.is_success, answer.text
    if "answer" not in example:
        return
    found, documented = shape(answer.json()), example["answer"]
    alike = set(documented) - NOT_SENT.get(name, set())
    assert {key: found.get(key) for key in alike} == {key: documented[key] for key in alike}
    assert set(found) - set(documented) <= NEWER
