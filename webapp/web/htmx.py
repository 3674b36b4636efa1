"""All that the code knows about htmx's headers (https://four.htmx.org/reference/)."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response


def is_htmx(request: Request) -> bool:
    """Return whether htmx asked, so that a fragment is the answer rather than a whole page."""
    return request.headers.get("hx-request") == "true"


def redirect(request: Request, url: str) -> Response:
    """Send the browser to ``url``: ``HX-Redirect`` for htmx, 303 otherwise. The URL may be a secret: never cached."""
    if is_htmx(request):
        location = quote(url, safe=":/%#?=@[]!$&'()*+,;")  # as RedirectResponse does
        return Response(status_code=200, headers={"HX-Redirect": location, "Cache-Control": "no-store"})
    return RedirectResponse(url, status_code=303, headers={"Cache-Control": "no-store"})
