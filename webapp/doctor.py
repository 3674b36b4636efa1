"""Check the settings for ``python -m webapp doctor``, and say how to correct them.

Each key is tried once with a session that doesn't exist: 404 means a valid key, 401 an invalid one.
"""

from dataclasses import dataclass

import httpx

from webapp.config import Settings
from webapp.database.connection import database_from_url
from webapp.database.errors import DatabaseUnavailable
from webapp.database.migrate import unapplied
from webapp.integrations.errors import XenditError
from webapp.integrations.status import get_payment_session
from webapp.orders.order_book import OrderBook
from webapp.shop.brand import Brand

NO_SESSION = "ps-000000000000000000000000"


@dataclass(frozen=True)
class Finding:
    """A result of the check; ``ok`` is False if something must be corrected."""

    ok: bool
    sentence: str


async def examine(settings: Settings, client: httpx.AsyncClient) -> list[Finding]:
    """Return the findings about the settings. Each API key costs one call to Xendit."""
    others = [await _database(settings), *_brand(settings.brand)]
    if settings.sandbox:
        return [
            Finding(True, "The sandbox answers instead of Xendit, in all eight markets. Nothing else is needed."),
            Finding(True, "To use your own account, put a test key into IDR_API_KEY (or another market's)."),
            *others,
        ]
    findings = [await _key(settings, client, currency) for currency in settings.api_keys]
    if settings.is_https:
        findings.append(Finding(True, f"{settings.app_url} is https, so Components and return URLs work."))
    else:
        problem = f"{settings.app_url} is not https: Xendit refuses it as an origin of Components and in return URLs."
        findings.append(Finding(False, f"{problem} Use `make run-https`, a tunnel, or deploy; then set APP_URL."))
    for origin in settings.component_origins:
        if not origin.startswith("https://") and origin != settings.app_url:
            findings.append(Finding(False, f"COMPONENT_ORIGINS has {origin}, which is not https: Xendit refuses it."))
    findings += [_tokens(settings), *others]
    return findings


def _brand(brand: Brand) -> list[Finding]:
    if brand.is_selat:
        return []
    own = sum(not product.fails_with for product in brand.products.values())
    products = "the coffee" if brand.sells_coffee else f"{own} products"
    colour, logo = f"#{brand.colour}" if brand.colour else "the shop's own colour", "a" if brand.logo else "no"
    return [Finding(True, f"The shop is {brand.name}, in {colour}, with {logo} logo, and sells {products}.")]


async def _database(settings: Settings) -> Finding:
    kind = "Postgres" if settings.database_url.startswith("postgres") else "SQLite"
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


async def _key(settings: Settings, client: httpx.AsyncClient, currency: str) -> Finding:
    name, key = f"{currency}_API_KEY", settings.api_keys[currency]
    try:
        await get_payment_session(client, key, NO_SESSION, api_url=settings.xendit_api_url)
    except XenditError as error:
        return _verdict(name, error)
    return Finding(False, f"{name}: Xendit knows a session that can't exist. Check XENDIT_API_URL.")


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
