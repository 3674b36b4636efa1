"""Add cryptography for Intel Macs to requirements.txt: pip-compile leaves out what other machines don't need.

It has no wheel there from version 49 on. `make lock` pipes the lock of the older version in.
"""

import re
import sys
from pathlib import Path

RUNTIME = Path("requirements.txt")
MARKER = 'sys_platform == "darwin" and platform_machine == "x86_64"'


def with_intel_mac(runtime: str, older: str) -> str:
    """Return the lock file with an entry of ``older`` for Intel Macs after the one for all other machines."""
    entry = re.search(r"^cryptography==\S+ \\\n(?:    --hash\S+(?: \\)?\n)+", older, re.MULTILINE)
    if entry is None:
        raise SystemExit("no lock of cryptography was piped in")
    marked = entry[0].replace(" \\\n", f" ; {MARKER} \\\n", 1)
    return re.sub(r"(^cryptography==(?:.*\n)(?: .*\n)+)", lambda found: found[0] + marked, runtime, flags=re.MULTILINE)


if __name__ == "__main__":
    RUNTIME.write_text(with_intel_mac(RUNTIME.read_text(), sys.stdin.read()))
