"""Static files, held in memory and compressed once, under fingerprinted URLs that a browser may keep for ever."""

import gzip
import hashlib
from dataclasses import dataclass, field
from pathlib import Path

import anyio.to_thread
import brotli
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from webapp.accept import accepts

STATIC = Path(__file__).parents[2] / "static"
SDK = "vendor/xendit-components-web-0.0.24.mjs"
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".md": "text/markdown",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
}
COMPRESSIBLE = ("text/", "image/svg+xml", "application/json")


@dataclass
class Asset:
    """One file: its bytes, and each compressed form, made when a browser first asks for it."""

    path: str
    body: bytes
    media_type: str
    url: str
    compressed: dict[str, bytes] = field(default_factory=dict)

    async def encoded(self, encoding: str) -> bytes:
        """Return the bytes in ``br`` or ``gzip``, kept after the first time."""
        if encoding not in self.compressed:
            self.compressed[encoding] = await anyio.to_thread.run_sync(_compress, self.body, encoding)
        return self.compressed[encoding]


def load_assets(folder: Path = STATIC) -> dict[str, Asset]:
    """Read every file below ``static/``; keys are paths such as ``css/shop.css``."""
    assets = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            path, body = file.relative_to(folder).as_posix(), file.read_bytes()
            fingerprint = hashlib.sha256(body).hexdigest()[:12]
            media_type = TYPES.get(file.suffix, "application/octet-stream")
            assets[path] = Asset(path, body, media_type, f"/static/{fingerprint}/{path}")
    return assets


async def serve_asset(request: Request) -> Response:
    """Answer a file (``GET /static/{fingerprint}/{path}``). Under another deploy's fingerprint it is not to be kept."""
    assets: dict[str, Asset] = request.app.state.assets
    asset = assets.get(request.path_params["path"])
    if asset is None:
        raise HTTPException(404)
    current = asset.url == request.scope["path"]
    headers = {"Cache-Control": "public, max-age=31536000, immutable" if current else "no-store"}
    headers["Vary"] = "Accept-Encoding"
    accepted = request.headers.get("accept-encoding", "")
    body = asset.body
    if asset.media_type.startswith(COMPRESSIBLE):
        encoding = next((name for name in ("br", "gzip") if accepts(accepted, name)), None)
        if encoding:
            body = await asset.encoded(encoding)
            headers["Content-Encoding"] = encoding
    return Response(body, media_type=asset.media_type, headers=headers)


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=11 if len(body) < 100_000 else 9))
    return gzip.compress(body, 9, mtime=0)
