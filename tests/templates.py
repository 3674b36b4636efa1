"""Templates are compiled once in a process: nearly every test starts a shop of its own, with the same templates."""

from typing import Any

from jinja2 import Environment, nodes

usual = Environment.compile
compiled: dict[tuple[str, str], Any] = {}


def compile_once() -> None:
    """What is compiled depends on the file and its text alone: languages differ in what is rendered."""

    def compile(self: Environment, source: str | nodes.Template, name: Any = None, filename: Any = None) -> Any:
        if filename is None or not isinstance(source, str):
            return usual(self, source, name, filename)
        if (filename, source) not in compiled:
            compiled[filename, source] = usual(self, source, name, filename)
        return compiled[filename, source]

    Environment.compile = compile
