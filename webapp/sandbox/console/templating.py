"""The templates of the console, in English only, and the headers of its pages."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

HOME = Path(__file__).parents[1]
STATIC = HOME / "static" / "console"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(HOME / "templates")
    return Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)


def page(name: str, status: int, **context: Any) -> HTMLResponse:
    """Return a page or a part of one."""
    usual = {"tab": "", "problem": ""}
    return HTMLResponse(_environment().get_template(f"console/{name}.html").render(usual | context), status, HEADERS)
