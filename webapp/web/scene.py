"""The scene of the walkthrough that a visitor's window shows, for the strip above its pages."""

from typing import Any

from starlette.requests import Request

from webapp.presenter.scenes import SCENES, after


def scene_context(request: Request) -> dict[str, Any]:
    """Return the context of ``fragments/scene_strip.html``; empty outside the walkthrough."""
    slug = request.session.get("scene")
    if not isinstance(slug, str) or slug not in SCENES:
        return {}
    return {"scene": SCENES[slug], "scene_number": list(SCENES).index(slug) + 1, "scene_next": after(slug)}
