"""The command `xendit-sandbox`, which is also `python -m webapp.sandbox`: serve the sandbox, or show its webhooks."""

import argparse
import asyncio
import contextlib
import logging
import secrets
import signal
import socket
import sqlite3
import sys
from pathlib import Path

from starlette.applications import Starlette

from . import ids
from .addresses import Address
from .app import Sandbox
from .codec import read
from .command_line import arguments
from .control.guard import OWN_NAMES
from .database import SQLiteDatabase
from .errors import SandboxError
from .gateway.sdk_files import published_file
from .settings import SandboxSettings


def settings_from(given: argparse.Namespace) -> SandboxSettings:
    """Return the settings that the command line asks for."""
    return SandboxSettings(
        public_url=(given.public_url or f"http://localhost:{given.port}").rstrip("/"),
        secret=given.secret or ("sequential" if given.ids == "sequential" else kept_secret(given.database)),
        webhook_url=given.webhook_url,
        webhook_token=given.webhook_token,
        sdk_path=published_file(),
        standalone=True,
        obeys_callback_urls=given.open_control or given.host in OWN_NAMES,
        keep_days=36_500,  # the clock may be turned
    )


def kept_secret(database: Path) -> str:
    """Return the secret of this database, kept in a file beside it: keys and links survive as it does."""
    if str(database) == ":memory:":
        return secrets.token_hex(32)
    path = database.with_name(f"{database.name}.secret")
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")


async def show_webhooks(given: argparse.Namespace) -> int:
    """List the webhooks, or make one due again. A server on the same database does the sending."""
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


def send_webhooks(given: argparse.Namespace) -> int:
    """Send webhooks to another server. Nothing is stored."""
    from .sending.send import send

    amount = int(given.amount) if given.amount.is_integer() else given.amount
    address = Address(given.to, given.webhook_token)
    try:
        answered = asyncio.run(send(given.event, address, given.reference, given.currency, amount))
    except SandboxError as error:
        return failed(f"cannot make {given.event}: {error.message}")
    return 0 if answered else 1


def serve(given: argparse.Namespace) -> int:
    """Serve until a signal. Listen first, so that nothing is promised at a port that is taken."""
    from .standalone import create_app

    try:
        calls = read(given.seed.read_bytes()) if given.seed else None
    except (OSError, ValueError) as error:
        return failed(f"cannot read {given.seed}: {error}")
    try:
        family = socket.AF_INET6 if ":" in given.host else socket.AF_INET
        listener = socket.create_server((given.host, given.port), family=family)
    except (OSError, OverflowError) as error:
        return failed(f"cannot listen at {given.host}, port {given.port}: {error}. Choose another with --port.")
    with listener:
        given.port = listener.getsockname()[1]  # for --port 0
        settings = settings_from(given)
        if given.ids == "sequential":
            ids.count_up()
        database = SQLiteDatabase(given.database)
        app = create_app(settings, database, open_control=given.open_control, seed_calls=calls)
        print(f"The sandbox imitates Xendit at {settings.public_url}", flush=True)
        run(app, listener)
    if seed_error := app.state.seed_error:
        reason = seed_error.message if isinstance(seed_error, SandboxError) else type(seed_error).__name__
        return failed(f"cannot fill an empty database from {given.seed}: {reason}")
    return 0


def run(app: Starlette, listener: socket.socket) -> None:
    """Serve until a signal, or until the seed fails: the caller tells of that, and no traceback does."""
    import uvicorn

    # No access log: payment links are secrets, and they are part of the address.
    config = uvicorn.Config(app, access_log=False, log_level="warning", ws="none", timeout_graceful_shutdown=2)
    logging.getLogger("uvicorn.error").addFilter(lambda record: app.state.seed_error is None)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, SystemExit) and app.state.seed_error is None:
            raise


def failed(reason: str) -> int:
    """Print one sentence, and return the exit status of a failure."""
    print(f"xendit-sandbox: {reason}", file=sys.stderr)
    return 1


def main() -> int:
    """Run the command line and return the exit status."""
    given = arguments()
    if given.command == "send":
        return send_webhooks(given)
    try:
        with contextlib.closing(sqlite3.connect(given.database)) as database:
            database.execute("PRAGMA user_version")
    except sqlite3.Error as error:
        return failed(f"cannot use {given.database}: {error}")
    if given.command is None:
        return serve(given)
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `… webhooks list | head` ends without a word
    return asyncio.run(show_webhooks(given))


if __name__ == "__main__":
    raise SystemExit(main())
