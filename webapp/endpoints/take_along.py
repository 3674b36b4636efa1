"""Give an order's story away: as a file, as a HAR, or behind a read-only link. Secrets are masked as on screen."""

import json

from starlette.requests import Request
from starlette.responses import Response

from webapp.inspector.har import har
from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.shares import Shares
from webapp.web.htmx import is_htmx, redirect
from webapp.web.phones import link_to_hand_on
from webapp.web.scene_strip import note_end, strip_of_order
from webapp.web.state import Shop, own_order, shop_of, visitor_of
from webapp.web.story import inline_styles, story_context, story_of

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "same-origin", "X-Robots-Tag": "noindex"}


async def panel(request: Request) -> Response:
    """Show what one can take along, and whether a link is open (``GET /orders/{reference_id}/take-along``)."""
    return await _panel(request, await own_order(request))


async def html_file(request: Request) -> Response:
    """Answer the story as one file that opens without a network (``GET /orders/{reference_id}/story.html``)."""
    order = await own_order(request)
    context = await story_context(request, order) | inline_styles(request.app.state.assets, order)
    text = shop_of(request).templates.text(visitor_of(request).language, "pages/story.html", context)
    return _file(order, _unpayable(order, text), "html", "text/html")


async def har_file(request: Request) -> Response:
    """Answer calls and webhooks as an HTTP Archive (``GET /orders/{reference_id}/story.har``)."""
    shop, order = shop_of(request), await own_order(request)
    archive = har(await story_of(shop, order), f"{shop.settings.app_url}/webhooks/xendit")
    text = json.dumps(archive, indent=2, ensure_ascii=False)
    return _file(order, _unpayable(order, text), "har", "application/json")


async def share(request: Request) -> Response:
    """Open a read-only link and show it, this once (``POST /orders/{reference_id}/share``)."""
    shop, order = shop_of(request), await own_order(request)
    link = link_to_hand_on(request, shop.settings, f"/shared/{await _shares(shop).open(order.reference_id)}")
    note_end(request, "taken")
    return await _panel(request, order, link=link)


async def withdraw(request: Request) -> Response:
    """End the read-only link (``POST /orders/{reference_id}/withdraw``)."""
    shop, order = shop_of(request), await own_order(request)
    await _shares(shop).close(order.reference_id)
    return await _panel(request, order) if is_htmx(request) else redirect(request, _page(order))


async def shared(request: Request) -> Response:
    """Show the story to who has the link (``GET /shared/{token}``). Raises Refusal: 404 once the link has ended.

    The order's address is shortened in it, so that nothing remains once the link is withdrawn.
    """
    shop = shop_of(request)
    order = await _shares(shop).get(request.path_params["token"].rstrip(".,;)"))
    if order is None:
        raise Refusal(N_("This link has ended, or there never was one."), 404)
    context = await story_context(request, order) | {"styles": ""}
    text = shop.templates.text(visitor_of(request).language, "pages/story.html", context)
    text = _unpayable(order, text).replace(order.reference_id, f"{order.reference_id[:14]}…")
    response = shop.templates.answer(visitor_of(request).language, text)
    response.headers.update(PRIVATE | {"Referrer-Policy": "no-referrer"})
    return response


async def _panel(request: Request, order: Order, *, link: str = "") -> Response:
    shop, visitor = shop_of(request), visitor_of(request)
    context = {
        "order": order,
        "link": link,
        "strip": strip_of_order(request, order),
        "is_fragment": is_htmx(request),
        "until": await _shares(shop).until(order.reference_id),
        "currency": visitor.currency,
        "path": _page(order),
    }
    template = "fragments/take_along.html" if is_htmx(request) else "pages/take_along.html"
    response = shop.templates.response(visitor.language, template, context, secret=True)
    response.headers.update(PRIVATE)
    return response


def _file(order: Order, text: str, extension: str, media_type: str) -> Response:
    name = f"{order.reference_id[:14]}.{extension}"
    return Response(text, 200, PRIVATE | {"Content-Disposition": f'attachment; filename="{name}"'}, media_type)


def _unpayable(order: Order, text: str) -> str:
    """Return the text with the invoice's id cut: the id is the end of Xendit's payment link."""
    return text.replace(order.invoice_id, f"{order.invoice_id[:8]}…") if order.invoice_id else text


def _page(order: Order) -> str:
    return f"/orders/{order.reference_id}/take-along"


def _shares(shop: Shop) -> Shares:
    return Shares(shop.database, shop.settings.derived_secret("share"))
