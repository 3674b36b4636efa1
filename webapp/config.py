"""The settings of the shop, read once from the environment."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from webapp.accounts import read_keys, read_tokens, refuse_wrong_keys, shared_markets
from webapp.address import hosters_address
from webapp.brand_settings import read_brand
from webapp.env import (
    ConfigError,
    load_env_file,
    read_database_url,
    read_environment,
    read_flag,
    read_level,
    read_number,
    read_origin,
    read_origins,
    read_port,
    read_secret,
)
from webapp.keep import Keep, read_keep
from webapp.shop.brand import SELAT, Brand
from webapp.shop.currencies import CURRENCIES

XENDIT_API_URL = "https://api.xendit.co"


@dataclass(frozen=True)
class Settings:
    """The settings of one shop. Tests pass their own to ``create_app``."""

    app_url: str = "http://localhost:8000"
    """The shop's own origin, used for return URLs, the webhook address and the same-origin check."""
    address_unknown: bool = False  # behind a proxy: pages show the command that sets APP_URL
    sandbox: bool = True  # call the built-in one, which serves all eight markets, instead of Xendit
    api_keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secret API keys by currency. Only the markets with a key are open."""
    brand: Brand = SELAT
    shared_markets: frozenset[str] = frozenset()  # those that XENDIT_API_KEY serves
    component_origins: tuple[str, ...] = ()  # where Components may run; by default at ``app_url``
    secret_key: str = field(default="", repr=False)  # signs the cookie; all workers must share it
    xendit_api_url: str = XENDIT_API_URL
    database_url: str = "sqlite:///var/shop.db"
    keep: Keep = field(default_factory=Keep)
    webhook_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    """``x-callback-token`` by currency. The key ``""`` is for markets without their own."""
    log_level: str = "INFO"
    port: int = 8000
    workers: int = 1
    rate_limits: bool = True  # of requests per minute from one address
    apple_domain_association: str = ""
    security_contact: str = ""
    on_heroku: bool = False  # whose disk is wiped every day
    behind_proxy: bool = False  # the visitor's address is the last of ``X-Forwarded-For``, which the proxy appends

    def __post_init__(self) -> None:
        set_ = object.__setattr__
        set_(self, "secret_key", self.secret_key or secrets.token_hex(32))
        set_(self, "component_origins", self.component_origins or (self.app_url,))
        if self.sandbox:
            set_(self, "api_keys", {code: f"xnd_development_sandbox_{code.lower()}" for code in CURRENCIES})
            token = self.webhook_tokens.get("") or self.derived_secret("webhook token")
            set_(self, "webhook_tokens", {"": token})  # one for all: the sandbox sends no other

    def derived_secret(self, purpose: str) -> str:
        """Return the secret for a purpose, derived from ``secret_key`` and so equal in every worker."""
        return hmac.digest(self.secret_key.encode(), purpose.encode(), hashlib.sha256).hex()

    @property
    def is_https(self) -> bool:
        """Return True if ``app_url`` is https."""
        return self.app_url.startswith("https://")

    @property
    def cookie_prefix(self) -> str:
        """Return the beginning of each cookie's name. Cookies know no ports, so at http the port is in it."""
        return "__Host-selat" if self.is_https else f"selat-{urlsplit(self.app_url).port or 80}"

    @property
    def sandbox_url(self) -> str:
        """Return the origin of a sandbox that runs alone, or an empty text. Xendit's own API is https."""
        return self.xendit_api_url if self.xendit_api_url.startswith("http://") and not self.sandbox else ""

    @property
    def sandbox_sdk_url(self) -> str:
        """Return the address of the browser SDK in a sandbox that runs alone, or an empty text."""
        return self.sandbox_url and f"{self.sandbox_url}/sdk/xendit-components.mjs"

    @property
    def accepts_return_urls(self) -> bool:
        """Return True if return URLs may be sent. Xendit accepts only https; the sandbox accepts http too."""
        return self.sandbox or bool(self.sandbox_url) or self.is_https

    @property
    def badge(self) -> str:
        """Return ``Sandbox``, ``Test mode`` or ``Live``."""
        if self.sandbox:
            return "Sandbox"
        return "Live" if any(key.startswith("xnd_production_") for key in self.api_keys.values()) else "Test mode"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings that the environment gives. Raises ConfigError."""
        env = read_environment(os.environ if environ is None else environ)
        port = read_port(env.get("PORT") or "8000")
        sandbox, workers = read_flag(env, "SANDBOX") or not read_keys(env), read_number(env, "WEB_CONCURRENCY", 1)
        if not sandbox:
            refuse_wrong_keys(env, allow_production=read_flag(env, "ALLOW_PRODUCTION_KEYS"))
        database_url = read_database_url(env.get("DATABASE_URL") or "sqlite:///var/shop.db")
        on_heroku, address = bool(env.get("DYNO")), env.get("APP_URL") or hosters_address(env, port)
        several = on_heroku or database_url.startswith("postgres") or (workers > 1 and not sandbox)
        behind_proxy = read_flag(env, "BEHIND_PROXY", default=on_heroku)
        return cls(
            app_url=read_origin("APP_URL", address or f"http://localhost:{port}"),
            address_unknown=not address and (on_heroku or behind_proxy),
            sandbox=sandbox,
            api_keys=read_keys(env),
            brand=read_brand(env, () if sandbox else read_keys(env).values()),
            shared_markets=frozenset() if sandbox else shared_markets(env),
            component_origins=read_origins("COMPONENT_ORIGINS", env.get("COMPONENT_ORIGINS") or ""),
            secret_key=read_secret(env, Path("var/secret_key"), shared=several),
            xendit_api_url=read_origin("XENDIT_API_URL", env.get("XENDIT_API_URL") or XENDIT_API_URL),
            database_url=database_url,
            keep=read_keep(env),
            webhook_tokens=read_tokens(env),
            log_level=read_level(env.get("LOG_LEVEL") or "INFO"),
            port=port,
            workers=workers,
            apple_domain_association=env.get("APPLE_DOMAIN_ASSOCIATION", ""),
            security_contact=env.get("SECURITY_CONTACT", ""),
            rate_limits=read_flag(env, "RATE_LIMITS", default=True),
            on_heroku=on_heroku,
            behind_proxy=behind_proxy,
        )


def settings_or_exit() -> Settings:
    """Return the settings from ``.env`` and the environment. Exit with a message if one is invalid."""
    try:
        load_env_file(Path(__file__).parents[1] / ".env")
        return Settings.from_env()
    except ConfigError as error:
        raise SystemExit(f"selat: {error}") from None
