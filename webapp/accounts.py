"""Read the keys of Xendit's accounts. Each function raises ConfigError for a key that must not be used."""

import re
from collections.abc import Mapping

from webapp.env import ConfigError
from webapp.shop.currencies import CURRENCIES

PLAIN_HTTP = re.compile("http://", re.IGNORECASE)
PLAIN_HTTP_ELSEWHERE = re.compile(r"http://(?!(?:localhost|127\.0\.0\.1|\[::1\])(?::|/|$))", re.IGNORECASE)


def read_keys(env: Mapping[str, str]) -> dict[str, str]:
    """Return the API keys by currency. XENDIT_API_KEY serves each market without its own (Xendit's Global Account)."""
    found = {code: env.get(f"{code}_API_KEY") or env.get("XENDIT_API_KEY") for code in CURRENCIES}
    return {code: key for code, key in found.items() if key}


def shared_markets(env: Mapping[str, str]) -> frozenset[str]:
    """Return the currencies that XENDIT_API_KEY serves."""
    return frozenset(code for code in CURRENCIES if env.get("XENDIT_API_KEY") and not env.get(f"{code}_API_KEY"))


def read_tokens(env: Mapping[str, str]) -> dict[str, str]:
    """Return the webhook tokens by currency. The key ``""`` is for markets without their own."""
    tokens = {code: env[f"{code}_WEBHOOK_TOKEN"] for code in CURRENCIES if env.get(f"{code}_WEBHOOK_TOKEN")}
    return tokens | ({"": env["XENDIT_WEBHOOK_TOKEN"]} if env.get("XENDIT_WEBHOOK_TOKEN") else {})


def refuse_wrong_keys(env: Mapping[str, str], *, allow_production: bool) -> None:
    """Raise ConfigError for a public key, and for one that takes real money unless that is allowed, and by https."""
    for name in (*(f"{code}_API_KEY" for code in CURRENCIES), "XENDIT_API_KEY"):
        key = env.get(name) or ""
        if key.startswith("xnd_public_"):
            raise ConfigError(f"Put the secret key into {name}: this one is public and is meant for browsers.")
        if key.startswith("xnd_production_") and not allow_production:
            raise ConfigError(
                f"{name} is a production key: use a test key, or set ALLOW_PRODUCTION_KEYS=1 to allow it."
            )
        if key.startswith("xnd_production_"):
            _refuse_plain_http(env, name)


def _refuse_plain_http(env: Mapping[str, str], key_name: str) -> None:
    for name, plain in (("XENDIT_API_URL", PLAIN_HTTP), ("APP_URL", PLAIN_HTTP_ELSEWHERE)):
        if plain.match(env.get(name) or ""):
            raise ConfigError(f"{name} must be https: {key_name} is a production key.")
