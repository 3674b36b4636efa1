"""The tones of a brand's colour: what is written in it, or on it, can be read, in light and in dark.

Hue and colourfulness are kept; lightness moves, in OKLCH (https://bottosson.github.io/posts/oklab), until the contrast
is what WCAG 2.2 asks for: 4.5 for text. A border in the tone of text makes buttons visible whatever their colour is.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

TEXT_CONTRAST = 4.5
STEP = 0.005
RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Ground:
    """One scheme of ``static/css/shop.css``: its grounds, and the text on a wash of the brand."""

    grounds: tuple[str, ...]
    texts: tuple[str, ...]
    wash: float
    """The lightness of a wash."""
    towards: int
    """The direction in which lightness moves away from the grounds."""


LIGHT = Ground(("fbf6ec", "fffdf8", "f4ecdd"), ("211c16", "6b6154"), 0.95, -1)
DARK = Ground(("15120e", "1e1a15", "28231c"), ("f2ebdd", "a99d8b"), 0.27, 1)


@lru_cache(maxsize=256)
def tones(colour: str, ground: Ground) -> dict[str, str]:
    """Return the CSS variables of a colour in one scheme, each ``#rrggbb``."""
    lightness, chroma, hue = _oklch(colour)
    wash = _until(ground.wash, min(chroma, 0.03), hue, ground.texts, -ground.towards)
    text = _until(lightness, chroma, hue, (*ground.grounds, wash), ground.towards)
    deep = _hex(_oklch(text)[0] + 0.08 * ground.towards, chroma, hue)
    on_fill = readable_on(colour)
    fill_deep = _hex(lightness + (-0.06 if on_fill == "ffffff" else 0.06), chroma, hue)
    named = {"strait": text, "strait-deep": deep, "on-strait": readable_on(text), "wash": wash}
    named |= {"fill": colour, "fill-deep": fill_deep, "on-fill": on_fill}
    return {name: f"#{value}" for name, value in named.items()}


def stylesheet(colour: str) -> str:
    """Return the stylesheet that puts a colour in the place of the shop's own."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in tones(colour, ground).items()) for ground in (LIGHT, DARK)
    )
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}\n"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    darker, lighter = sorted(
        0.2126 * red + 0.7152 * green + 0.0722 * blue for red, green, blue in (_linear(one), _linear(other))
    )
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(colour: str) -> str:
    """Return white or black, of which one always has a contrast of 4.5."""
    return max("ffffff", "000000", key=lambda text: contrast(text, colour))


def _until(lightness: float, chroma: float, hue: float, others: Iterable[str], towards: int) -> str:
    """Return the first tone, from a lightness on, that all the others can be told from."""
    while True:
        tone = _hex(lightness, chroma, hue)
        if all(contrast(tone, other) >= TEXT_CONTRAST for other in others) or not 0 <= lightness <= 1:
            return tone
        lightness += STEP * towards


def _linear(colour: str) -> RGB:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return (_expand(red), _expand(green), _expand(blue))


def _expand(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else math.pow((value + 0.055) / 1.055, 2.4)


def _oklch(colour: str) -> RGB:
    """Return lightness, chroma and hue."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _hex(lightness: float, chroma: float, hue: float) -> str:
    """Return a tone as six digits, less colourful where a screen has no such colour."""
    lightness = min(max(lightness, 0.0), 1.0)
    while True:
        parts = _rgb(lightness, chroma, hue)
        if chroma < STEP or all(-0.0005 <= part <= 1.0005 for part in parts):
            return "".join(f"{round(255 * _compress(min(max(part, 0.0), 1.0))):02x}" for part in parts)
        chroma -= STEP


def _rgb(lightness: float, chroma: float, hue: float) -> RGB:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _compress(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * math.pow(value, 1 / 2.4) - 0.055
