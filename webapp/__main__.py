"""Serve the shop (``python -m webapp``), migrate its database (``migrate``) or check its settings (``doctor``)."""

import asyncio
import sys

import uvicorn

from webapp.config import Settings, settings_or_exit
from webapp.database.connection import database_from_url
from webapp.database.migrate import migrate
from webapp.doctor import examine
from webapp.xendit.client import xendit_client
from webapp.xendit.network import network_transport


def main() -> None:
    """Run the command that the arguments name; without one, serve on ``PORT``."""
    settings = settings_or_exit()
    if sys.argv[1:] == ["migrate"]:
        print("migrated:", ", ".join(asyncio.run(_migrate(settings))) or "nothing new")
    elif sys.argv[1:] in (["doctor"], ["check"]):  # "check": the old name, until the next release
        raise SystemExit(not asyncio.run(_doctor(settings)))
    elif sys.argv[1:]:
        raise SystemExit("usage: python -m webapp [migrate | doctor]")
    else:
        print(f"Selat is open at {settings.app_url} ({settings.badge}). Stop it with Ctrl+C.", flush=True)
        uvicorn.run(
            "webapp.app:create_app_from_env",
            factory=True,
            host="127.0.0.1",
            port=settings.port,
            access_log=False,
            server_header=False,
            log_config=None,
            timeout_graceful_shutdown=5,
        )


async def _migrate(settings: Settings) -> list[str]:
    database = database_from_url(settings.database_url)
    await database.open()
    try:
        return await migrate(database)
    finally:
        await database.close()


async def _doctor(settings: Settings) -> bool:
    async with xendit_client(network_transport()) as client:  # as the shop does
        findings = await examine(settings, client)
    for finding in findings:
        print("ok " if finding.ok else "fix", finding.sentence)
    return all(finding.ok for finding in findings)


if __name__ == "__main__":
    main()
