"""Show the inspector ("Behind the counter") of an order to the visitor who made it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from webapp.inspector.highlight import SOURCES, code, json_code, source, source_url
from webapp.inspector.sequence_diagram import arrows
from webapp.inspector.timeline import entries, poll_seconds, version, why_closed
from webapp.orders.order import Order
from webapp.presenter.test_cards import test_data
from webapp.web.controls import controls_of
from webapp.web.htmx import is_htmx
from webapp.web.scene_strip import note_end, strip_in_shop
from webapp.web.state import own_order, shop_of, visitor_of

FOLLOWS_EVERY = 5  # seconds


async def order_inspector(request: Request) -> Response:
    """Answer an order's panel to htmx, else a whole page (``GET /orders/{reference_id}/inspector``)."""
    return await _inspector(request, await own_order(request))


async def latest(request: Request) -> Response:
    """Answer the panel of the newest order, and of the next as soon as there is one (``GET /inspector``)."""
    shop, visitor = shop_of(request), visitor_of(request)
    orders = await shop.order_book.recent(visitor.id, most=1)
    if orders:
        return await _inspector(request, orders[0], follows=True)
    if is_htmx(request) and request.query_params.get("seen") == "none":
        return _unchanged()
    template = "fragments/inspector_empty.html" if is_htmx(request) else "pages/inspector_empty.html"
    context = {"currency": visitor.currency, "path": "/inspector"} | test_data(visitor.currency.code)
    return shop.templates.response(visitor.language, template, context)


async def source_view(request: Request) -> Response:
    """Show a source file in colour, with the payload's lines marked (``GET /source/{name}``)."""
    shop, visitor, name = shop_of(request), visitor_of(request), request.path_params["name"]
    if name not in SOURCES:
        raise HTTPException(404)
    if name == "payment_link":
        note_end(request, "source")
    context = {
        "name": name,
        "file": SOURCES[name],
        "source": source(name),
        "sources": SOURCES,
        "source_url": source_url,
    }
    template = "fragments/inspector_source.html" if is_htmx(request) else "pages/source.html"
    context |= {"currency": visitor.currency, "path": f"/source/{name}", "strip": strip_in_shop(request)}
    return shop.templates.response(visitor.language, template, context)


async def _inspector(request: Request, order: Order, *, follows: bool = False) -> Response:
    """Answer an order's panel, or 204 if its version is still ``seen``. ``follows``: it moves on to newer orders."""
    shop, visitor = shop_of(request), visitor_of(request)
    changes = await shop.order_book.changes(order.reference_id)
    story = entries(order, await shop.recorder.steps(order.reference_id), changes)
    current = version(order, story)
    if is_htmx(request) and request.query_params.get("seen") == current:
        return _unchanged()
    newest = follows or [order] == await shop.order_book.recent(visitor.id, most=1)
    panel = f"/orders/{order.reference_id}/inspector"
    context = {
        "order": order,
        "story": story,
        "version": current,
        "follows": follows,
        "poll": "/inspector" if follows else panel,
        "poll_seconds": poll_seconds(order) or (FOLLOWS_EVERY if follows else 0),
        "pop_out": "/inspector" if newest else panel,
        "closed_by": why_closed(order, changes),
        "arrows": arrows(story),
        "json_code": json_code,
        "code": code,
        "sources": SOURCES,
        "source_url": source_url,
        "controls": await controls_of(request),
        "controls_back": panel,
        "currency": visitor.currency,
        "path": "/inspector" if follows else panel,
    } | test_data(order.currency)
    template = "fragments/inspector.html" if is_htmx(request) else "pages/inspector.html"
    return shop.templates.response(visitor.language, template, context, secret=True)


def _unchanged() -> Response:
    return Response(status_code=204, headers={"Cache-Control": "no-store"})
