"""Serve the presenter's walkthrough (``/walkthrough``): its scenes, the presenter's own list of them, and its end."""

import time

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.presenter.notes import NOTES
from webapp.presenter.scene import after, before
from webapp.presenter.scenes import SCENES
from webapp.presenter.test_cards import test_data
from webapp.shop.set_up_link import tidy
from webapp.shop.visitor import save_visitor
from webapp.web.controls import NOTHING_SPECIAL, control, controls_of
from webapp.web.forms import read_form
from webapp.web.htmx import is_htmx
from webapp.web.own_address import own_path
from webapp.web.scene_strip import scenes_of, slugs_in
from webapp.web.state import shop_of, visitor_of
from webapp.xendit.saved_payments import forget_all

OF_A_WALK = ("scene", "opened", "played", "done", "began")
KEPT = ("language", "brand", "room", "stage", "list")


async def walkthrough(request: Request) -> Response:
    """List the scenes, with the current and the next one (``GET /walkthrough``).

    ``?scene=jakarta&scene=cebu`` makes a list of one's own, ``?scene=all`` ends it. The answer is 204 while all is
    as it was ``seen``.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    if wanted := [tidy(slug).lower() for slug in request.query_params.getlist("scene")]:
        request.session["list"] = ",".join(slug for slug in SCENES if slug in wanted) or None
    slug, scenes, done = request.session.get("scene", ""), scenes_of(request), slugs_in(request, "done")
    seen = f"{slug} {len(done)} {len(scenes)}"
    if is_htmx(request) and request.query_params.get("seen") == seen:
        return Response(status_code=204, headers={"Cache-Control": "no-store"})
    began, now = request.session.get("began"), int(time.time())
    context = {
        "scenes": scenes,
        "current": SCENES.get(slug),
        "coming": after(scenes, slug),
        "previous": before(scenes, slug),
        "done": done,
        "seen": seen,
        "notes": NOTES,
        "began": began if isinstance(began, int) and began <= now else None,
        "now": now,
        "minutes": sum(NOTES[scene.slug].minutes for scene in scenes),
        "is_own_list": bool(request.session.get("list")),
        "controls": await controls_of(request),
        "currency": visitor.currency,
        "path": "/walkthrough",
    }
    template = "fragments/scenes.html" if is_htmx(request) else "pages/walkthrough.html"
    return shop.templates.response(visitor.language, template, context | test_data(visitor.currency.code))


async def start(request: Request) -> Response:
    """Set the sandbox's controls for this visitor and open the scene's link (``POST /walkthrough/{scene}``).

    ``?anew=1`` begins another walk: its clock and its marks begin again.
    """
    scene = SCENES.get(request.path_params["scene"])
    if scene is None:
        raise HTTPException(404)
    if "anew" in request.query_params:
        for key in OF_A_WALK:
            request.session.pop(key, None)
    request.session["scene"], request.session["opened"] = scene.slug, int(time.time())
    request.session.setdefault("began", int(time.time()))
    request.session.pop("played", None)
    request.session["done"] = ",".join(slug for slug in slugs_in(request, "done") if slug != scene.slug) or None
    save_visitor(request, visitor_of(request))
    if request.app.state.sandbox:
        await control(request, NOTHING_SPECIAL | scene.controls)
    return RedirectResponse(scene.link, 303)


async def leave(request: Request) -> Response:
    """End the walkthrough and its trouble on purpose; the page stays (``POST /walkthrough/leave``)."""
    form = await read_form(request)
    await _leave(request)
    return RedirectResponse(own_path(form.get("next", "/"), "/walkthrough"), 303)


async def end(request: Request) -> Response:
    """Show the ways on: register, talk to us, once more (``GET /walkthrough/end``)."""
    shop, visitor = shop_of(request), visitor_of(request)
    context = {
        "register_url": shop.settings.brand.register_url,
        "contact_url": shop.settings.brand.contact_url,
        "last": SCENES.get(request.session.get("scene", "")),
        "first": next(iter(scenes_of(request)), None),
        "currency": visitor.currency,
        "path": "/walkthrough/end",
    }
    return shop.templates.response(visitor.language, "pages/walkthrough_end.html", context)


async def reset(request: Request) -> Response:
    """Make the browser a new visitor with the same ``KEPT`` (``POST /walkthrough/reset``).

    Orders stay stored, but the old cookie opens none of them. Saved cards and wallets are forgotten.
    """
    shop, visitor = shop_of(request), visitor_of(request)
    await forget_all(shop, visitor.id)
    await shop.order_book.disown(visitor.id)
    kept = {key: value for key, value in request.session.items() if key in KEPT}
    request.session.clear()
    request.session.update(kept)
    return RedirectResponse("/walkthrough", 303)


async def _leave(request: Request) -> None:
    for key in OF_A_WALK:
        request.session.pop(key, None)
    if request.app.state.sandbox:
        await control(request, NOTHING_SPECIAL)
