"""Make the shop somebody's own, for one visit (``/brand``); serve stylesheets of colours, and pictures."""

import re

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from webapp.notices import N_, Refusal
from webapp.shop import tones
from webapp.shop.currencies import CURRENCIES
from webapp.shop.own_brand import OwnBrand, own_of, read_own_brand
from webapp.shop.price_list import MAX_PRODUCTS
from webapp.shop.visitor import save_visitor
from webapp.web.forms import read_form
from webapp.web.own_brand import may_brand, store_own_brand
from webapp.web.phones import link_to_hand_on
from webapp.web.state import shop_of, visitor_of

FOR_EVER = "public, max-age=31536000, immutable"
ONLY_A_PICTURE = "default-src 'none'; sandbox"  # an SVG's own styles are no concern of it, in three engines
SELATS_COLOUR = "0b5b68"


async def brand_page(request: Request) -> Response:
    """Show the form, filled with the brand of this visit, its link, and the tones to copy (``GET /brand``)."""
    own = own_of(visitor_of(request).brand.own)
    typed = {"brand": own.name, "colour": own.colour and f"#{own.colour}", "goods": own.goods_text}
    return _page(request, own, typed)


async def put_on(request: Request) -> Response:
    """Store the brand of the form for this visit, or show the form again with its mistakes (``POST /brand``)."""
    form, visitor = await read_form(request), visitor_of(request)
    currency = CURRENCIES.get(form.get("currency", ""), visitor.currency)
    own = read_own_brand(form, currency)
    if own.mistakes:
        return _page(request, own, form, status=422)
    save_visitor(request, store_own_brand(request, visitor, own))
    return RedirectResponse("/" if own.query else "/brand", 303)


async def remove(request: Request) -> Response:
    """Give the shop its own brand back (``POST /brand/remove``)."""
    save_visitor(request, store_own_brand(request, visitor_of(request), OwnBrand()))
    return RedirectResponse("/brand", 303)


def _page(request: Request, own: OwnBrand, typed: dict[str, str], *, status: int = 200) -> Response:
    shop, visitor = shop_of(request), visitor_of(request)
    if not may_brand(shop.settings):
        raise Refusal(N_("This shop takes real payments, so it keeps its own name and products."), 404)
    brand, currency = visitor.brand, CURRENCIES.get(own.currency, visitor.currency)
    colour = brand.colour or SELATS_COLOUR
    context = {
        "typed": {"brand": "", "colour": "", "goods": ""} | typed,
        "mistakes": own.mistakes,
        "max_products": MAX_PRODUCTS,
        "currency": currency,
        "example": f"{35 * currency.price_step:f}",
        "link": link_to_hand_on(request, shop.settings, f"/?{brand.own}") if brand.own else "",
        "light": tones.tones(colour, tones.LIGHT),
        "dark": tones.tones(colour, tones.DARK),
        "path": "/brand",
    }
    return shop.templates.response(visitor.language, "pages/brand.html", context, status=status)


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
