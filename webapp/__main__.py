"""``python -m webapp``: the development server. ``python -m webapp migrate``: what the release phase runs."""

import asyncio
import sys

import uvicorn
from dotenv import load_dotenv

from webapp.config import ConfigError, Settings
from webapp.database import database_from_url, migrate


def main() -> None:
    """Serve on ``PORT``, or migrate."""
    load_dotenv()
    try:
        settings = Settings.from_env()
    except ConfigError as error:
        raise SystemExit(f"selat: {error}") from None
    if sys.argv[1:] == ["migrate"]:
        print("migrated:", ", ".join(asyncio.run(_migrate(settings))) or "nothing new")
    elif sys.argv[1:]:
        raise SystemExit("usage: python -m webapp [migrate]")
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


if __name__ == "__main__":
    main()
