"""A recorded call as something to run: curl for a shell, Python with httpx. The key comes from $XENDIT_API_KEY."""

import json
import shlex
from collections.abc import Mapping
from typing import Any


def curl(call: Mapping[str, Any]) -> str:
    """The call as a shell command. The body is a quoted here-document: nothing in it means anything to the shell."""
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
    """The call as a script. Needs httpx and nothing else."""
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
    """JSON as Python writes it: True, None, and a comma after each item."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, Mapping) and value:
        items = (f"{inner}{_text(str(name))}: {_literal(child, depth + 1)},\n" for name, child in value.items())
        return "{\n" + "".join(items) + outer + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_literal(child, depth + 1)},\n" for child in value) + outer + "]"
    return _text(value) if isinstance(value, str) else repr(value)


def _text(text: str) -> str:
    """A string in double quotes: JSON's escapes mean the same in Python, but for a pair of surrogates."""
    return json.dumps(text, ensure_ascii=False)
