"""The key that signs the visitor's cookies: from the settings, or made once and kept in a file."""

import os
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from webapp.env import ConfigError

MIN_SECRET_LENGTH = 32


def read_secret(env: Mapping[str, str], path: Path, *, shared: bool) -> str:
    """Return ``SECRET_KEY``, or else the secret kept at ``path``. Raises ConfigError.

    ``shared``: whether other machines may serve the same shop, which a file of this one would not tell.
    """
    given = env.get("SECRET_KEY") or ""
    if given and len(given) < MIN_SECRET_LENGTH:
        raise ConfigError(f"SECRET_KEY is too short: set it to {MIN_SECRET_LENGTH} random characters or more.")
    if not given and shared:
        raise ConfigError("Set SECRET_KEY to a long random text: all workers must sign cookies with the same key.")
    return given or local_secret(path)


def local_secret(path: Path) -> str:
    """Return the secret in this file, which is created once, whole. All workers of a machine share it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix="secret-") as file:  # readable by its owner
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
                with suppress(FileExistsError):  # another process was faster
                    os.link(file.name, path)
        secret = path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"Set SECRET_KEY, or make {path} writable: {error.strerror}.") from None
    except UnicodeDecodeError:
        secret = ""
    if len(secret) < MIN_SECRET_LENGTH:
        raise ConfigError(f"Delete {path}, or set SECRET_KEY: that file holds no secret.")
    return secret
