"""Print which files and functions of `webapp/` are longer than the house rules allow: part of `make check`."""

import ast
from collections.abc import Iterator
from pathlib import Path

FILE_LINES, FUNCTION_LINES = 150, 40
CODE = (".py", ".sql", ".html", ".css", ".js")
PAYLOADS = Path("webapp/integrations")  # a payload is one literal, however long


def span(node: ast.stmt | ast.expr) -> set[int]:
    """Return the numbers of the lines that a node covers."""
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yield each function's name and length; the payload literals of integrations do not count."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = span(node)
            if path.is_relative_to(PAYLOADS):
                lines -= {line for inner in ast.walk(node) if isinstance(inner, ast.Dict) for line in span(inner)}
            yield f"{path}:{node.lineno} {node.name}", len(lines)


def print_longest(title: str, sizes: list[tuple[str, int]], limit: int) -> None:
    """Print what is longer than the limit, the longest first."""
    too_long = sorted((size, name) for name, size in sizes if size > limit)
    print(f"{title} over {limit} lines: {len(too_long) or 'none'}")
    for size, name in reversed(too_long):
        print(f"{size:7,}  {name}")


if __name__ == "__main__":
    files = [path for path in sorted(Path("webapp").rglob("*")) if path.suffix in CODE]
    file_sizes = [(str(path), len(path.read_text(encoding="utf-8").splitlines())) for path in files]
    print_longest("Files", file_sizes, FILE_LINES)
    print_longest("Functions", [f for path in files if path.suffix == ".py" for f in functions(path)], FUNCTION_LINES)
