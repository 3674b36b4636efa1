"""Show the inspector ("Behind the counter") of an order to the visitor who made it."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.inspector.highlight import SOURCES, code, json_code, source
from webapp.inspector.sequence_diagram import HEAD, LANES, WIDTH, arrows, height
from webapp.inspector.timeline import entries, is_live, version, why_closed
from webapp.orders.order import Order
from webapp.presenter.test_cards import test_data
from webapp.web.htmx import is_htmx
from webapp.web.state import controls_of, own_order, shop_of, visitor_of


async def order_inspector(request: Request) -> Response:
    """Answer an order's panel to htmx, else a whole page (``GET /orders/{reference_id}/inspector``)."""
    order = await own_order(request)
    return await _inspector(request, order, f"/orders/{order.reference_id}/inspector")


async def latest(request: Request) -> Response:
    """Answer the newest order's panel to htmx, else redirect to its page (``GET /inspector``).

    A browser without orders learns what it will find there.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    orders = await shop.order_book.recent(visitor.id, most=1)
    if orders and not is_htmx(request):
        return RedirectResponse(f"/orders/{orders[0].reference_id}/inspector", 303)
    if orders:
        return await _inspector(request, orders[0], "/inspector")
    template = "fragments/inspector_empty.html" if is_htmx(request) else "pages/inspector_empty.html"
    context = {"currency": visitor.currency, "path": "/inspector"} | test_data(visitor.currency.code)
    return shop.templates.response(visitor.language, template, context)


async def source_view(request: Request) -> Response:
    """Show a source file in colour, with the payload's lines marked (``GET /source/{name}``)."""
    shop, visitor, name = shop_of(request), visitor_of(request), request.path_params["name"]
    if name not in SOURCES:
        raise HTTPException(404)
    context = {"name": name, "file": SOURCES[name], "source": source(name), "sources": SOURCES}
    template = "fragments/inspector_source.html" if is_htmx(request) else "pages/source.html"
    context |= {"currency": visitor.currency, "path": "/"}
    return shop.templates.response(visitor.language, template, context)


async def _inspector(request: Request, order: Order, poll: str) -> Response:
    """Answer the panel, or 204 if its version is still ``seen``. The panel polls the address ``poll``."""
    shop, language = shop_of(request), visitor_of(request).language
    context = await _inspector_context(request, order, poll)
    if not is_htmx(request):
        return shop.templates.response(language, "pages/inspector.html", context, secret=True)
    if request.query_params.get("seen") == context["version"]:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return shop.templates.response(language, "fragments/inspector.html", context, secret=True)


async def _inspector_context(request: Request, order: Order, poll: str) -> dict[str, Any]:
    shop = shop_of(request)
    changes = await shop.order_book.changes(order.reference_id)
    story = entries(order, await shop.recorder.steps(order.reference_id), changes)
    return {
        "order": order,
        "story": story,
        "version": version(order, story),
        "live": is_live(order),
        "poll": poll,
        "closed_by": why_closed(order, changes),
        "arrows": arrows(story),
        "lanes": LANES,
        "drawing": {"width": WIDTH, "height": height(story), "head": HEAD},
        "json_code": json_code,
        "code": code,
        "sources": SOURCES,
        "controls": await controls_of(request),
        "controls_back": f"/orders/{order.reference_id}/inspector",
        "currency": visitor_of(request).currency,
        "path": f"/orders/{order.reference_id}",
    } | test_data(order.currency)
