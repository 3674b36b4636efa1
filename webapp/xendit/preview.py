"""Show the request that an order would send, made by the code that sends it."""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import httpx

from webapp.integrations.errors import XenditError
from webapp.orders.order import Order
from webapp.web.state import Shop
from webapp.xendit.create import call_xendit

REFERENCE = "selat-made-at-checkout"


@dataclass(frozen=True)
class Preview:
    """A request without its key."""

    method: str
    path: str
    body: dict[str, Any]


async def preview(shop: Shop, order: Order) -> Preview:
    """Return the request that creates the order's session or invoice. Nothing is sent, recorded or stored."""
    sent: list[httpx.Request] = []

    def keep(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise httpx.ConnectError("not sent")

    async with httpx.AsyncClient(transport=httpx.MockTransport(keep)) as client:
        with suppress(XenditError):
            await call_xendit(replace(shop, client=client), replace(order, reference_id=REFERENCE))
    return Preview(sent[0].method, sent[0].url.path, json.loads(sent[0].content))
