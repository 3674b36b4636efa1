"""Serve what makes the shop somebody's own (``/brand``): stylesheets and pictures."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from webapp.shop import tones
from webapp.web.state import shop_of

FOR_EVER = "public, max-age=31536000, immutable"
ONLY_A_PICTURE = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


async def stylesheet(request: Request) -> Response:
    """Answer the stylesheet of a colour, six digits in small letters (``GET /brand/{colour}.css``)."""
    colour = request.path_params["colour"]
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        raise HTTPException(404)
    return Response(tones.stylesheet(colour), media_type="text/css", headers={"Cache-Control": FOR_EVER})


async def picture(request: Request) -> Response:
    """Answer a logo or a product's picture (``GET /brand/{fingerprint}/{name}``), under a policy that runs nothing."""
    file = shop_of(request).settings.brand.pictures.get(request.url.path)
    if file is None:
        raise HTTPException(404)
    headers = {"Cache-Control": FOR_EVER, "Content-Security-Policy": ONLY_A_PICTURE}
    return Response(file.body, media_type=file.media_type, headers=headers)
