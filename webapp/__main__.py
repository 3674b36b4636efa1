"""``python -m webapp``: the development server. ``… migrate``: the release phase. ``… check``: the doctor."""

import asyncio
import sys

import httpx
import uvicorn
from dotenv import load_dotenv

from webapp.config import ConfigError, Settings
from webapp.database.connection import database_from_url
from webapp.database.migrate import migrate


def main() -> None:
    """Serve on ``PORT``, or migrate."""
    load_dotenv()
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        raise SystemExit(f"selat: {error}") from None
    if sys.argv[1:] == ["migrate"]:
        print("migrated:", ", ".join(asyncio.run(_migrate(settings))) or "nothing new")
    elif sys.argv[1:] == ["check"]:
        raise SystemExit(not asyncio.run(_check(settings)))
    elif sys.argv[1:]:
        raise SystemExit("usage: python -m webapp [migrate | check]")
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


async def _check(settings: Settings) -> bool:
    from webapp.doctor import examine

    async with httpx.AsyncClient(timeout=8) as client:
        findings = await examine(settings, client)
    for finding in findings:
        print("ok  " if finding.ok else "MEND", finding.sentence)
    return all(finding.ok for finding in findings)


if __name__ == "__main__":
    main()
