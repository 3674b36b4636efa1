"""Show errors to people: a fragment for htmx, a page otherwise, the cart always intact."""

from typing import cast

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from webapp.integrations.errors import XenditError
from webapp.notices import N_, Notice, Refusal
from webapp.shop.storefront import new_checkout_id, storefront_context
from webapp.web.htmx import is_htmx
from webapp.web.returning import with_saved
from webapp.web.scene_strip import strip_in_shop
from webapp.web.state import shop_of, visitor_of

log = structlog.get_logger()
CHECKOUTS = {"/checkout": "checkout-id", "/checkout/saved-payment": "saved-checkout-id"}  # the field of each form
SHOP_PATHS = ("/", "/choices", *CHECKOUTS)


def refuse(request: Request, refusal: Refusal) -> Response:
    """Answer a Refusal: by the notice alone to htmx, above the shop to its forms, else by a page of its own."""
    return _answer(request, refusal.status, refusal.notice)


async def on_refusal(request: Request, error: Exception) -> Response:
    """Exception handler for Refusal."""
    await _load_saved(request)
    return refuse(request, cast(Refusal, error))


async def on_xendit_error(request: Request, error: Exception) -> Response:
    """Exception handler for XenditError: a plain sentence, Xendit's ``error_code``, and what to do."""
    await _load_saved(request)
    order = request.path_params.get("reference_id") or getattr(request.state, "order", "")
    if order and cast(XenditError, error).status == 404 and request.session.get("ordered") == order:
        del request.session["ordered"]  # of another account, or another sandbox: the next click makes a new order
    return _answer(request, *explain(cast(XenditError, error), str(order)))


async def on_database_unavailable(request: Request, error: Exception) -> Response:
    """Exception handler for DatabaseUnavailable: 503 with Retry-After, so that Xendit sends a webhook again."""
    log.error("database_unavailable", error=str(error))
    hint = N_("Your cart is kept. Wait a moment, then try again.")
    response = _answer(request, 503, Notice(N_("The database of this shop does not answer just now."), hint=hint))
    response.headers["Retry-After"] = "5"
    return response


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Exception handler for what Starlette refuses itself: 404, 405, 413 …"""
    error = cast(HTTPException, error)
    sentences = {
        404: N_("There is nothing at this address."),
        405: N_("This address can't be used that way."),
        408: N_("The request did not arrive in time."),
        413: N_("That was more than this shop takes in one request."),
    }
    message = sentences.get(error.status_code, N_("This shop could not make sense of that request."))
    response = _answer(request, error.status_code, Notice(message))
    response.headers.update(error.headers or {})
    return response


async def on_disconnect(request: Request, error: Exception) -> Response:
    """Exception handler for ClientDisconnect: the client left while it was sending, so no one reads the answer."""
    return Response(status_code=400)


async def on_crash(request: Request, error: Exception) -> Response:
    """Return the answer to a crash: the log has the reason, the visitor a sentence."""
    return _answer(request, 500, Notice(N_("Something broke on our side. Your cart is kept; please try again.")))


def explain(error: XenditError, order: str) -> tuple[int, Notice]:
    """Return our status, and what to tell the shopper, for what Xendit said or didn't say.

    ``order``: the order that it is about. Without one none could be created: only then nothing was charged for sure.
    """
    look = N_("Look at the order in a moment: its page says how it stands.")
    if error.status in (401, 403):
        status, message = 502, N_("Xendit did not accept this shop's key.")
        look = hint = N_("The shop's owner should check this market's API key. Your cart is kept.")
    elif error.status == 429:
        status, message = 503, N_("Xendit has too many requests just now.")
        hint = N_("Nothing was charged and your cart is kept. Wait a minute, then try again.")
    elif 400 <= error.status < 500:
        refused, impossible = N_("Xendit did not accept this request."), N_("Xendit could not accept this order.")
        status, message = 502, refused if order else impossible
        hint = N_("Nothing was charged and your cart is kept. Try another payment method or another amount.")
    else:
        late = error.error_code == "TIMEOUT"
        unreachable = N_("Xendit can't be reached just now.")
        status, message = (504, N_("Xendit took too long to answer.")) if late else (502, unreachable)
        hint = N_("Nothing was charged and your cart is kept. Try again in a moment.")
    return status, Notice(message, hint=look if order else hint, error_code=error.error_code, order=order)


async def _load_saved(request: Request) -> None:
    """Load what the visitor has saved, where the answer may draw the cart panel anew."""
    if _is_shop(request.url.path):
        await with_saved(request, visitor_of(request))


def _is_shop(path: str) -> bool:
    return path in SHOP_PATHS or path.startswith(("/cart/", "/choices/"))


def _answer(request: Request, status: int, notice: Notice) -> Response:
    path = request.url.path
    if path.startswith(("/webhooks/", "/api/")):
        return JSONResponse({"message": notice.message % notice.values}, status)
    if "session" not in request.scope:  # the crash handler stands outside of the session
        request.scope["session"] = {}
    shop, visitor = shop_of(request), visitor_of(request)
    if is_htmx(request):
        # A failed checkout needs a new checkout_id, so that pressing Checkout again makes a new order.
        if path in CHECKOUTS and status == 409:  # the page shows something else than the cart: draw it anew
            context = storefront_context(visitor, notice=notice)
            return shop.templates.response(visitor.language, "fragments/shop.html", context, status=status)
        fragment: dict[str, object] = {"notice": notice}
        if path in CHECKOUTS and not notice.order:  # where there is one, pressing again finds it
            fragment |= {"fresh_checkout_id": new_checkout_id(), "checkout_field": CHECKOUTS[path]}
        return shop.templates.response(visitor.language, "fragments/notice.html", fragment, status=status)
    if _is_shop(path) and not notice.command:
        context = storefront_context(visitor, notice=notice) | {"path": "/", "strip": strip_in_shop(request)}
        return shop.templates.response(visitor.language, "pages/storefront.html", context, status=status)
    context = {"status": status, "notice": notice, "currency": visitor.currency, "path": "/"}
    context |= {"strip": strip_in_shop(request)}
    return shop.templates.response(visitor.language, "pages/error.html", context, status=status)
