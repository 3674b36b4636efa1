"""Code in colour, by classes: JSON that was recorded, and the source of this very shop with its payload marked."""

import ast
import json
import re
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

ROOT = Path(__file__).parents[2]
SOURCES = {
    "components": "webapp/integrations/components.py",
    "payment_link": "webapp/integrations/payment_link.py",
    "invoice": "webapp/integrations/invoice.py",
    "status": "webapp/integrations/status.py",
    "refund": "webapp/integrations/refund.py",
    "capture": "webapp/integrations/capture.py",
    "saved_payment": "webapp/integrations/saved_payment.py",
    "customer": "webapp/integrations/customer.py",
    "subscription": "webapp/integrations/subscription.py",
    "webhooks": "webapp/integrations/webhooks.py",
    "outcomes": "webapp/integrations/outcomes.py",
    "errors": "webapp/integrations/errors.py",
    "browser": "static/js/components.js",
}
MASKED = re.compile(r"‹(masked: [^›]+)›")


def json_code(value: Any) -> Markup:
    """JSON, indented and coloured; what was masked is marked."""
    return code(json.dumps(value, indent=2, ensure_ascii=False), "json")


def changed_json(before: Any, after: Any) -> Markup:
    """Return JSON, indented and coloured, with the lines marked that differ from ``before``."""
    old, new = (json.dumps(value, indent=2, ensure_ascii=False).split("\n") for value in (before, after))
    same = SequenceMatcher(None, [line.rstrip(",") for line in old], [line.rstrip(",") for line in new], autojunk=False)
    kept = {number for block in same.get_matching_blocks() for number in range(block.b, block.b + block.size)}
    lines = [str(code(line, "json")).rstrip("\n") for line in new]
    marked = (line if number in kept else f"<mark>{line}</mark>" for number, line in enumerate(lines))
    return Markup("\n".join(marked))  # noqa: S704 - escaped by Pygments


@lru_cache(maxsize=512)
def code(text: str, language: str) -> Markup:
    """Return a text in colour. All of it is escaped by Pygments.

    The cache saves three quarters of the processor time of a panel shown again (tests/benchmarks/bench_shortcuts.py).
    """
    html = highlight(text, get_lexer_by_name(language, stripnl=False), HtmlFormatter(nowrap=True))
    return Markup(MASKED.sub(r"<mark>\1</mark>", html))  # noqa: S704 - escaped by Pygments


@lru_cache(maxsize=len(SOURCES))
def source(name: str) -> Markup:
    """Return one of SOURCES as it runs here, a ``<span id="line-7">`` a line, those of the payload marked.

    The cache saves two thirds of the processor time of ``GET /source/…`` (tests/benchmarks/bench_shortcuts.py).
    """
    text = (ROOT / SOURCES[name]).read_text(encoding="utf-8")
    in_python = SOURCES[name].endswith(".py")
    marked = payload_lines(text) if in_python else sdk_option_lines(text)
    lines = str(code(text, "python" if in_python else "js")).rstrip("\n").split("\n")
    rows = []
    for number, line in enumerate(_closed(lines), 1):
        kind = "ln payload" if number in marked else "ln"
        rows.append(f'<span class="{kind}" id="line-{number}">{line or " "}</span>')
    return Markup("".join(rows))  # noqa: S704 - escaped by Pygments


def portable_source(name: str) -> Markup:
    """Return one of SOURCES without ids, for a page that shows several."""
    return Markup(re.sub(r' id="line-\d+"', "", source(name)))  # noqa: S704 - escaped by Pygments


def source_url(name: str) -> str:
    """Return the address of one of SOURCES, at its first marked line if it has one."""
    marked = re.search(r'payload" id="(line-\d+)"', source(name))
    return f"/source/{name}#{marked[1]}" if marked else f"/source/{name}"


def excerpt(file: str, marked: str, around: int = 3) -> list[tuple[int, Markup, bool]]:
    """Return the numbered lines of a file around the one that holds this text, in colour; True marks that one."""
    lines = (ROOT / file).read_text(encoding="utf-8").split("\n")
    found = next(number for number, line in enumerate(lines, 1) if marked in line)
    numbers = range(max(1, found - around), min(len(lines), found + around) + 1)
    return [(number, code(lines[number - 1] or " ", "python"), number == found) for number in numbers]


def payload_lines(text: str) -> frozenset[int]:
    """Return the lines that build the request: each that assigns to ``payload``, with the ``if`` around it."""
    lines: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.AnnAssign | ast.Assign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(_root(target) == "payload" for target in targets):
                lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        elif isinstance(node, ast.If) and all(
            isinstance(child, ast.Assign) and _root(child.targets[0]) == "payload" for child in node.body
        ):
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return frozenset(lines)


def sdk_option_lines(text: str) -> frozenset[int]:
    """Return the lines of a script that give the SDK its key and options."""
    call = re.search(r"new XenditComponents\(\{.*?\}\);", text, re.DOTALL)
    if call is None:
        return frozenset()
    first, last = (text.count("\n", 0, end) + 1 for end in call.span())
    return frozenset(range(first, last + 1))


def _root(target: ast.expr) -> str | None:
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def _closed(lines: list[str]) -> list[str]:
    """Return each line with its own tags: a string over several lines is one span in Pygments' output."""
    open_tag, closed = "", []
    for line in lines:
        line = open_tag + line
        unclosed = line.count("<span") > line.count("</span>")
        open_tag = re.findall(r"<span[^>]*>", line)[-1] if unclosed else ""
        closed.append(line + ("</span>" if unclosed else ""))
    return closed
