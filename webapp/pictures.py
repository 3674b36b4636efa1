"""Read and check the picture files that an operator names: a logo, or what a product looks like."""

import re
from pathlib import Path
from xml.etree import ElementTree as XML

from webapp.env import ConfigError
from webapp.shop.product import Picture

MAX_BYTES = 200_000
TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp"}
BEGINNINGS = {".png": rb"\x89PNG\r\n\x1a\n", ".jpg": rb"\xff\xd8\xff", ".webp": rb"RIFF....WEBP"}
RUNS = {
    "script",
    "foreignobject",
    "iframe",
    "embed",
    "object",
    "audio",
    "video",
    "handler",
    "listener",
    "set",
    "animate",
}
ELSEWHERE = re.compile(r"@import|url\(\s*['\"]?(?!#|data:image/)|https?://", re.IGNORECASE)


def read_picture(where: str, path: Path, suffixes: tuple[str, ...] = tuple(TYPES)) -> Picture:
    """Return the file; ``where`` begins the sentence of a ConfigError, which says what is wrong with it.

    An SVG is served as an image only, under a policy that forbids everything. Yet one that could run or load something
    is refused, because people copy files.
    """
    suffix = path.suffix.lower().replace(".jpeg", ".jpg")
    if suffix not in suffixes:
        raise ConfigError(f"{where} needs a file that ends in {' or '.join(suffixes)}, not {path.name}.")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise ConfigError(f"{where}: {path} has {size:,} bytes, at most {MAX_BYTES:,} are taken.")
        body = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None)
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{where}: {path} can't be read ({reason or 'no such name'}).") from None
    if problem := _svg_problem(body) if suffix == ".svg" else _other_problem(body, suffix):
        raise ConfigError(f"{where}: {path} {problem}.")
    return Picture(f"picture{suffix}", body, TYPES[suffix])


def _other_problem(body: bytes, suffix: str) -> str:
    right = re.match(BEGINNINGS[suffix], body, re.DOTALL)
    return "" if right else f"is no {suffix.removeprefix('.').upper()}, whatever its name says"


def _svg_problem(body: bytes) -> str:
    """Return what is wrong with an SVG, or an empty text."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "is no SVG in UTF-8"
    if re.search(r"<!(DOCTYPE|ENTITY)|<\?xml-stylesheet", text, re.IGNORECASE):
        return "has a document type or a stylesheet of its own: save it as plain SVG"
    try:
        root = XML.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))  # noqa: S314 (entities are refused above)
    except (XML.ParseError, ValueError):
        return "is no well-formed SVG"
    if _local(root.tag) != "svg":
        return "is no SVG, whatever its name says"
    return next(filter(None, map(_element_problem, root.iter())), "")


def _element_problem(element: XML.Element) -> str:
    tag = _local(element.tag)
    if tag in RUNS or tag.startswith("animate"):
        return f"holds <{tag}>, which a logo does without: remove it"
    if tag == "style" and ELSEWHERE.search(element.text or ""):
        return "loads something from elsewhere in its <style>: remove that"
    for name, value in element.items():
        name = _local(name)
        if name.startswith("on"):
            return f"holds the event handler {name}: remove it"
        if name in ("href", "src") and not re.match(r"\s*(#|data:image/(png|jpeg|webp)[;,])", value):
            return f"refers to {value[:40]}, outside of itself: remove that"
        if name not in ("href", "src") and re.search(r"url\(\s*['\"]?(?!#)|javascript:", value, re.IGNORECASE):
            return f"loads something from elsewhere in its attribute {name}: remove that"
    return ""


def _local(name: object) -> str:
    """Return a name without its namespace, in small letters; a comment has none."""
    return name.rpartition("}")[2].lower() if isinstance(name, str) else ""
