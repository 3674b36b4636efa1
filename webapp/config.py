"""Every environment variable, read once; nonsense is refused at start with a sentence that says what to do."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

CURRENCY_CODES = ("IDR", "PHP", "MYR", "THB", "VND", "SGD", "HKD", "MXN")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class ConfigError(ValueError):
    """A setting that can't be: the message is one sentence that says what to do."""


@dataclass(frozen=True)
class Settings:
    """What the shop was told. ``create_app(Settings(...))`` makes any shop that a test wants."""

    app_url: str = "http://localhost:8000"
    """The shop's own origin: return URLs, the webhook address and the same-origin check come from it."""
    sandbox: bool = True
    """The built-in sandbox answers instead of Xendit, and serves all eight markets."""
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secret API keys by currency; with them, only these markets are open."""
    component_origins: tuple[str, ...] = ()
    """Origins on which Components may run; the origin of ``app_url`` unless told otherwise."""
    secret_key: str = field(default="", repr=False)
    """Signs the cookie. Several workers need the same one."""
    xendit_api_url: str = "https://api.xendit.co"
    database_url: str = "sqlite:///var/shop.db"
    webhook_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``x-callback-token`` by currency; the key ``""`` is for every market without its own."""
    log_level: str = "INFO"
    port: int = 8000
    rate_limits: bool = True
    """Refuse more than a person does: so many checkouts, status questions and webhooks a minute from one address."""
    apple_domain_association: str = ""
    security_contact: str = ""
    behind_proxy: bool = False
    """A proxy appends the visitor's address to ``X-Forwarded-For``: believe its last entry, and only that one."""

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "secret_key", self.secret_key or secrets.token_hex(32))
        set_(self, "component_origins", self.component_origins or (self.app_url,))
        if self.sandbox:
            set_(self, "api_keys", {code: f"xnd_development_sandbox_{code.lower()}" for code in CURRENCY_CODES})
            if not self.webhook_tokens:
                set_(self, "webhook_tokens", {"": self.derived_secret("webhook token")})

    def derived_secret(self, purpose: str) -> str:
        """A secret of its own for each purpose, the same in every worker that shares ``secret_key``."""
        return hmac.digest(self.secret_key.encode(), purpose.encode(), hashlib.sha256).hex()

    @property
    def is_https(self) -> bool:
        """Whether visitors reach the shop by https."""
        return self.app_url.startswith("https://")

    @property
    def accepts_return_urls(self) -> bool:
        """Xendit takes https return URLs only; the sandbox takes http too."""
        return self.sandbox or self.is_https

    @property
    def badge(self) -> str:
        """Which Xendit answers: ``Sandbox``, ``Test mode`` or ``Live``."""
        if self.sandbox:
            return "Sandbox"
        return "Live" if any(key.startswith("xnd_production_") for key in self.api_keys.values()) else "Test mode"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment. Raises ConfigError."""
        env = {name: value.strip() for name, value in (os.environ if environ is None else environ).items()}
        port = _port(env.get("PORT") or "8000")
        keys = {code: env[f"{code}_API_KEY"] for code in CURRENCY_CODES if env.get(f"{code}_API_KEY")}
        sandbox = _flag(env, "SANDBOX") or not keys
        if not sandbox:
            _refuse_wrong_keys(keys, allow_production=_flag(env, "ALLOW_PRODUCTION_KEYS"))
            if not env.get("SECRET_KEY") and _number(env, "WEB_CONCURRENCY", 1) > 1:
                raise ConfigError("Set SECRET_KEY to a long random text: several workers must sign cookies alike.")
        level = (env.get("LOG_LEVEL") or "INFO").upper()
        if level not in LOG_LEVELS:
            raise ConfigError(f"Set LOG_LEVEL to one of {', '.join(LOG_LEVELS)}.")
        origins = tuple(part.strip() for part in env.get("COMPONENT_ORIGINS", "").split(",") if part.strip())
        tokens = {code: env[f"{code}_WEBHOOK_TOKEN"] for code in CURRENCY_CODES if env.get(f"{code}_WEBHOOK_TOKEN")}
        if env.get("XENDIT_WEBHOOK_TOKEN"):
            tokens[""] = env["XENDIT_WEBHOOK_TOKEN"]
        return cls(
            app_url=_origin("APP_URL", env.get("APP_URL") or f"http://localhost:{port}"),
            sandbox=sandbox,
            api_keys=keys,
            component_origins=tuple(_origin("COMPONENT_ORIGINS", origin) for origin in origins),
            secret_key=env.get("SECRET_KEY") or _local_secret(Path("var/secret_key")),
            xendit_api_url=_origin("XENDIT_API_URL", env.get("XENDIT_API_URL") or "https://api.xendit.co"),
            database_url=_database_url(env.get("DATABASE_URL") or "sqlite:///var/shop.db"),
            webhook_tokens=tokens,
            log_level=level,
            port=port,
            apple_domain_association=env.get("APPLE_DOMAIN_ASSOCIATION", ""),
            security_contact=env.get("SECURITY_CONTACT", ""),
            rate_limits=_flag(env, "RATE_LIMITS", default=True),
            behind_proxy=_flag(env, "BEHIND_PROXY", default=bool(env.get("DYNO"))),
        )


def _refuse_wrong_keys(keys: Mapping[str, str], *, allow_production: bool) -> None:
    for code, key in keys.items():
        name = f"{code}_API_KEY"
        if key.startswith("xnd_public_"):
            raise ConfigError(f"Put the secret key into {name}: this one is public and is meant for browsers.")
        if key.startswith("xnd_production_") and not allow_production:
            raise ConfigError(f"{name} is a production key: use a test key, or set ALLOW_PRODUCTION_KEYS=1 to mean it.")


def _origin(name: str, value: str) -> str:
    """``https://shop.example:8443``: scheme and host, no path. Raises ConfigError."""
    try:
        parts = urlsplit(value.removesuffix("/"))
        well_formed = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well_formed = False
    if not well_formed or parts.path or parts.query or parts.fragment or parts.username:
        raise ConfigError(f"Set {name} to an origin such as https://shop.example, without a path.")
    return f"{parts.scheme}://{parts.netloc}".lower()


def _database_url(value: str) -> str:
    if value.startswith(("postgres://", "postgresql://", "sqlite:///")):
        return value
    raise ConfigError("Set DATABASE_URL to postgres://user:password@host/name or sqlite:///path/to/file.db.")


def _flag(env: Mapping[str, str], name: str, *, default: bool = False) -> bool:
    value = env.get(name, "").lower() or ("1" if default else "0")
    if value not in ("0", "1", "true", "false", "yes", "no"):
        raise ConfigError(f"Set {name} to 1 or 0.")
    return value in ("1", "true", "yes")


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit():
        raise ConfigError(f"Set {name} to a whole number.")
    return int(value)


def _port(value: str) -> int:
    if not value.isascii() or not value.isdigit() or not 0 < int(value) < 65536:
        raise ConfigError("Set PORT to a number from 1 to 65535.")
    return int(value)


def _local_secret(path: Path) -> str:
    """This machine's own secret, made once, so that cookies outlive a restart and its workers agree on them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()
