"""The audience's screen: a code that leads phones into the shop, and their orders as they come in (``/stage``)."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import N_, Refusal
from webapp.orders.rooms import RoomOrder, Rooms
from webapp.orders.status import OrderStatus
from webapp.shop.currencies import CURRENCIES
from webapp.shop.own_brand import own_of
from webapp.shop.visitor import save_visitor
from webapp.web.htmx import is_htmx, redirect
from webapp.web.own_brand import store_own_brand
from webapp.web.phones import code_for_phones
from webapp.web.state import shop_of, visitor_of

SHOWN = 30
METHODS = {"components": "Components", "payment_link": "Payment Link", "invoice": "Invoice"}
CLOSED = N_("This room is closed, or there never was one.")


async def entrance(request: Request) -> Response:
    """Go on to the presenter's room, or offer to open one (``GET /stage``)."""
    shop, visitor, own = shop_of(request), visitor_of(request), _own_word(request)
    if await _rooms(request).get(own):
        return RedirectResponse(f"/stage/{own}", 303)
    context = {"currency": visitor.currency, "path": "/stage"}
    return shop.templates.response(visitor.language, "pages/stage_entrance.html", context)


async def open_room(request: Request) -> Response:
    """Open a room, or find the presenter's own (``POST /stage``). Raises Refusal (503) while there are too many."""
    visitor, own = visitor_of(request), _own_word(request)
    if await _rooms(request).get(own):
        return redirect(request, f"/stage/{own}")
    word = await _rooms(request).open(visitor.id, visitor.brand.own)
    if word is None:
        raise Refusal(N_("All rooms are taken just now."), 503, hint=N_("A room closes by itself after 12 hours."))
    save_visitor(request, visitor)
    request.session["stage"] = word  # a reset keeps it: the room outlives the presenter's next visitor
    return redirect(request, f"/stage/{word}")


async def stage(request: Request) -> Response:
    """Show a room's code and orders; 204 to htmx while they are as ``seen`` (``GET /stage/{room}``).

    Raises Refusal (404) for a closed room. A page that polls goes to ``/stage``: its code would lead nowhere.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    room = await _rooms(request).get(request.path_params["room"])
    if room is None and is_htmx(request):
        return redirect(request, "/stage")
    if room is None:
        raise Refusal(CLOSED, 404)
    orders, counts = await _rooms(request).orders(room, SHOWN), await _rooms(request).counts(room)
    version = _version(orders, counts)
    if is_htmx(request) and request.query_params.get("seen") == version:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    context: dict[str, Any] = {
        "room": room,
        "orders": orders,
        "made": sum(counts.values()),
        "done": sum(number for status, number in counts.items() if status.is_success),
        "version": version,
        "methods": METHODS,
        "markets": CURRENCIES,
    }
    if is_htmx(request):
        return shop.templates.response(visitor.language, "fragments/stage_orders.html", context, secret=True)
    context |= await code_for_phones(shop.settings, f"{shop.settings.app_url}/join/{room.word}")
    context |= {"is_presenter": room.word == _own_word(request)}
    context |= {"currency": visitor.currency, "path": f"/stage/{room.word}"}
    return shop.templates.response(visitor.language, "pages/stage.html", context, secret=True)


async def close_room(request: Request) -> Response:
    """Close the presenter's room (``POST /stage/{room}/close``). The orders stay. Raises Refusal: 403."""
    word = request.path_params["room"]
    if word != _own_word(request):
        raise Refusal(N_("Only the browser that opened this room can close it."), 403)
    await _rooms(request).close(word)
    return redirect(request, "/stage")


async def join(request: Request) -> Response:
    """Let this browser's orders appear in a room, and go on to the shop in its brand (``GET /join/{room}``).

    Raises Refusal (404) for a closed room.
    """
    room = await _rooms(request).get(request.path_params["room"])
    if room is None:
        raise Refusal(CLOSED, 404)
    if request.session.get("room") != room.word:
        await _order_anew(request)
    request.session["room"] = room.word
    if room.brand:
        save_visitor(request, store_own_brand(request, visitor_of(request), own_of(room.brand)))
    return RedirectResponse("/", 303)


async def _order_anew(request: Request) -> None:
    """Forget the order that waits, so that Checkout makes one of the room's instead of opening it again."""
    ordered = request.session.get("ordered")
    order = await shop_of(request).order_book.get(ordered) if ordered else None
    if order and order.status is OrderStatus.WAITING:
        del request.session["ordered"]


def _own_word(request: Request) -> str:
    """Return the word of the room that this browser has opened; empty if none."""
    return str(request.session.get("stage") or "")[:40].replace("\0", "")


def _rooms(request: Request) -> Rooms:
    """Return the rooms. Raises HTTPException (404) where real money moves: there is no stage."""
    shop = shop_of(request)
    if shop.settings.badge == "Live":
        raise HTTPException(404)
    return Rooms(shop.database)


def _version(orders: Sequence[RoomOrder], counts: Mapping[OrderStatus, int]) -> str:
    """Return a hash of all that the screen shows."""
    shown = [f"{order.created} {order.currency} {order.integration} {order.status}" for order in orders]
    shown += sorted(f"{status} {number}" for status, number in counts.items())
    return hashlib.sha256("\n".join(shown).encode()).hexdigest()[:16]
