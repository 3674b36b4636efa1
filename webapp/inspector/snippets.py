"""Turn a recorded call into a curl command or a Python script. Both read the key from $XENDIT_API_KEY."""

import json
import shlex
from collections.abc import Mapping
from typing import Any


def curl(call: Mapping[str, Any]) -> str:
    """Return the call as a shell command. The body is a quoted here-document, which the shell does not expand."""
    lines = [f"curl {shlex.quote(call['url'])} \\", '  --user "$XENDIT_API_KEY:"']
    if call["method"] not in ("GET", "POST") or (call["method"] == "POST" and call["request"] is None):
        lines[0] = f"curl --request {call['method']} {shlex.quote(call['url'])} \\"
    if call["request"] is None:
        return "\n".join(lines) + "\n"
    body = json.dumps(call["request"], indent=2, ensure_ascii=False)
    lines[-1] += " \\"
    lines += ['  --header "Content-Type: application/json" \\', "  --data-binary @- <<'JSON'", body, "JSON"]
    return "\n".join(lines) + "\n"


def python(call: Mapping[str, Any]) -> str:
    """Return the call as a Python script that needs only httpx."""
    body = "" if call["request"] is None else f"    json={_literal(call['request'], 1)},\n"
    return (
        "import os\n\nimport httpx\n\n"
        f"response = httpx.{call['method'].lower()}(\n"
        f"    {json.dumps(call['url'])},\n"
        '    auth=(os.environ["XENDIT_API_KEY"], ""),\n'
        f"{body})\n"
        "print(response.status_code, response.json())\n"
    )


def _literal(value: Any, depth: int) -> str:
    """Return JSON as a Python literal, with a comma after each item."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, Mapping) and value:
        items = (f"{inner}{_text(str(name))}: {_literal(child, depth + 1)},\n" for name, child in value.items())
        return "{\n" + "".join(items) + outer + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_literal(child, depth + 1)},\n" for child in value) + outer + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    """Return a string in double quotes. JSON's escapes mean the same in Python, except surrogate pairs."""
    return json.dumps(text, ensure_ascii=False)
