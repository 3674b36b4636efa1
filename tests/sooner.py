"""Read once in a process: nearly every test starts a shop of its own, and templates and SQL are the same in all."""

from functools import cache
from typing import Any

import aiosql
from jinja2 import Environment, nodes

compile_template = Environment.compile
compiled: dict[tuple[str, str], Any] = {}


def compile_once(self: Environment, source: str | nodes.Template, name: Any = None, filename: Any = None) -> Any:
    """What is compiled depends on the file and its text alone: languages differ in what is rendered."""
    if filename is None or not isinstance(source, str):
        return compile_template(self, source, name, filename)
    if (filename, source) not in compiled:
        compiled[filename, source] = compile_template(self, source, name, filename)
    return compiled[filename, source]


def read_once() -> None:
    Environment.compile = compile_once
    aiosql.from_path = cache(aiosql.from_path)
