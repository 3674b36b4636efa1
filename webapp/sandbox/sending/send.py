"""Send the webhooks of an event or a scenario to an address, and print each request with its answer."""

import sys
from collections.abc import Callable

import httpx

from ..addresses import Address
from ..clock import utcnow
from ..codec import loads
from ..database import SQLiteDatabase
from ..errors import SandboxError
from ..markets import MARKETS
from ..settings import SandboxSettings
from ..standalone import create_app
from ..webhook_body import body_of
from ..webhook_post import NOT_ANSWERED, headers_of, post, webhook_client
from ..webhooks import get_webhook
from .recipes import EVENTS, JSON, SCENARIOS, Merchant

Say = Callable[[str], object]


async def send(
    wanted: str, address: Address, reference: str, currency: str, amount: float, say: Say = sys.stdout.write
) -> bool:
    """Send what is wanted, and return whether each was answered with a 2xx. Raise SandboxError if it cannot be made."""
    if currency not in MARKETS:
        raise SandboxError(400, "UNSUPPORTED_CURRENCY", f"The currency is one of {', '.join(MARKETS)}")
    database = SQLiteDatabase(":memory:")
    settings = SandboxSettings("http://localhost:4270", "send", standalone=True)
    app = create_app(settings, database)  # it is not started: nothing is sent in the background
    sandbox = app.state.sandbox
    await database.open()
    try:
        await sandbox.store.create_tables()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:4270") as client:
            await (EVENTS | SCENARIOS)[wanted](Merchant(client, reference, currency, amount))
        rows = [await get_webhook(sandbox.store, row["webhook_id"]) for row in reversed(await sandbox.webhooks())]
        async with webhook_client() as client:
            good = True
            for row in _chosen(wanted, [row for row in rows if row]):
                body = body_of(settings, row["event"], loads(row["body"]), utcnow())
                good = await _post(client, address, row["webhook_id"], body, say) and good
            return good
    finally:
        await database.close()


async def _post(client: httpx.AsyncClient, address: Address, webhook_id: str, body: bytes, say: Say) -> bool:
    shown = headers_of(address, webhook_id) | {"x-callback-token": "‹your token›" if address.token else ""}
    say(f"POST {address.url}\n" + "".join(f"{name}: {value}\n" for name, value in shown.items()))
    say(f"\n{body.decode()}\n\n")
    try:
        answer, text = await post(client, address, webhook_id, body)
    except NOT_ANSWERED as error:
        say(f"No answer: {type(error).__name__}\n\n")
        return False
    say(f"{answer.status_code} {answer.reason_phrase}\n{text}".rstrip() + "\n\n")
    return answer.is_success


def _chosen(wanted: str, webhooks: list[JSON]) -> list[JSON]:
    """Return the webhooks to send, of all that the recipe brought about, in their order."""
    if wanted == "twice":
        return [each for each in webhooks for _ in range(2)]
    if wanted == "out-of-order":
        return webhooks[::-1]
    if wanted in SCENARIOS:
        return webhooks
    return [each for each in webhooks if each["event"] in (wanted, wanted.partition(".")[0])][-1:]
