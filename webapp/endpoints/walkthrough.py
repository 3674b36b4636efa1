"""Serve the presenter's walkthrough and the sandbox's controls (``/walkthrough``)."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import N_, Refusal
from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT
from webapp.presenter.scene import after, playable
from webapp.presenter.scenes import SCENES
from webapp.presenter.test_cards import test_data
from webapp.shop.visitor import save_visitor
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.state import controls_of, own_order, shop_of, visitor_of
from webapp.xendit.saved_payments import forget_all

DELAYS = ("0", "5", "15", "60")
FAILURES = ("", "400", "401", "500", "timeout", "down")
NOTHING_SPECIAL = {"fail": "", "delay": "0", "duplicate": ""}


async def walkthrough(request: Request) -> Response:
    """List the scenes and mark the current and the next one (``GET /walkthrough``).

    The answer is 204 while the current scene is the one that was ``seen``.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    slug = request.session.get("scene", "")
    if is_htmx(request) and request.query_params.get("seen") == slug:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    scenes = playable(SCENES.values(), shop.settings.api_keys, sandbox=shop.settings.sandbox)
    context = {
        "scenes": scenes,
        "current": SCENES.get(slug),
        "coming": after(scenes, slug) or next(iter(scenes), None),
        "controls": await controls_of(request),
        "currency": visitor.currency,
        "path": "/walkthrough",
    }
    template = "fragments/scenes.html" if is_htmx(request) else "pages/walkthrough.html"
    return shop.templates.response(visitor.language, template, context | test_data(visitor.currency.code))


async def start(request: Request) -> Response:
    """Set the sandbox's controls for this visitor and open the scene's link (``POST /walkthrough/{scene}``)."""
    scene = SCENES.get(request.path_params["scene"])
    if scene is None:
        raise HTTPException(404)
    request.session["scene"] = scene.slug
    request.session.pop("played", None)
    save_visitor(request, visitor_of(request))
    if request.app.state.sandbox:
        await _control(request, NOTHING_SPECIAL | scene.controls)
    return RedirectResponse(scene.link, 303)


async def leave(request: Request) -> Response:
    """End the walkthrough and its trouble on purpose; the page stays (``POST /walkthrough/leave``)."""
    form = await read_form(request)
    for key in ("scene", "played"):
        request.session.pop(key, None)
    if request.app.state.sandbox:
        await _control(request, NOTHING_SPECIAL)
    return RedirectResponse(_own_path(form.get("next", "/")), 303)


async def reset(request: Request) -> Response:
    """Make the browser a new visitor with the same language and brand (``POST /walkthrough/reset``).

    Orders stay stored, but the old cookie opens none of them. Saved cards and wallets are forgotten.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    await forget_all(shop, visitor.id)
    await shop.order_book.disown(visitor.id)
    kept = [(key, request.session[key]) for key in ("language", "brand") if key in request.session]
    request.session.clear()
    request.session.update(kept)
    return RedirectResponse("/walkthrough", 303)


async def controls(request: Request) -> Response:
    """Set the sandbox's controls for this visitor (``POST /walkthrough/controls``). Raises Refusal."""
    form = await read_form(request)
    save_visitor(request, visitor_of(request))
    await _control(request, {name: form.get(name, "") for name in NOTHING_SPECIAL})
    return await _said(request, N_("Applied, for this browser alone."), form.get("next", "/walkthrough"))


async def expire_now(request: Request) -> Response:
    """Expire the session or invoice in the sandbox (``POST /orders/{reference_id}/expire-now``)."""
    order, object_id = await _own_object(request)
    if order.integration == SAVED_PAYMENT:  # only Xendit's API can end it
        raise HTTPException(404)
    await request.app.state.sandbox.expire(object_id)
    return await _said(request, N_("Its time is over. Watch for the webhook."), f"/orders/{order.reference_id}")


async def repeat_webhook(request: Request) -> Response:
    """Send the order's last webhook again, with the same id (``POST /orders/{reference_id}/repeat-webhook``)."""
    order, object_id = await _own_object(request)
    sent = await request.app.state.sandbox.webhooks(object_id)
    if not sent:
        return await _said(request, N_("No webhook has been sent yet."), f"/orders/{order.reference_id}")
    await request.app.state.sandbox.resend(sent[0]["webhook_id"])
    return await _said(request, N_("Sent once more."), f"/orders/{order.reference_id}")


async def _control(request: Request, changes: dict[str, str]) -> None:
    if request.app.state.sandbox is None:
        raise HTTPException(404)
    fail, delay = changes["fail"], changes["delay"] or "0"
    if fail not in FAILURES or delay not in DELAYS:
        raise Refusal(N_("The sandbox has no such control."))
    sandbox, visitor = request.app.state.sandbox, visitor_of(request)
    await sandbox.set_caller_faults(visitor.id, fail=fail, delay=int(delay), duplicate=bool(changes["duplicate"]))


async def _own_object(request: Request) -> tuple[Order, str]:
    """Return this visitor's order and its id in the sandbox. Raises HTTPException (404) if there is none."""
    order = await own_order(request)
    object_id = order.payment_session_id or order.invoice_id or order.payment_request_id
    if request.app.state.sandbox is None or not object_id:
        raise HTTPException(404)
    return order, object_id


async def _said(request: Request, message: str, back: str) -> Response:
    if not is_htmx(request):
        return RedirectResponse(_own_path(back), 303)
    shop, visitor = shop_of(request), visitor_of(request)
    return shop.templates.response(visitor.language, "fragments/inspector_said.html", {"message": message})


def _own_path(path: str) -> str:
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/walkthrough"
