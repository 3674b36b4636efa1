"""Read and check single environment variables. Each function raises ConfigError for an invalid value."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import idna
from dotenv import load_dotenv

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
    if not value.isascii() or not value.isdigit():
        raise ConfigError(f"Set {name} to a whole number.")
    return int(value)


def read_port(value: str) -> int:
    """Return a TCP port. Raises ConfigError."""
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ConfigError("Set PORT to a number from 1 to 65535.")
    return int(value)


def read_log_level(env: Mapping[str, str]) -> str:
    """Return the lowest level that is logged. Raises ConfigError."""
    level = (env.get("LOG_LEVEL") or "INFO").upper()
    if level not in LOG_LEVELS:
        raise ConfigError(f"Set LOG_LEVEL to one of {', '.join(LOG_LEVELS)}.")
    return level


def is_live(key: str) -> bool:
    """Return whether a key takes real money."""
    return key.startswith("xnd_production_")


def refuse_wrong_keys(keys: Mapping[str, str], *, allow_production: bool) -> None:
    """Raise ConfigError for a public key, and for one that takes real money unless that is allowed."""
    for code, key in keys.items():
        name = f"{code}_API_KEY"
        if key.startswith("xnd_public_"):
            raise ConfigError(f"Put the secret key into {name}: this one is public and is meant for browsers.")
        if is_live(key) and not allow_production:
            raise ConfigError(
                f"{name} is a production key: use a test key, or set ALLOW_PRODUCTION_KEYS=1 to allow it."
            )
