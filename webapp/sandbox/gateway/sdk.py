"""The copy of Xendit's browser SDK that calls this sandbox, made from the published file.

In: xendit-components-web's bundled .mjs from npm. Out: the same bytes, with the addresses of Xendit's hosts replaced by
our own origin. The logic stays as it is. Every edit is counted, so another version fails at the start, with one
sentence, and not later in a browser.

To take another version, put the file under static/vendor and run `python -m webapp.sandbox.gateway.sdk FILE.mjs`.
Write the printed values into this module, and run it again until it prints ok. Then run the browser tests.
"""

import asyncio
import base64
import gzip
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import brotli

VERSION = "0.0.24"
SHA256 = "d9e3ca0f0d4b65ddd78677b4e3ebf1027049ee4f7637ecfd9bdbeec4e6ef7a65"
# The SDK writes one <style> element of constant text. A content security policy allows it by this hash.
STYLE_HASH = "sha256-yt2cpFJnw1YhKeh5PvNFiPuSCdLxExmO6SJP3eBEmh8="


HERE = Path(__file__).parents[1]


def published_file() -> Path | None:
    """Return Xendit's own file: in the wheel inside the package, in a clone among the shop's static files."""
    for folder in (HERE / "vendor", HERE.parents[1] / "static" / "vendor"):
        if (path := folder / f"xendit-components-web-{VERSION}.mjs").is_file():
            return path
    return None


class Edit(NamedTuple):
    """One replacement; `times` is how often `old` has to occur."""

    old: str
    new: str
    times: int


# A quoted literal becomes an expression, so one static file works on any origin and port.
EDITS = (
    Edit('"https://checkout-ui-gateway-prod-dev.xendit.co"', "location.origin", 1),
    Edit(
        f'"https://assets.xendit.co/components/secure-iframe-v{VERSION}.html"',
        '(location.origin+"/sandbox/secure-iframe.html")',
        4,
    ),
    Edit("https://assets.xendit.co/payment-session/flags/circle/", "/sandbox/flags/", 1),
    Edit("https://assets.xendit.co/payment-session/logos/", "/sandbox/logos/", 11),
    Edit("\n//# sourceMappingURL=index.mjs.map", "", 1),
)


class SdkMismatch(ValueError):
    """The file is not the one that the edits were made for. The message names the differences."""


def style_hash(source: str) -> str:
    """Return the hash of the SDK's own <style> element, for style-src in a policy."""
    found = re.search(r'createElement\("style"\);\w+\.textContent=("(?:[^"\\]|\\.)*")', source)
    if not found:
        return "no <style> element found"
    text: str = json.loads(found[1])
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def differences(pristine: bytes) -> list[str]:
    """Return the reasons why the edits cannot be made; none for the right file."""
    source = pristine.decode()
    found = [
        f"{edit.old.strip()} occurs {source.count(edit.old)} times, not {edit.times}"
        for edit in EDITS
        if source.count(edit.old) != edit.times
    ]
    if (actual := hashlib.sha256(pristine).hexdigest()) != SHA256:
        found.insert(0, f"SHA256 is {actual}, not {SHA256}")
    if (actual := style_hash(source)) != STYLE_HASH:
        found.append(f"STYLE_HASH is {actual}, not {STYLE_HASH}")
    return found


def edited(pristine: bytes) -> bytes:
    """Return the sandbox's copy. Raise SdkMismatch for another version."""
    if found := differences(pristine):
        raise SdkMismatch(f"This is not xendit-components-web {VERSION}: " + "; ".join(found))
    source = pristine.decode()
    for edit in EDITS:
        source = source.replace(edit.old, edit.new)
    return source.encode()


@dataclass
class SdkCopy:
    """The edited file, held in memory and compressed once."""

    body: bytes
    gzipped: bytes
    brotlied: bytes | None = None
    _compressing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def path(self) -> str:
        """Return the path. It names version and content, so browsers may cache it for ever."""
        return f"/sandbox/sdk/{VERSION}/{hashlib.sha256(self.body).hexdigest()[:12]}/xendit-components.mjs"

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


@lru_cache(maxsize=2)
def load(path: Path) -> SdkCopy:
    """Return the copy of the file at `path`. It is made once in a process, for any number of sandboxes."""
    body = edited(path.read_bytes())
    return SdkCopy(body, gzip.compress(body, compresslevel=6, mtime=0))


def main(path: Path) -> int:
    """Check a file as the sandbox's start does, and print the values that differ."""
    found = [f"differs: {line}" for line in differences(path.read_bytes())]
    agreed = f"ok: {path.name}, its hash, {len(EDITS)} edits and the style hash"
    sys.stdout.write("\n".join(found or [agreed]) + "\n")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m webapp.sandbox.gateway.sdk FILE.mjs")
    sys.exit(main(Path(sys.argv[1])))
