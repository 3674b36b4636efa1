"""Serve the shop (``python -m webapp``; ``lan`` for phones in its network, ``serve`` for hosters), ``migrate`` its
database, or ask the ``doctor``.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import segno

from webapp.config import Settings, settings_or_exit
from webapp.database.connection import Database, database_from_url
from webapp.database.errors import DatabaseUnavailable
from webapp.database.migrate import migrate
from webapp.doctor import examine
from webapp.server import serve
from webapp.web.phones import is_local, network_host
from webapp.xendit.client import xendit_client

HINTS = {
    "DuplicatePreparedStatementError": "pgbouncer must run in session mode.",
    "OperationalError": "Is its folder one that this program may write to?",
    "InvalidPasswordError": "Check the password in DATABASE_URL.",
    "InvalidCatalogNameError": "There is no database of that name: check DATABASE_URL.",
}


def main() -> None:
    """Run the command that the arguments name; without one, serve this machine on ``PORT``."""
    settings = settings_or_exit()
    if sys.argv[1:] == ["migrate"]:
        print("migrated:", ", ".join(asyncio.run(_migrate(settings))) or "nothing new")
    elif sys.argv[1:] in (["doctor"], ["check"]):  # "check": the old name, until the next release
        raise SystemExit(not asyncio.run(_doctor(settings)))
    elif sys.argv[1:] not in ([], ["lan"], ["serve"]):
        raise SystemExit("usage: python -m webapp [lan | serve | migrate | doctor]")
    else:
        if sys.argv[1:] == ["lan"]:
            settings = _for_the_network(settings)
        asyncio.run(_reach(settings))
        serve(settings, public=bool(sys.argv[1:]))


def _for_the_network(settings: Settings) -> Settings:
    """Return the settings with this machine's address in its network, and print it with its QR code."""
    if is_local(settings.app_url):
        host = network_host(settings)
        if host is None or is_local(f"//{host}"):
            raise SystemExit("selat: this machine is in no network. Join one, or set APP_URL.")
        os.environ["APP_URL"] = f"http://{host}"  # for the workers too
        settings = settings_or_exit()
    print(f"Phones in the same network open {settings.app_url}, or scan:")
    segno.make(settings.app_url).terminal(compact=True)
    return settings


async def _migrate(settings: Settings) -> list[str]:
    async with _database(settings) as database:
        return await migrate(database)


async def _reach(settings: Settings) -> None:
    async with _database(settings):
        pass


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    """Return the open database. Exits with one sentence where it can't be reached; the driver's words are secret."""
    database = database_from_url(settings.database_url)
    try:
        await database.open()
    except DatabaseUnavailable as error:
        hint = HINTS.get(str(error), "Check DATABASE_URL, and whether the database runs.")
        raise SystemExit(f"selat: the database can't be opened ({error}). {hint}") from None
    try:
        yield database
    finally:
        await database.close()


async def _doctor(settings: Settings) -> bool:
    async with xendit_client(api_url=settings.xendit_api_url) as client:  # as the shop does
        findings = await examine(settings, client)
    for finding in findings:
        print("ok " if finding.ok else "fix", finding.sentence)
    return all(finding.ok for finding in findings)


if __name__ == "__main__":
    main()
