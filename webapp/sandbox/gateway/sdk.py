"""The copy of Xendit's browser SDK that calls this sandbox, made from the published file.

In: xendit-components-web's bundled .mjs from npm. Out: the same bytes, with the addresses of Xendit's hosts replaced by
the origin that the copy is loaded from. The logic stays as it is. Every edit is counted, so another version fails at
the start, with one sentence, and not later in a browser.

To take another version, put the file under static/vendor and run `python -m webapp.sandbox.gateway.sdk FILE.mjs`.
Write the printed values into this module, and run it again until it prints ok. Then run the browser tests.
"""

import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

VERSION = "0.0.24"
SHA256 = "d9e3ca0f0d4b65ddd78677b4e3ebf1027049ee4f7637ecfd9bdbeec4e6ef7a65"
# The SDK writes one <style> element of constant text. A content security policy allows it by this hash.
STYLE_HASH = "sha256-yt2cpFJnw1YhKeh5PvNFiPuSCdLxExmO6SJP3eBEmh8="


class Edit(NamedTuple):
    """One replacement; `times` is how often `old` has to occur."""

    old: str
    new: str
    times: int


# A quoted literal becomes an expression. So one static file works on any origin and port, also when a page of another
# origin loads it: it calls the place that it came from.
ORIGIN = "new URL(import.meta.url).origin"
EDITS = (
    Edit('"https://checkout-ui-gateway-prod-dev.xendit.co"', ORIGIN, 1),
    Edit(
        f'"https://assets.xendit.co/components/secure-iframe-v{VERSION}.html"',
        f'({ORIGIN}+"/sandbox/secure-iframe.html")',
        4,
    ),
    Edit("https://assets.xendit.co/payment-session/flags/circle/", f"${{{ORIGIN}}}/sandbox/flags/", 1),
    Edit('"https://assets.xendit.co/payment-session/logos/', f'{ORIGIN}+"/sandbox/logos/', 11),
    Edit("\n//# sourceMappingURL=index.mjs.map", "", 1),
)
# The data of the class XenditComponentsTest, which the SDK imports when a page uses it.
TEST_DATA_SHA256 = "9e3984f0b47f2ce58e92c6db61b905c739886f19075302e4b278eb649a2797b9"
TEST_DATA_EDITS = (
    Edit('"./index.mjs"', '"./xendit-components.mjs"', 1),
    Edit('"https://assets.xendit.co/payment-session/', f'{ORIGIN}+"/sandbox/', 6),
    Edit("\n//# sourceMappingURL=test-data.mjs.map", "", 1),
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


def differences(pristine: bytes, sha256: str = SHA256, edits: tuple[Edit, ...] = EDITS) -> list[str]:
    """Return the reasons why the edits cannot be made; none for the right file."""
    source = pristine.decode()
    found = [
        f"{edit.old.strip()} occurs {source.count(edit.old)} times, not {edit.times}"
        for edit in edits
        if source.count(edit.old) != edit.times
    ]
    if (actual := hashlib.sha256(pristine).hexdigest()) != sha256:
        found.insert(0, f"SHA256 is {actual}, not {sha256}")
    if edits is EDITS and (actual := style_hash(source)) != STYLE_HASH:
        found.append(f"STYLE_HASH is {actual}, not {STYLE_HASH}")
    return found


def edited(pristine: bytes, sha256: str = SHA256, edits: tuple[Edit, ...] = EDITS) -> bytes:
    """Return the sandbox's copy. Raise SdkMismatch for another version."""
    if found := differences(pristine, sha256, edits):
        raise SdkMismatch(f"This is not xendit-components-web {VERSION}: " + "; ".join(found))
    source = pristine.decode()
    for edit in edits:
        source = source.replace(edit.old, edit.new)
    return source.encode()


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
