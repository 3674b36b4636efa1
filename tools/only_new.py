"""Reduce requirements-dev.txt to what requirements.txt does not pin: `make lock` runs this after pip-compile."""

import re
from pathlib import Path

RUNTIME, DEVELOPMENT = Path("requirements.txt"), Path("requirements-dev.txt")


def pins(lock: str) -> dict[str, str]:
    """Return each entry of a lock file, with its hashes and comments, by its first words: ``name==version``."""
    entries = (entry.strip() for entry in re.split(r"\n(?=\S)", lock))
    return {entry.partition(" \\")[0]: entry for entry in entries}


def only_new(development: str, runtime: str) -> str:
    """Return a lock file that includes the run-time one and adds what only development needs."""
    locked = pins(runtime)
    new = [entry for pin, entry in pins(development).items() if pin not in locked]
    return "\n".join([f"-r {RUNTIME}", *new]) + "\n"


if __name__ == "__main__":
    DEVELOPMENT.write_text(only_new(DEVELOPMENT.read_text(), RUNTIME.read_text()))
