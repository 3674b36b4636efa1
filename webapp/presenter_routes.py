"""The routes of a presentation: an order on a phone, the walkthrough, and what happens behind the counter."""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from webapp.endpoints import (
    brand,
    cheat,
    inspector,
    options,
    present,
    sandbox_controls,
    set_up,
    stage,
    take_along,
    walkthrough,
)
from webapp.inspector.middleware import RecordingMiddleware

ORDER = "/orders/{reference_id}"
SEEN = [Middleware(RecordingMiddleware, kind="answer")]  # the inspector records these answers

PRESENTER_ROUTES: list[BaseRoute] = [
    Route("/options", options.show),
    Route("/options", options.store, methods=["POST"]),
    Route(f"{ORDER}/qr", present.order_qr),
    Route(f"{ORDER}/qr", present.payment_qr, methods=["POST"], middleware=SEEN),
    Route(f"{ORDER}/done", present.done),
    Route(f"{ORDER}/expire-now", sandbox_controls.expire_now, methods=["POST"]),
    Route(f"{ORDER}/repeat-webhook", sandbox_controls.repeat_webhook, methods=["POST"]),
    Route(f"{ORDER}/cheat", cheat.cheats),
    Route(f"{ORDER}/cheat/{{slug}}", cheat.cheat, methods=["POST"]),
    Route(f"{ORDER}/take-along", take_along.panel),
    Route(f"{ORDER}/story.html", take_along.html_file),
    Route(f"{ORDER}/story.har", take_along.har_file),
    Route(f"{ORDER}/share", take_along.share, methods=["POST"]),
    Route(f"{ORDER}/withdraw", take_along.withdraw, methods=["POST"]),
    Route("/shared/{token}", take_along.shared),
    Route("/set-up", set_up.set_up),
    Route("/stage", stage.entrance),
    Route("/stage", stage.open_room, methods=["POST"]),
    Route("/stage/{room}", stage.stage),
    Route("/stage/{room}/close", stage.close_room, methods=["POST"]),
    Route("/join/{room}", stage.join),
    Route("/brand", brand.brand_page),
    Route("/brand", brand.put_on, methods=["POST"]),
    Route("/brand/remove", brand.remove, methods=["POST"]),
    Route("/brand/{colour}.css", brand.stylesheet),
    Route("/brand/{fingerprint}/{name}", brand.picture),
    Route("/walkthrough", walkthrough.walkthrough),
    Route("/walkthrough/end", walkthrough.end),
    Route("/walkthrough/reset", walkthrough.reset, methods=["POST"]),
    Route("/walkthrough/leave", walkthrough.leave, methods=["POST"]),
    Route("/walkthrough/controls", sandbox_controls.controls, methods=["POST"]),
    Route("/walkthrough/{scene}", walkthrough.start, methods=["POST"]),
    Route(f"{ORDER}/inspector", inspector.order_inspector),
    Route("/inspector", inspector.latest),
    Route("/source/{name}", inspector.source_view),
]
