"""Read and check single environment variables. Each function raises ConfigError for an invalid value."""

import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import idna

PORTS = {"http": 80, "https": 443}
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


class ConfigError(ValueError):
    """An invalid setting. The message says how to correct it."""


def read_origin(name: str, value: str) -> str:
    """Return an origin as browsers write it: ``https://shop.example:8443``. Raises ConfigError for anything else."""
    try:
        parts = urlsplit(value.removesuffix("/"))
        host = (parts.hostname or "").removesuffix(".")
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
        port = parts.port
    except ValueError:  # idna's errors too
        host, port = "", None
    plain = HOST.fullmatch(host) and port != 0 and parts.scheme in PORTS
    if not plain or parts.path or parts.query or parts.fragment or parts.username:
        raise ConfigError(f"Set {name} to an origin such as https://shop.example, without a path.")
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + ("" if port in (None, PORTS[parts.scheme]) else f":{port}")


def read_database_url(value: str) -> str:
    """Return a Postgres or SQLite URL unchanged. Raises ConfigError."""
    if value.startswith(("postgres://", "postgresql://", "sqlite:///")):
        return value
    raise ConfigError("Set DATABASE_URL to postgres://user:password@host/name or sqlite:///path/to/file.db.")


def read_flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    """Return a flag written as 1 or 0, true or false, yes or no. Raises ConfigError."""
    value = env.get(name, "").lower() or ("1" if default else "0")
    if value not in ("0", "1", "true", "false", "yes", "no"):
        raise ConfigError(f"Set {name} to 1 or 0.")
    return value in ("1", "true", "yes")


def read_number(env: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number. Raises ConfigError."""
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise ConfigError(f"Set {name} to a whole number.")
    return int(value)


def read_port(value: str) -> int:
    """Return a TCP port. Raises ConfigError."""
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ConfigError("Set PORT to a number from 1 to 65535.")
    return int(value)


def local_secret(path: Path) -> str:
    """Return the secret in this file, which is created once. All workers of a machine share it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
