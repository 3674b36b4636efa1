"""The routes of what is shown to an audience and taken along. A payment needs none of them."""

from starlette.routing import BaseRoute, Route

from webapp.endpoints import take_along

ORDER = "/orders/{reference_id}"

PRESENTER_ROUTES: list[BaseRoute] = [
    Route(f"{ORDER}/take-along", take_along.panel),
    Route(f"{ORDER}/story.html", take_along.html_file),
    Route(f"{ORDER}/story.har", take_along.har_file),
    Route(f"{ORDER}/share", take_along.share, methods=["POST"]),
    Route(f"{ORDER}/withdraw", take_along.withdraw, methods=["POST"]),
    Route("/shared/{token}", take_along.shared),
]
