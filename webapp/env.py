"""Read and check single environment variables. Each function raises ConfigError for an invalid value."""

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import idna
from dotenv import load_dotenv

MIN_SECRET_LENGTH = 32
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
PORTS = {"http": 80, "https": 443}
QUOTED = re.compile(r"^([\"'“”‘’])(.*)[\"'“”‘’]$", re.DOTALL)
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
POSTGRES_PARAMETERS = {
    *("host", "port", "user", "password", "database", "dbname", "passfile", "sslmode", "sslrootcert", "sslcert"),
    *("sslkey", "sslcrl", "sslpassword", "target_session_attrs", "application_name"),
}
HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")


class ConfigError(ValueError):
    """An invalid setting. The message says how to correct it."""


def read_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables without blanks, quotes and zero-width characters round their values."""
    return {name: QUOTED.sub(r"\2", INVISIBLE.sub("", value).strip()).strip() for name, value in environ.items()}


def load_env_file(path: Path) -> None:
    """Put the project's own ``.env`` into the environment, where it does not say otherwise. Raises ConfigError."""
    try:
        load_dotenv(path, encoding="utf-8-sig")
    except (UnicodeDecodeError, ValueError):
        raise ConfigError("Save .env as UTF-8: it can't be read as it is.") from None
    except OSError as error:
        raise ConfigError(f"Make .env readable, or remove it: {error.strerror}.") from None


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


def read_origins(name: str, value: str) -> tuple[str, ...]:
    """Return the origins of a list with commas. Raises ConfigError."""
    return tuple(read_origin(name, part.strip()) for part in value.split(",") if part.strip())


def read_database_url(value: str) -> str:
    """Return the address of a database, of Postgres with the parameters that asyncpg knows. Raises ConfigError."""
    if value.startswith(("postgres://", "postgresql://")):
        try:
            parts = urlsplit(value)
            known = [(name, text) for name, text in parse_qsl(parts.query) if name in POSTGRES_PARAMETERS]
            if parts.port != 0:
                base = value.partition("?")[0]
                return f"{base}?{urlencode(known)}" if known else base
        except ValueError:  # its text may hold the password
            pass
    elif re.fullmatch(r"sqlite:///[^~?#:\0][^?#:\0]*", value):
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
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise ConfigError(f"Set {name} to a whole number.")
    return int(value)


def read_level(value: str) -> str:
    """Return a level of the log, in capitals. Raises ConfigError."""
    if value.upper() not in LOG_LEVELS:
        raise ConfigError(f"Set LOG_LEVEL to one of {', '.join(LOG_LEVELS)}.")
    return value.upper()


def read_port(value: str) -> int:
    """Return a TCP port. Raises ConfigError."""
    if not re.fullmatch(r"[0-9]{1,9}", value) or not 0 < int(value) < 65536:
        raise ConfigError("Set PORT to a number from 1 to 65535.")
    return int(value)


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
            descriptor, name = tempfile.mkstemp(dir=path.parent, prefix="secret-")  # readable by its owner
            try:
                with os.fdopen(descriptor, "w") as file:  # closed before it is linked: Windows wants that
                    file.write(secrets.token_hex(32))
                    file.flush()
                    os.fsync(file.fileno())
                with suppress(FileExistsError):  # another process was faster
                    os.link(name, path)
            finally:
                os.unlink(name)
        secret = path.read_text().strip()
    except OSError as error:
        raise ConfigError(f"Set SECRET_KEY, or make {path} writable: {error.strerror}.") from None
    except UnicodeDecodeError:
        secret = ""
    if len(secret) < MIN_SECRET_LENGTH:
        raise ConfigError(f"Delete {path}, or set SECRET_KEY: that file holds no secret.")
    return secret
