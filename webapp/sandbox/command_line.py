"""The options and the commands of `xendit-sandbox`. An option may stand before or after a command."""

import argparse
from pathlib import Path
from typing import NoReturn

from .addresses import check_token, is_address
from .sending.recipes import EVENTS, SCENARIOS

# The usual ports of other emulators are 1080, 3000, 4000, 4010, 4566, 5000, 8000, 8080, 9000, 9099 and 12111.
PORT = 4270


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def url(text: str) -> str:
    """Return the address. Refuse text that is none."""
    if not is_address(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no address; it begins with http:// or https://")
    return text


def token(text: str) -> str:
    """Return the token. Refuse text that no header can hold."""
    try:
        return check_token(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """Return the parsed command line."""
    parser = Parser(prog="xendit-sandbox", description="An imitation of Xendit, offline. No money moves.")
    options(parser)
    after = Parser(add_help=False, argument_default=argparse.SUPPRESS)
    options(after, usual=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    webhooks = commands.add_parser("webhooks", parents=[after], help="list those sent or waiting, or send one again")
    actions = webhooks.add_subparsers(dest="action", required=True)
    actions.add_parser("list", parents=[after])
    actions.add_parser("resend", parents=[after]).add_argument("webhook_id")
    send = commands.add_parser("send", parents=[after], help="send a webhook to your own server, and print its answer")
    send.add_argument("event", choices=[*EVENTS, *SCENARIOS], metavar="EVENT", help=", ".join([*EVENTS, *SCENARIOS]))
    send.add_argument("--to", type=url, required=True, help="the address of your server's endpoint for webhooks")
    send.add_argument("--reference", default="order-1", help="your reference_id, or an invoice's external_id")
    send.add_argument("--currency", default="IDR", help="usually IDR")
    send.add_argument("--amount", type=float, default=100_000.0, help="usually 100000")
    given = parser.parse_args(words)
    in_memory = given.ids == "sequential"
    if in_memory and given.database and given.database.exists():
        parser.error(f"sequential ids begin at 1, so they need a new database; {given.database} is there already")
    given.database = given.database or Path(":memory:" if in_memory else "sandbox.db")
    return given


def options(parser: argparse.ArgumentParser, usual: bool = True) -> None:
    """Add the options. Those of a command have no usual values, which would replace what stands before it."""

    def add(name: str, default: object = None, **how: object) -> None:
        parser.add_argument(name, **how, **({"default": default} if usual else {}))  # type: ignore[arg-type]

    add("--port", PORT, type=int, help=f"usually {PORT}")
    add("--host", "127.0.0.1", help="the address to listen at; 0.0.0.0 for other machines too")
    add("--public-url", type=url, help="where browsers reach this server; usually http://localhost:PORT")
    add("--database", type=Path, help="an SQLite file; usually sandbox.db, and memory with --ids sequential")
    add("--secret", help="keys and links are derived from it; usually one kept beside the database")
    add("--ids", "random", choices=("random", "sequential"), help="sequential: each kind counts from 1, for suites")
    add("--seed", type=Path, help="a file of calls that fill an empty database: see docs/sandbox.md")
    add("--open-control", False, action="store_true", help="other machines may control it and see its console")
    add("--webhook-url", type=url, help="where webhooks go; usually none are sent")
    add("--webhook-token", "", type=token, help="sent along as x-callback-token")
