"""Seeds: a list of calls that fill a sandbox, and what becomes of the objects that they create."""

import base64
from typing import Any

import httpx
from starlette.types import ASGIApp

from ..codec import dumps, loads
from ..errors import SandboxError, bad_request
from ..retention import delete_all
from ..store import Store

JSON = dict[str, Any]
KEY = "xnd_development_seed"
DECISIONS = ("pay", "decline", "expire")
IDS = ("payment_session_id", "payment_request_id", "id")
FIELDS = ("path", "body", "key", "method", "then")


async def seed(app: ASGIApp, steps: Any) -> list[JSON]:
    """Run the calls in their order and return the answers. Raise SandboxError at the first that fails."""
    if not isinstance(steps, list):
        raise bad_request("INVALID_SEED", 'A seed is a list of calls: [{"path": "/v2/invoices", "body": {…}}]')
    answers = []
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        for number, step in enumerate(steps, 1):
            answers.append(await _run(client, number, step))
    return answers


async def fill(app: ASGIApp, store: Store, steps: Any) -> None:
    """Run the calls in an empty sandbox. If one fails, leave it empty, so that the next start tries again."""
    try:
        await seed(app, steps)
    except Exception:
        await delete_all(store)
        raise


async def _run(client: httpx.AsyncClient, number: int, step: Any) -> JSON:
    if not isinstance(step, dict) or set(step) - set(FIELDS) or not str(step.get("path", "")).startswith("/"):
        raise bad_request("INVALID_SEED", f"Call {number} needs a path, and takes {', '.join(FIELDS)} only")
    if not all(isinstance(step.get(name, ""), str) for name in ("path", "key", "method")):
        raise bad_request("INVALID_SEED", f"Call {number}: path, key and method are text")
    if step.get("then", DECISIONS[0]) not in DECISIONS:
        raise bad_request("INVALID_SEED", f"Call {number}: then is one of {', '.join(DECISIONS)}")
    credentials = base64.b64encode(f"{step.get('key', KEY)}:".encode()).decode()
    headers = {"authorization": f"Basic {credentials}"}
    method, content = step.get("method", "POST"), dumps(step.get("body", {}))
    try:
        answer = await client.request(method, step["path"], content=content, headers=headers)
    except httpx.InvalidURL as error:
        raise bad_request("INVALID_SEED", f"Call {number}: {error}") from None
    if answer.is_success and "then" in step:
        created = _json_of(answer, number)
        object_id = next((created[name] for name in IDS if name in created), None)
        if object_id is None:
            raise bad_request("INVALID_SEED", f"Call {number} creates nothing that one can {step['then']}")
        answer = await client.post(f"/_sandbox/{step['then']}/{object_id}")
    if not answer.is_success:
        raise SandboxError(422, "SEED_FAILED", f"Call {number} was answered with {answer.status_code}: {answer.text}")
    return _json_of(answer, number)


def _json_of(answer: httpx.Response, number: int) -> JSON:
    try:
        found: JSON = loads(answer.content)
    except ValueError:
        raise bad_request("INVALID_SEED", f"Call {number} is none of the API: its answer is no JSON") from None
    return found
