"""Check the settings for ``python -m webapp doctor``, and say how to correct them.

Each key is tried once with a session that doesn't exist: 404 means a valid key, 401 an invalid one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from webapp.config import Settings
from webapp.database.connection import database_from_url
from webapp.database.errors import DatabaseUnavailable
from webapp.database.migrate import unapplied
from webapp.integrations.errors import XenditError
from webapp.integrations.status import get_payment_session
from webapp.markets import channels_by_currency
from webapp.orders.order_book import OrderBook

NO_SESSION = "ps-000000000000000000000000"


@dataclass(frozen=True)
class Finding:
    """A result of the check; ``ok`` is False if something must be corrected."""

    ok: bool
    sentence: str


async def examine(settings: Settings, client: httpx.AsyncClient) -> list[Finding]:
    """Return the findings about the settings. Each API key costs one call to Xendit."""
    address, others = _address(settings), [await _database(settings)]
    others += [] if settings.brand.is_selat else [Finding(True, settings.brand.summary)]
    if settings.sandbox:
        return [
            address,
            Finding(True, "The sandbox answers instead of Xendit, in all eight markets. Nothing else is needed."),
            Finding(True, "To use your own account, put a test key into IDR_API_KEY (or another market's)."),
            *others,
        ]
    own = [code for code in settings.api_keys if code not in settings.shared_markets]
    findings = [await _key(settings, client, currency) for currency in own]
    findings += [*await _shared_key(settings, client), address]
    for origin in settings.component_origins:
        if not origin.startswith("https://") and origin != settings.app_url:
            findings.append(Finding(False, f"COMPONENT_ORIGINS has {origin}, which is not https: Xendit refuses it."))
    findings += [_tokens(settings), *others]
    return findings


def _address(settings: Settings) -> Finding:
    url = settings.app_url
    if settings.address_unknown:
        return Finding(False, "Nothing tells the shop its address: set APP_URL, such as https://shop.example.")
    if settings.is_https:
        return Finding(True, f"{url} is https, so Components and return URLs work.")
    if not settings.accepts_return_urls:
        problem = f"{url} is not https: Xendit refuses it as an origin of Components and in return URLs."
        return Finding(False, f"{problem} Use `make run-https`, a tunnel, or deploy; then set APP_URL.")
    if urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1"):
        return Finding(True, f"{url} opens on this machine. `python -m webapp lan` lets phones of its network in.")
    return Finding(True, f"{url} opens in its network. Without https it is for a demonstration only.")


async def _database(settings: Settings) -> Finding:
    kind = "Postgres" if settings.database_url.startswith("postgres") else "SQLite"
    if settings.on_heroku and kind == "SQLite":
        return Finding(False, "A dyno's disk is wiped every day: run `heroku addons:create heroku-postgresql`.")
    database = database_from_url(settings.database_url)
    try:
        await database.open()
    except DatabaseUnavailable as error:
        return Finding(False, f"The database ({kind}) can't be opened ({error}). Check DATABASE_URL.")
    try:
        if missing := await unapplied(database):
            advice = (
                "Run `python -m webapp migrate`." if kind == "Postgres" else "The shop's start brings it up to date."
            )
            return Finding(kind == "SQLite", f"The database ({kind}) lacks {', '.join(missing)}. {advice}")
        await OrderBook(database, sandbox=settings.sandbox).check_writable()
    except DatabaseUnavailable as error:
        return Finding(False, f"The database ({kind}) can't be written ({error}).")
    finally:
        await database.close()
    return Finding(True, f"The database ({kind}) is there, up to date, and can be written.")


async def _key(settings: Settings, client: httpx.AsyncClient, currency: str, name: str = "") -> Finding:
    name, key = name or f"{currency}_API_KEY", settings.api_keys[currency]
    try:
        await get_payment_session(client, key, NO_SESSION, api_url=settings.xendit_api_url)
    except XenditError as error:
        return _verdict(name, error)
    return Finding(False, f"{name}: Xendit knows a session that can't exist. Check XENDIT_API_URL.")


async def _shared_key(settings: Settings, client: httpx.AsyncClient) -> list[Finding]:
    """Return a finding for each market that has no key of its own."""
    markets = [code for code in settings.api_keys if code in settings.shared_markets]
    if not markets:
        return []
    try:
        channels = await channels_by_currency(settings, client, settings.api_keys[markets[0]])
    except XenditError as error:
        return [_verdict("XENDIT_API_KEY", error)]
    if channels is None:
        key = await _key(settings, client, markets[0], "XENDIT_API_KEY")
        return [key, Finding(True, f"It is used for {', '.join(markets)}: Xendit doesn't say which of them it opens.")]
    return [_market(code, channels.get(code, 0)) for code in markets]


def _market(currency: str, channels: int) -> Finding:
    if channels:
        return Finding(True, f"{currency}: XENDIT_API_KEY opens this market. Payment channels: {channels}.")
    problem = f"{currency}: XENDIT_API_KEY has no payment channel in this market."
    return Finding(False, f"{problem} Set {currency}_API_KEY, or ask Xendit to open it.")


def _verdict(name: str, error: XenditError) -> Finding:
    code = error.error_code
    if error.status == 404:
        return Finding(True, f"{name}: Xendit accepts it.")
    if code == "UNAUTHORIZED_SENDER_IP":
        advice = "Add this server's address there (Dashboard, Settings > IP allowlist), or empty the list."
        return Finding(False, f"{name}: the account's IP allowlist does not include this server. {advice}")
    if error.status == 401:
        return Finding(False, f"{name}: Xendit does not know this key. Copy it again (Dashboard, Settings > API keys).")
    if error.status == 403:
        advice = "Give it write permission for Money-in products (Dashboard, Settings > API keys)."
        return Finding(False, f"{name}: this key may not do that ({code}). {advice}")
    if error.status == 429:
        return Finding(False, f"{name}: Xendit has too many requests just now. Try again in a minute.")
    if error.status == 0:
        advice = "Check the network, a proxy, and XENDIT_API_URL."
        return Finding(False, f"{name}: Xendit did not answer ({code}). {advice}")
    return Finding(False, f"{name}: Xendit answered {error.status} {code}. Try again; if it stays, ask Xendit.")


def _tokens(settings: Settings) -> Finding:
    without = [code for code in settings.api_keys if code not in settings.webhook_tokens]
    if "" in settings.webhook_tokens or not without:
        return Finding(True, f"Webhooks are accepted at {settings.app_url}/webhooks/xendit.")
    advice = "Copy it from the Dashboard, Settings > Webhooks, into XENDIT_WEBHOOK_TOKEN."
    markets = ", ".join(without)
    return Finding(False, f"No webhook token for {markets}: orders become paid only while their page is open. {advice}")
