"""The command line: `python -m webapp.sandbox` serves the sandbox alone, `… webhooks list` shows its outbox."""

import argparse
import asyncio
import secrets
from pathlib import Path

import uvicorn

from .app import Sandbox
from .database import SQLiteDatabase
from .settings import SandboxSettings
from .standalone import create_app

VENDOR = Path(__file__).parents[2] / "static" / "vendor"


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = argparse.ArgumentParser(prog="python -m webapp.sandbox", description="An imitation of Xendit, offline.")
    parser.add_argument("--port", type=int, default=4000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--public-url", help="where browsers reach this server; default http://localhost:PORT")
    parser.add_argument("--database", type=Path, default=Path("sandbox.db"), help="an SQLite file")
    parser.add_argument("--secret", help="keys and links are derived from it; default: one kept beside the database")
    parser.add_argument("--webhook-url", help="where webhooks go; default: none are sent")
    parser.add_argument("--webhook-token", default="", help="sent along as x-callback-token")
    commands = parser.add_subparsers(dest="command", metavar="webhooks")
    webhooks = commands.add_parser("webhooks", help="list those sent or waiting, or send one again")
    actions = webhooks.add_subparsers(dest="action", required=True)
    actions.add_parser("list")
    actions.add_parser("resend").add_argument("webhook_id")
    return parser.parse_args(words)


def settings_from(given: argparse.Namespace) -> SandboxSettings:
    """Return the settings that the command line asks for."""
    sdk = sorted(VENDOR.glob("xendit-components-web-*.mjs"))
    return SandboxSettings(
        public_url=(given.public_url or f"http://localhost:{given.port}").rstrip("/"),
        secret=given.secret or kept_secret(given.database),
        webhook_url=given.webhook_url,
        webhook_token=given.webhook_token,
        sdk_path=sdk[-1] if sdk else None,
    )


def kept_secret(database: Path) -> str:
    """Return the secret of this database, kept in a file beside it: keys and links survive a restart."""
    path = database.with_name(f"{database.name}.secret")
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")


async def command(given: argparse.Namespace) -> int:
    """Run one of the webhooks commands. A server on the same database does the sending."""
    database = SQLiteDatabase(given.database)
    await database.open()
    try:
        sandbox = Sandbox(settings_from(given), database)
        await sandbox.store.create_tables()
        if given.action == "resend":
            found = await sandbox.resend(given.webhook_id)
            print("The server will send it within a second." if found else "There is no webhook of that id.")
            return 0 if found else 1
        for row in await sandbox.webhooks():
            print(*(row[name] for name in ("webhook_id", "created_at", "status", "answer", "event", "object_id")))
        return 0
    finally:
        await database.close()


def main() -> int:
    """Serve the sandbox, or run a command, and return the exit status."""
    given = arguments()
    if given.command == "webhooks":
        return asyncio.run(command(given))
    settings = settings_from(given)
    app = create_app(settings, SQLiteDatabase(given.database))
    print(f"The sandbox imitates Xendit at {settings.public_url}")
    # No access log: payment links are secrets, and they are part of the address.
    uvicorn.run(app, host=given.host, port=given.port, access_log=False, log_level="warning")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
