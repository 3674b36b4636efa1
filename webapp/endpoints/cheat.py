"""Try to cheat the shop, in the sandbox (``/orders/{reference_id}/cheat``)."""

import asyncio
import html
import json
import re
from decimal import Decimal
from typing import Any

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from webapp.inspector.highlight import excerpt, json_code
from webapp.integrations.errors import parse_json
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.presenter.cheats import CHEATS, Cheat, paid_webhook
from webapp.web.htmx import is_htmx
from webapp.web.order_page import STATE_TITLES
from webapp.web.scene_strip import note_end, strip_of_order
from webapp.web.state import own_order, shop_of, visitor_of

WEBHOOKS = "/webhooks/xendit"
GUESSED = "a-guessed-token"


async def cheats(request: Request) -> Response:
    """Show the ways to cheat (``GET /orders/{reference_id}/cheat``). Raises HTTPException (404) outside the sandbox."""
    return await _page(request, await _order(request))


async def cheat(request: Request) -> Response:
    """Try one of them on this shop, and show its answer (``POST /orders/{reference_id}/cheat/{slug}``).

    Where this order can't show it, the card says why. Without htmx, the answer is 409.
    """
    order, tried = await _order(request), CHEATS.get(request.path_params["slug"])
    if tried is None:
        raise HTTPException(404)
    try:
        result = await _try(request, order, tried)
    except Refusal as refusal:
        return await _page(request, order, tried, refusal=refusal)
    note_end(request, "cheat")
    return await _page(request, order, tried, result)


async def _order(request: Request) -> Order:
    if request.app.state.sandbox is None:
        raise HTTPException(404)
    return await own_order(request)


async def _try(request: Request, order: Order, tried: Cheat) -> dict[str, Any]:
    """Send the request to this very shop, and return it with the answer, secrets masked."""
    app, shop = request.app, shop_of(request)
    asked = await _request(request, order, tried)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=shop.settings.app_url) as client:
        call = client.request(asked["method"], asked["path"], headers=asked["headers"], content=asked["content"])
        answer = await asyncio.create_task(call)  # with a log context of its own
    sent = {"headers": asked["headers"], "body": parse_json(asked["content"])} if asked["content"] else None
    after = await shop.order_book.get(order.reference_id) or order
    return {
        "line": f"{asked['method']} {asked['path']}",
        "request": sent and json_code(shop.recorder.mask.value(sent)),
        "status": answer.status_code,
        "answer": json_code(shop.recorder.mask.value(_said(answer))),
        "unchanged": after.status == order.status,
        "state": STATE_TITLES[after.status],
        "excerpt": excerpt(tried.file, tried.line),
    }


async def _request(request: Request, order: Order, tried: Cheat) -> dict[str, Any]:
    """Return method, path, headers and content of what is tried. Raises Refusal."""
    page, token = f"/orders/{order.reference_id}", shop_of(request).settings.webhook_tokens[""]
    match tried.slug:
        case "forged":
            return _webhook(GUESSED, paid_webhook(order, order.amount))
        case "amount":
            return _webhook(token, paid_webhook(order, Decimal(1 if order.amount != 1 else 2)))
        case "replay":
            webhook_id, body = await _old_webhook(request, order)
            return _webhook(token, body, webhook_id)
        case "return" if not order.status.is_open:
            raise Refusal(N_("This order is closed already: try it on one that waits for its payment."), 409)
        case "return":
            return {"method": "GET", "path": page, "headers": {}, "content": b""}
        case "stranger":
            return {"method": "GET", "path": f"{page}/inspector", "headers": {}, "content": b""}
    raise ValueError(f"no way to try {tried.slug!r}")


async def _old_webhook(request: Request, order: Order) -> tuple[str, Any]:
    """Return id and body of the newest webhook about the payment that arrived. Raises Refusal without one."""
    sandbox = request.app.state.sandbox
    ids = (order.payment_session_id, order.invoice_id, order.payment_request_id)
    for object_id in filter(None, ids):
        for sent in await sandbox.webhooks(object_id):
            if not sent["event"].startswith("refund") and sent["status"] == "DELIVERED":
                return sent["webhook_id"], await sandbox.webhook_body(sent)
    raise Refusal(N_("No webhook has come for this order yet. Pay it first, then send its webhook again."), 409)


def _webhook(token: str, body: Any, webhook_id: str = "") -> dict[str, Any]:
    headers = {"content-type": "application/json", "x-callback-token": token}
    headers |= {"webhook-id": webhook_id} if webhook_id else {}
    return {"method": "POST", "path": WEBHOOKS, "headers": headers, "content": json.dumps(body).encode()}


def _said(answer: httpx.Response) -> Any:
    """Return an answer's JSON; of a page its title."""
    if answer.headers.get("content-type", "").startswith("application/json"):
        return parse_json(answer.content)
    title = re.search(r"<title>(.*?)</title>", answer.text, re.DOTALL)
    return {"page": html.unescape(title[1]).strip() if title else ""}


async def _page(
    request: Request,
    order: Order,
    tried: Cheat | None = None,
    result: dict[str, Any] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    shop, visitor = shop_of(request), visitor_of(request)
    context = {
        "order": order,
        "cheats": CHEATS.values(),
        "tried": tried,
        "result": result,
        "notice": refusal and refusal.notice,
        "strip": strip_of_order(request, order),
        "currency": visitor.currency,
        "path": f"/orders/{order.reference_id}/cheat",
    }
    template = "fragments/cheat.html" if is_htmx(request) and tried else "pages/cheat.html"
    context |= {"cheat": tried, "swapped": template.startswith("fragments/")}
    status = refusal.status if refusal and not is_htmx(request) else 200  # htmx puts the card in its place
    return shop.templates.response(visitor.language, template, context, status=status, secret=True)
