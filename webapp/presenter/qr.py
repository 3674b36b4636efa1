"""QR codes as inline SVG: drawn when asked for, kept nowhere."""

import segno
from markupsafe import Markup


def qr_svg(text: str) -> Markup:
    """A text (an address) as a drawing of squares, dark on white in every colour scheme: phones read it so."""
    drawing = segno.make(text, error="m").svg_inline(
        scale=5, border=3, omitsize=True, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawing)  # noqa: S704 - segno's own SVG, made of squares
