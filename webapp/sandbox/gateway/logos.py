"""Small pictures of channels, card networks and countries: plain drawings of our own, without any trademark.

The SDK shows them with <img> and as background images, so each is a file of its own.
"""

from starlette.requests import Request
from starlette.responses import Response

from ..markets import MARKETS

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">{drawing}</svg>'
LETTERS = (
    '<text x="50%" y="50%" dy=".36em" text-anchor="middle" font-family="system-ui,sans-serif" font-weight="700"'
    ' font-size="{size}" fill="#fff">{letters}</text>'
)
CARD = (
    '<rect x="9" y="14" width="30" height="20" rx="3" fill="none" stroke="#fff" stroke-width="2.5"/>'
    '<path d="M9 21h30M14 29h7" stroke="#fff" stroke-width="2.5"/>'
)
QR = (
    '<path d="M12 12h9v9h-9zM27 12h9v9h-9zM12 27h9v9h-9z" fill="none" stroke="#fff" stroke-width="2.5"/>'
    '<path d="M26 26h4v4h-4zM32 32h4v4h-4zM32 26h4v4h-4zM15 15h3v3h-3zM30 15h3v3h-3zM15 30h3v3h-3z" fill="#fff"/>'
)
NETWORKS = {
    "VISA": ("Visa", "#1E3A7B"),
    "MASTERCARD": ("MC", "#A84300"),
    "JCB": ("JCB", "#1F6B3B"),
    "AMEX": ("Amex", "#1B6A9C"),
}


def _tile(colour: str, drawing: str, width: int = 48, height: int = 48) -> str:
    ground = f'<rect width="{width}" height="{height}" rx="{height // 6}" fill="{colour}"/>'
    return SVG.format(width=width, height=height, drawing=ground + drawing)


def _letters(words: str, size: int = 20) -> str:
    return LETTERS.format(letters=words, size=size if len(words) < 3 else size * 3 // 4)


def _initials(brand: str) -> str:
    capitals = "".join(sign for sign in brand if sign.isupper())
    return capitals[:3] if 1 < len(capitals) < 4 else brand[:2]


def drawings() -> dict[str, str]:
    """Return every logo that the gateway's answers or the SDK itself may name."""
    found = {
        channel.code: _tile(
            channel.colour, {"CARDS": CARD, "QR_CODE": QR}.get(channel.pm_type) or _letters(_initials(channel.brand))
        )
        for market in MARKETS.values()
        for channel in market.channels
        if channel in market.embedded or channel.saves
    }
    return found | {name: _tile(colour, _letters(words, 22), 48, 32) for name, (words, colour) in NETWORKS.items()}


LOGOS = drawings()
HEADERS = {"Cache-Control": "public, max-age=86400", "X-Content-Type-Options": "nosniff"}


async def logo(request: Request) -> Response:
    """Handle `GET /sandbox/logos/QRIS.svg`."""
    drawing = LOGOS.get(request.path_params["name"])
    if drawing is None:
        return Response("No such logo", 404, media_type="text/plain")
    return Response(drawing, media_type="image/svg+xml", headers=HEADERS)


async def flag(request: Request) -> Response:
    """Handle `GET /sandbox/flags/id.svg`: the country's letters, for the SDK's menus of countries and dial codes."""
    code = request.path_params["country"]
    if not (code.isascii() and code.isalpha() and len(code) == 2):
        return Response("No such country", 404, media_type="text/plain")
    return Response(_tile("#6B6154", _letters(code.upper())), media_type="image/svg+xml", headers=HEADERS)
