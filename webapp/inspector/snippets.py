"""Turn a recorded call into a curl command or a Python script, to be run later and against one's own account.

Both read the key from $XENDIT_API_KEY. References and dates are computed when they run, addresses of this machine give
way to ``https://your-shop.example``, and a comment says what to replace.
"""

import json
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

REFERENCE, EXPIRY, ANCHOR = "@REFERENCE@", "@EXPIRES_AT@", "@ANCHOR_DATE@"
SHOP = "https://your-shop.example"
OURS = ("reference_id", "external_id")
OWN_ID = re.compile(r"(?<=[/=])(?=[^/&?]*\d)(?:[a-z]+[-_][\w-]{8,}|[0-9a-f]{24})(?=[/&?]|$)")
OWN_ADDRESS = re.compile(r"^(http://[^/]+|https://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)")
# BSD's date, as on a Mac, or else GNU's
_SHELL = {
    REFERENCE: ("reference", '"order-$(date +%s)"'),
    EXPIRY: (
        "expires_at",
        "$(date -u -v+30M +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -d '+30 minutes' +%Y-%m-%dT%H:%M:%SZ)",
    ),
    ANCHOR: (
        "anchor_date",
        "$(date -u -v+1m +%Y-%m-01T00:00:00Z 2>/dev/null || "
        'date -u -d "$(date -u +%Y-%m-15) +1 month" +%Y-%m-01T00:00:00Z)',
    ),
}
_PYTHON = {
    REFERENCE: ("reference", 'f"order-{now:%Y%m%d%H%M%S}"'),
    EXPIRY: ("expires_at", '(now + timedelta(minutes=30)).isoformat(timespec="seconds")'),
    ANCHOR: ("anchor_date", '(now.replace(day=1) + timedelta(days=32)).strftime("%Y-%m-01T00:00:00Z")'),
}


def curl(call: Mapping[str, Any]) -> str:
    """Return the call as a shell command. The body is a quoted here-document, which the shell does not expand."""
    request, url, headers = reusable(call["request"]), shlex.quote(call["url"]), _headers(call)
    own = "".join(f" \\\n  --header {_shell_header(name, value)}" for name, value in headers.items())
    if request is None:
        method = "" if call["method"] == "GET" else f"--request {call['method']} "
        return "\n".join([*_replace_lines(call), f'curl {method}{url} \\\n  --user "$XENDIT_API_KEY:"{own}\n'])
    body = json.dumps(request, indent=2, ensure_ascii=False)
    used = [placeholder for placeholder in _SHELL if placeholder in body]
    lines = [*_replace_lines(call), *(f"{name}={value}" for name, value in (_SHELL[each] for each in used))]
    fill = "".join(f' -e "s/{each}/${_SHELL[each][0]}/g"' for each in used)
    first = f"sed{fill} <<'JSON' | curl {url} \\" if used else f"curl {url} \\"
    header = '  --user "$XENDIT_API_KEY:" --header "Content-Type: application/json"' + own + " \\"
    lines += [first, header, "  --data-binary @-" if used else "  --data-binary @- <<'JSON'", body, "JSON"]
    return "\n".join(lines) + "\n"


def python(call: Mapping[str, Any]) -> str:
    """Return the call as a Python script that needs only httpx."""
    request = reusable(call["request"])
    text = json.dumps(request, ensure_ascii=False)
    used = [placeholder for placeholder in _PYTHON if placeholder in text]
    headers = _headers(call)
    body = f"    headers={_literal(headers, 1)},\n" if headers else ""
    body += "" if request is None else f"    json={_literal(request, 1)},\n"
    head = [*_replace_lines(call), "import os"]
    head += ["from datetime import UTC, datetime, timedelta"] if used else []
    values = ["now = datetime.now(UTC)", *(f"{name} = {value}" for name, value in (_PYTHON[each] for each in used))]
    return (
        "\n".join(head)
        + "\n\nimport httpx\n\n"
        + ("\n".join(values) + "\n" if used else "")
        + f"response = httpx.{call['method'].lower()}(\n"
        f"    {json.dumps(call['url'])},\n"
        '    auth=(os.environ["XENDIT_API_KEY"], ""),\n'
        f"{body})\n"
        "print(response.status_code, response.json())\n"
    )


def reusable(request: Any) -> Any:
    """Return the body with placeholders for what is valid once or for a while, and without this machine's address."""
    if not isinstance(request, Mapping):
        return request
    reference = _reference(request)
    dates = {"expires_at": EXPIRY, "anchor_date": ANCHOR}

    def renewed(name: str, text: str) -> str:
        if name in dates:
            return dates[name]
        text = OWN_ADDRESS.sub(SHOP, text)
        return text.replace(reference, REFERENCE) if reference else text

    return _walk("", request, renewed)


def _walk(name: str, value: Any, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _walk(str(key), child, change) for key, child in value.items()}
    if isinstance(value, list):
        return [_walk(name, child, change) for child in value]
    return change(name, value) if isinstance(value, str) else value


def _reference(request: Any) -> str | None:
    found = next((request[name] for name in OURS if name in request), None) if isinstance(request, Mapping) else None
    return found if isinstance(found, str) and len(found) > 8 else None


def _headers(call: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that a library does not send by itself, such as ``api-version``."""
    sent, reference = call.get("request_headers") or {}, _reference(call["request"])
    own = {name: value for name, value in sent.items() if name not in ("authorization", "content-type")}
    return {name: REFERENCE if value == reference else value for name, value in own.items()}


def _shell_header(name: str, value: str) -> str:
    return f'"{name}: $reference"' if value == REFERENCE else shlex.quote(f"{name}: {value}")


def _replace_lines(call: Mapping[str, Any]) -> Iterator[str]:
    """Return comments about what is the reader's own."""
    body = json.dumps(reusable(call["request"]))
    if SHOP in body:
        yield f"# Replace {SHOP} with your shop's address: https, as Xendit asks."
    if '"customer"' in body:
        yield "# Replace the customer with yours, under a reference that stays the same for this person."
    names = dict.fromkeys(re.findall(r'"(\w+_id)": "', body))
    yield from (f"# Replace the {name} with one of your own account." for name in names if name not in OURS)
    for found in dict.fromkeys(OWN_ID.findall(call["url"])):
        yield f"# Replace {found} in the address with an id of your own account."


def _literal(value: Any, depth: int) -> str:
    """Return JSON as a Python literal, with a comma after each item."""
    inner, outer = "    " * (depth + 1), "    " * depth
    if isinstance(value, Mapping) and value:
        items = (f"{inner}{_text(str(name))}: {_literal(child, depth + 1)},\n" for name, child in value.items())
        return "{\n" + "".join(items) + outer + "}"
    if isinstance(value, list) and value:
        return "[\n" + "".join(f"{inner}{_literal(child, depth + 1)},\n" for child in value) + outer + "]"
    return _filled(value) if isinstance(value, str) else repr(value)


def _filled(text: str) -> str:
    """Return a string, with the variables that its placeholders stand for put in by ``+``."""
    parts = re.split(f"({'|'.join(_PYTHON)})", text)
    return " + ".join(_PYTHON[part][0] if part in _PYTHON else _text(part) for part in parts if part) or '""'


def _text(text: str) -> str:
    """Return a string in double quotes. JSON's escapes mean the same in Python, except surrogate pairs."""
    return json.dumps(text, ensure_ascii=False)
