"""The strip of the walkthrough in the shop's own window: the present steps of the scene, and the way to the next."""

from dataclasses import dataclass

from starlette.requests import Request

from webapp.orders.order import Order
from webapp.presenter.scene import Scene, after, playable
from webapp.presenter.scenes import SCENES
from webapp.web.state import shop_of


@dataclass(frozen=True)
class SceneStrip:
    """The context of ``fragments/scene_strip.html``."""

    scene: Scene
    number: int
    steps: tuple[str, ...]
    coming: Scene | None


def strip_in_shop(request: Request) -> SceneStrip | None:
    """Return the strip of the storefront: the first steps, or the last once the scene's order has gone through."""
    scene = _scene(request)
    if scene is None:
        return None
    return _strip(request, scene, scene.order if request.session.get("played") == scene.slug else scene.shop)


def strip_of_order(request: Request, order: Order) -> SceneStrip | None:
    """Return the strip of a payment or an order: the steps to its end, or those that follow."""
    scene = _scene(request)
    if scene is None:
        return None
    if order.status.is_open:
        return _strip(request, scene, scene.payment or scene.shop)
    request.session["played"] = scene.slug
    return _strip(request, scene, scene.order)


def _scene(request: Request) -> Scene | None:
    return SCENES.get(request.session.get("scene", ""))


def _strip(request: Request, scene: Scene, steps: tuple[str, ...]) -> SceneStrip:
    settings = shop_of(request).settings
    scenes = playable(SCENES.values(), settings.api_keys, sandbox=settings.sandbox)
    number = scenes.index(scene) + 1 if scene in scenes else 0
    return SceneStrip(scene, number, steps, after(scenes, scene.slug))
