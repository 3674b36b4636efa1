"""The SDK's copies as files: held in memory, compressed, at an address of their content and at a stable one."""

import asyncio
import gzip
import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

import brotli
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..settings import SandboxSettings
from . import sdk

HOME = Path(__file__).parents[1]
FOR_EVER, NOT_LONG = "public, max-age=31536000, immutable", "no-cache"


def vendor_file(name: str) -> Path:
    """Return the path of others' file: in the wheel inside the package, in a clone among the shop's static files."""
    inside = HOME / "vendor" / name
    return inside if inside.is_file() else HOME.parents[1] / "static" / "vendor" / name


def published_file() -> Path:
    """Return the path of Xendit's own SDK."""
    return vendor_file(f"xendit-components-web-{sdk.VERSION}.mjs")


@dataclass
class SdkCopy:
    """An edited file, held in memory and compressed once it is asked for."""

    name: str
    body: bytes
    brotlied: bytes | None = None
    _compressing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @cached_property
    def hash(self) -> str:
        """Return the hash of the content, for the address."""
        return hashlib.sha256(self.body).hexdigest()[:12]

    @cached_property
    def gzipped(self) -> bytes:
        """Return the gzip form."""
        return gzip.compress(self.body, compresslevel=6, mtime=0)

    async def compress(self) -> None:
        """Make the Brotli form, which takes half a second: in a thread, after the first request for it."""
        async with self._compressing:
            if self.brotlied is None:
                self.brotlied = await asyncio.to_thread(brotli.compress, self.body, quality=10)

    def negotiate(self, accept_encoding: str) -> tuple[bytes, str | None]:
        """Return the smallest form that is ready and accepted, and its Content-Encoding."""
        if self.brotlied and "br" in accept_encoding:
            return self.brotlied, "br"
        return (self.gzipped, "gzip") if "gzip" in accept_encoding else (self.body, None)

    def route(self, folder: str, cache_control: str) -> Route:
        """Return the route that serves the copy. A page of any origin may load it; it holds nothing secret."""

        async def serve(request: Request) -> Response:
            accepted = request.headers.get("accept-encoding", "")
            body, encoding = self.negotiate(accepted)
            headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding", "Access-Control-Allow-Origin": "*"}
            return Response(
                body,
                media_type="text/javascript",
                headers=headers | ({"Content-Encoding": encoding} if encoding else {}),
                background=BackgroundTask(self.compress) if "br" in accepted else None,
            )

        return Route(f"{folder}/{self.name}", serve)


@lru_cache(maxsize=2)
def load(path: Path) -> tuple[SdkCopy, SdkCopy]:
    """Return the copies of the file at `path` and of the one that it imports, once for all sandboxes of a process."""
    test_data = path.with_name(f"{path.stem}-test-data.mjs").read_bytes()
    return (
        SdkCopy("xendit-components.mjs", sdk.edited(path.read_bytes())),
        SdkCopy("test-data.mjs", sdk.edited(test_data, sdk.TEST_DATA_SHA256, sdk.TEST_DATA_EDITS)),
    )


def folder_of(copy: SdkCopy) -> str:
    """Return the folder of the copies. It names version and content, so browsers may cache them for ever."""
    return f"/sandbox/sdk/{sdk.VERSION}/{copy.hash}"


def routes(settings: SandboxSettings) -> list[Route]:
    """Return the routes of the copies, in the folder of their content and, alone, in a stable one."""
    if settings.sdk_path is None:
        return []
    copies = load(settings.sdk_path)
    fixed = [copy.route(folder_of(copies[0]), FOR_EVER) for copy in copies]
    return fixed + [copy.route("/sdk", NOT_LONG) for copy in copies if settings.standalone]
