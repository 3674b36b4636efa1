"""Read the settings that make the shop somebody's own: BRAND_NAME, BRAND_COLOUR, BRAND_LOGO and CATALOGUE."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from webapp.catalogue_file import read_catalogue
from webapp.env import ConfigError
from webapp.pictures import read_picture
from webapp.shop.brand import MAX_NAME, SELAT, Brand, clean, read_colour

NAMES = ("BRAND_NAME", "BRAND_COLOUR", "BRAND_LOGO", "CATALOGUE")


def read_brand(env: Mapping[str, str], keys: Iterable[str] = ()) -> Brand:
    """Return the brand of the settings. Raises ConfigError, with a line for each mistake.

    With ``keys`` that take real money it is refused: nothing is sold here, and not in anybody's name.
    """
    name, colour, logo, catalogue = (env.get(each, "") for each in NAMES)
    register, contact = read_link(env, "REGISTER_URL"), read_link(env, "CONTACT_URL")
    shop = SELAT
    if register or contact:
        urls = register or SELAT.register_url, contact or SELAT.contact_url
        shop = replace(SELAT, register_url=urls[0], contact_url=urls[1])
    if not (name or colour or logo or catalogue):
        return shop
    if any(key.startswith("xnd_production_") for key in keys):
        raise ConfigError(f"Remove {', '.join(NAMES)}, or use test keys: a brand is never shown with production keys.")
    mistakes: list[str] = []
    parts: dict[str, Any] = {}
    if len(clean(name)) > MAX_NAME or (name and not clean(name)):
        mistakes.append(f"Set BRAND_NAME to at most {MAX_NAME} characters that can be seen.")
    if colour and not read_colour(colour):
        mistakes.append("Set BRAND_COLOUR to a colour such as #c2410c.")
    try:
        parts |= {"logo": read_picture("BRAND_LOGO", Path(logo), (".svg", ".png"))} if logo else {}
    except ConfigError as error:
        mistakes.append(str(error))
    try:
        parts |= {"products": read_catalogue(Path(catalogue))} if catalogue else {}
    except ConfigError as error:
        mistakes.append(str(error))
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return replace(shop, name=clean(name) or SELAT.name, colour=read_colour(colour) or "", **parts)


def read_link(env: Mapping[str, str], name: str) -> str:
    """Return the address of a page, by http or https, or an empty text. Raises ConfigError."""
    value = env.get(name, "")
    try:
        fits = (
            urlsplit(value).scheme in ("http", "https")
            and urlsplit(value).hostname
            and not re.search(r"[\s\"<>]", value)
        )
    except ValueError:
        fits = False
    if value and (not fits or len(value) > 500):
        raise ConfigError(f"Set {name} to the address of a page, such as https://example.com/contact.")
    return value
