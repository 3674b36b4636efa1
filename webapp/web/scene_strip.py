"""The walkthrough of one visitor: their scenes, what is done, and the strip in the shop's own window."""

from dataclasses import dataclass
from decimal import Decimal

from starlette.requests import Request

from webapp.orders.order import Order
from webapp.orders.status import SAVED_PAYMENT, OrderStatus
from webapp.presenter.scene import Scene, after, before, playable
from webapp.presenter.scenes import SCENES
from webapp.web.state import shop_of, visitor_of


@dataclass(frozen=True)
class SceneStrip:
    """The context of ``fragments/scene_strip.html``."""

    scene: Scene
    number: int
    steps: tuple[str, ...]
    coming: Scene | None
    previous: Scene | None
    done: bool


def scenes_of(request: Request) -> list[Scene]:
    """Return the scenes that can be played here: the visitor's own list in its order, or all."""
    settings = shop_of(request).settings
    chosen = [SCENES[slug] for slug in slugs_in(request, "list") if slug in SCENES]
    can = playable(chosen or SCENES.values(), settings.api_keys, sandbox=settings.sandbox)
    return can or playable(SCENES.values(), settings.api_keys, sandbox=settings.sandbox)


def slugs_in(request: Request, key: str) -> list[str]:
    """Return the scenes that a cookie lists."""
    return str(request.session.get(key) or "").split(",")


def note_end(request: Request, *reached: str) -> None:
    """Note that the scene that is on is done, if one of these ends it."""
    scene = _scene(request)
    if scene and scene.ends in reached and scene.slug not in slugs_in(request, "done"):
        request.session["done"] = ",".join([*filter(None, slugs_in(request, "done")), scene.slug])


def take_into_scene(request: Request, order: Order) -> None:
    """Make an order that still waits one of the scene that is on: its payment is opened again."""
    if order.status.is_open and "opened" in request.session:
        request.session["opened"] = min(int(request.session["opened"]), int(order.created.timestamp()))


def strip_in_shop(request: Request) -> SceneStrip | None:
    """Return the strip of the storefront: the first steps, or the last once the scene's order has gone through."""
    scene = _scene(request)
    if scene is None:
        return None
    return _strip(request, scene, scene.order if request.session.get("played") == scene.slug else scene.shop)


def strip_of_order(request: Request, order: Order, refunded: Decimal = Decimal(0)) -> SceneStrip | None:
    """Return the strip of a payment or an order: the steps to its end, or those that follow."""
    scene = _scene(request)
    if scene is None:
        return None
    foreign = order.visitor != visitor_of(request).id
    if foreign or order.created.timestamp() < int(request.session.get("opened", 0)):  # not of this scene
        return _strip(request, scene, scene.shop)
    if order.status.is_open:
        return _strip(request, scene, scene.payment or scene.shop)
    if not (order.status.is_success or order.status in (OrderStatus.STOPPED, scene.ends)):  # nobody paid: begin again
        return _strip(request, scene, scene.shop)
    request.session["played"] = scene.slug
    again = order.integration == SAVED_PAYMENT and order.status.is_success
    whole = order.paid > 0 and refunded == order.paid
    note_end(request, order.status, SAVED_PAYMENT if again else "", "refunded" if whole else "")
    return _strip(request, scene, scene.order)


def _scene(request: Request) -> Scene | None:
    return SCENES.get(request.session.get("scene", ""))


def _strip(request: Request, scene: Scene, steps: tuple[str, ...]) -> SceneStrip:
    scenes = scenes_of(request)
    number = scenes.index(scene) + 1 if scene in scenes else 0
    done = scene.slug in slugs_in(request, "done")
    return SceneStrip(scene, number, steps, after(scenes, scene.slug), before(scenes, scene.slug), done)
