"""The endpoints under /_sandbox/. Each takes and answers JSON, and is described in docs/sandbox.md."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from .. import ids
from ..addresses import Address, check_token, is_address
from ..api.reading import body_of
from ..app import Sandbox
from ..clock import to_text
from ..codec import read
from ..errors import bad_request, no_data
from ..retention import delete_all
from .clock import TurnableClock, time_after
from .next_calls import NextCallsMiddleware, read_fault
from .reading import json_endpoint, options_of, text_of
from .seeding import DECISIONS, seed
from .settling import Settling

JSON = dict[str, Any]


class Control:
    """The control of one sandbox. `whole` is the app that a seed calls."""

    def __init__(self, sandbox: Sandbox, clock: TurnableClock, calls: NextCallsMiddleware) -> None:
        self.sandbox, self.clock, self.calls = sandbox, clock, calls
        self.settling = Settling(sandbox.store, sandbox.settings)
        self.whole: ASGIApp = sandbox.api
        self.forget: list[Callable[[], None]] = []

    def routes(self) -> list[Route]:
        """Return the routes, without /_sandbox before them."""
        table: list[tuple[str, str, Any]] = [
            ("POST", "/reset", self.reset),
            ("POST", "/seed", self.seed),
            ("POST", "/{decision}/{object_id}", self.settle),
            ("GET", "/faults", self.faults),
            ("POST", "/faults", self.add_fault),
            ("DELETE", "/faults", self.clear_faults),
            ("GET", "/clock", self.time),
            ("POST", "/clock", self.advance),
            ("GET", "/webhooks", self.webhooks),
            ("POST", "/webhooks/{webhook_id}/resend", self.resend),
            ("GET", "/webhook_faults", self.webhook_faults),
            ("POST", "/webhook_faults", self.webhook_faults),
            ("POST", "/webhook_address", self.set_webhook_address),
        ]
        return [Route(path, endpoint, methods=[method]) for method, path, endpoint in table]

    @json_endpoint
    async def reset(self, request: Request) -> JSON:
        """Forget all objects, webhooks, faults and addresses; the clock and counted ids begin again."""
        await delete_all(self.sandbox.store)
        self.clock.skipped *= 0
        self.calls.faults.clear()
        self.sandbox.addresses.reset()
        if ids.are_counted():
            ids.count_up()
        for forget in self.forget:
            forget()
        return {"reset": True}

    @json_endpoint
    async def seed(self, request: Request) -> list[JSON]:
        """Run the calls in the body."""
        return await seed(self.whole, read(await request.body()))

    @json_endpoint
    async def settle(self, request: Request) -> JSON:
        """Pay, decline or expire an object, and return it."""
        decision, object_id = request.path_params["decision"], request.path_params["object_id"]
        body = await options_of(request, "channel", "failure_code")
        if decision not in DECISIONS:
            raise no_data(f"There is {', '.join(DECISIONS)}")
        if decision == "expire":
            await self.settling.expire(object_id)
        else:
            wanted = text_of(body, "channel"), text_of(body, "failure_code")
            await self.settling.decide(object_id, decision == "pay", *wanted)
        return await self.settling.view(object_id)

    @json_endpoint
    async def faults(self, request: Request) -> list[JSON]:
        """Return the faults that wait for calls."""
        return [asdict(fault) for fault in self.calls.faults]

    @json_endpoint
    async def add_fault(self, request: Request) -> list[JSON]:
        """Add a fault of the next calls."""
        self.calls.faults.append(read_fault(await body_of(request)))
        return [asdict(fault) for fault in self.calls.faults]

    @json_endpoint
    async def clear_faults(self, request: Request) -> list[JSON]:
        """Remove all faults of calls."""
        self.calls.faults.clear()
        return []

    @json_endpoint
    async def time(self, request: Request) -> JSON:
        """Return the sandbox's time."""
        return {"now": to_text(self.clock())}

    @json_endpoint
    async def advance(self, request: Request) -> JSON:
        """Turn the clock forward: `{"advance": "1 month"}`, or to a time. All that falls due happens."""
        words = text_of(await options_of(request, "advance"), "advance")
        for _ in self.clock.advance(time_after(self.clock(), words)):
            while await self.sandbox.store.advance_all():
                pass
        self.sandbox.store.on_commit()
        return {"now": to_text(self.clock())}

    @json_endpoint
    async def webhooks(self, request: Request) -> list[JSON]:
        """Return the newest webhooks, with the tries to send them."""
        rows = await self.sandbox.webhooks(request.query_params.get("object_id"))
        tries = self.sandbox.tries
        return [
            row | {"tries": [asdict(made) for made in tries.of(row["webhook_id"])] if tries else []} for row in rows
        ]

    @json_endpoint
    async def resend(self, request: Request) -> JSON:
        """Send a webhook again."""
        if not await self.sandbox.resend(request.path_params["webhook_id"]):
            raise no_data("There is no webhook of this id")
        return {"resent": True}

    @json_endpoint
    async def webhook_faults(self, request: Request) -> JSON:
        """Return the faults of all webhooks, with the changes that the body asks for."""
        body = await options_of(request, "duplicate", "delay", "shuffle", "outage")
        return asdict(await self.sandbox.set_webhook_faults(**body))

    @json_endpoint
    async def set_webhook_address(self, request: Request) -> JSON:
        """Set where the webhooks of one key go, or those of all keys without an address of their own."""
        body = await options_of(request, "key", "url", "token")
        url = text_of(body, "url")
        if url and not is_address(url):
            raise bad_request("INVALID_CONTROL", "url is no address; it begins with http:// or https://")
        self.sandbox.addresses.set(Address(url, check_token(text_of(body, "token"))), text_of(body, "key"))
        return {"url": url}
