"""Behind the counter: what was sent, what came back, and the code that did it. For the order's own visitor only."""

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


async def behind(request: Request) -> Response:
    """``GET /orders/{reference_id}/behind``: the panel, which asks again while more may come; 204 if nothing did."""
    order = await own_order(request)
    return await _panel(request, order, f"/orders/{order.reference_id}/behind")


async def latest(request: Request) -> Response:
    """``GET /behind``: the panel of this visitor's newest order, for the storefront."""
    shop, visitor = shop_of(request), visitor_of(request)
    orders = await shop.order_book.recent(visitor.id, most=1)
    if orders:
        return await _panel(request, orders[0], "/behind")
    return shop.templates.response(visitor.language, "fragments/inspector_empty.html", test_data(visitor.currency.code))


async def behind_the_counter(request: Request) -> Response:
    """``GET /orders/{reference_id}/behind-the-counter``: the panel on a page of its own, for a second screen."""
    shop, visitor, order = shop_of(request), visitor_of(request), await own_order(request)
    poll = f"/orders/{order.reference_id}/behind"
    context = await behind_context(request, order, poll=poll)
    context |= {"path": f"/orders/{order.reference_id}"}
    return shop.templates.response(visitor.language, "pages/behind_the_counter.html", context, secret=True)


async def latest_page(request: Request) -> Response:
    """``GET /behind-the-counter``: on to the page of this visitor's newest order; to the list where there is none."""
    orders = await shop_of(request).order_book.recent(visitor_of(request).id, most=1)
    return RedirectResponse(f"/orders/{orders[0].reference_id}/behind-the-counter" if orders else "/orders", 303)


async def source_view(request: Request) -> Response:
    """``GET /source/{name}``: a file of this shop as it runs, coloured, the lines of the payload marked."""
    shop, visitor, name = shop_of(request), visitor_of(request), request.path_params["name"]
    if name not in SOURCES:
        raise HTTPException(404)
    context = {"name": name, "file": SOURCES[name], "source": source(name), "sources": SOURCES}
    template = "fragments/inspector_source.html" if is_htmx(request) else "pages/source.html"
    context |= {"currency": visitor.currency, "path": "/"}
    return shop.templates.response(visitor.language, template, context)


async def _panel(request: Request, order: Order, poll: str) -> Response:
    shop, visitor = shop_of(request), visitor_of(request)
    context = await behind_context(request, order, poll=poll)
    if request.query_params.get("seen") == context["version"]:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    return shop.templates.response(visitor.language, "fragments/inspector.html", context, secret=True)


async def behind_context(request: Request, order: Order, *, poll: str) -> dict[str, Any]:
    """The context of ``fragments/inspector.html``. ``poll``: the address that the panel asks again while it is live."""
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
        "controls_back": f"/orders/{order.reference_id}/behind-the-counter",
        "currency": visitor_of(request).currency,
    } | test_data(order.currency)
