"""Somebody else's shop by settings: what is read, what is refused with a sentence, and what then is on the pages."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.conftest import OpenShop
from webapp.config import Settings
from webapp.env import ConfigError
from webapp.pictures import MAX_BYTES
from webapp.shop.brand import Brand, clean, initial, read_colour

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4" fill="url(#g)"/></svg>'
CATALOGUE = """
[rates]
IDR = 16500

[[product]]
name = "Flat white"
origin = "Double ristretto"
price = 3.50

[[product]]
name = "Croissant"
prices = { IDR = 28000, PHP = 95.50 }

[[product]]
name = "Old cake"
price = 1
sold_out = true
"""


def brand_of(folder: Path, catalogue: str = "", logo: str | bytes = "", name: str = "logo.svg", **env: str) -> Brand:
    """Return the brand that the settings make, with these files."""
    if logo:
        (folder / name).write_bytes(logo.encode() if isinstance(logo, str) else logo)
        env["BRAND_LOGO"] = str(folder / name)
    if catalogue:
        (folder / "catalogue.toml").write_text(catalogue, encoding="utf-8")
        env["CATALOGUE"] = str(folder / "catalogue.toml")
    return Settings.from_env({"SECRET_KEY": "s" * 32} | env).brand


def refused(folder: Path, **settings: str | bytes) -> str:
    with pytest.raises(ConfigError) as error:
        brand_of(folder, **settings)  # type: ignore[arg-type]
    assert str(error.value).endswith(".")
    return str(error.value)


def test_without_settings_the_shop_is_selat() -> None:
    assert Settings.from_env({}).brand.is_selat


@pytest.mark.anyio
async def test_pages_wear_name_colour_logo_and_products(tmp_path: Path, open_shop: OpenShop) -> None:
    brand = brand_of(tmp_path, CATALOGUE, LOGO, BRAND_NAME="Kopi Kita", BRAND_COLOUR="#C2410C")
    assert brand.logo
    async with open_shop(brand=brand) as shop:
        page = (await shop.get("/")).text
        for part in ("· Kopi Kita</title>", "Flat white", "Rp58.000", "Rp28.000", brand.logo.url, "/brand/c2410c.css"):
            assert part in page, part
        assert ">Demo</p>" in page and "Sandbox" in page
        assert "Gayo" not in page and "Selat" not in page

        logo = await shop.get(brand.logo.url)
        assert (logo.status_code, logo.headers["content-type"]) == (200, "image/svg+xml")
        assert "default-src 'none'" in logo.headers["content-security-policy"]
        assert logo.headers["x-content-type-options"] == "nosniff"

        style = await shop.get("/brand/c2410c.css")
        assert style.headers["content-type"].startswith("text/css") and "immutable" in style.headers["cache-control"]
        assert "prefers-color-scheme:dark" in style.text


@pytest.mark.anyio
async def test_an_order_keeps_the_name_and_the_products_of_its_shop(tmp_path: Path, open_shop: OpenShop) -> None:
    brand = brand_of(tmp_path, CATALOGUE, BRAND_NAME="Kopi Kita")
    async with open_shop(brand=brand) as shop:
        await shop.get("/?currency=PHP&flow=pay&integration=payment_link&cart=gayo:2,toraja:1")  # a scene's link
        await shop.checkout()
        order = await shop.newest_order()
    async with open_shop() as selat:
        kept = await selat.order_book.get(order.reference_id)
        assert kept and [(line.name, line.quantity, str(line.unit_amount)) for line in kept.lines] == [
            ("Flat white", 2, "190"),
            ("Croissant", 1, "95.50"),
        ]
        assert kept.description == "Kopi Kita: 2 × Flat white, 1 × Croissant"
        assert "Croissant" in (await selat.get(f"/orders/{order.reference_id}")).text


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/brand/C2410C.css", "/brand/red.css", "/brand/c2410c0.css", "/brand/x/logo.svg"])
async def test_other_addresses_of_a_brand_are_404(open_shop: OpenShop, path: str) -> None:
    async with open_shop() as shop:
        assert (await shop.get(path)).status_code == 404


def test_a_brand_is_never_shown_with_production_keys(tmp_path: Path) -> None:
    live = {"IDR_API_KEY": "xnd_production_x", "ALLOW_PRODUCTION_KEYS": "1"}
    assert "never shown with production keys" in refused(tmp_path, BRAND_NAME="Kopi Kita", **live)
    assert brand_of(tmp_path, BRAND_NAME="Kopi Kita", IDR_API_KEY="xnd_development_x").name == "Kopi Kita"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"BRAND_COLOUR": "reddish"}, "Set BRAND_COLOUR to a colour such as #c2410c"),
        ({"BRAND_COLOUR": "#12345"}, "Set BRAND_COLOUR"),
        ({"BRAND_COLOUR": "rgb(1, 2, 300)"}, "Set BRAND_COLOUR"),
        ({"BRAND_NAME": "n" * 500}, "at most 40 characters"),
        ({"BRAND_NAME": "\u202e\u2066"}, "that can be seen"),
        ({"BRAND_LOGO": "nowhere.svg"}, "nowhere.svg can't be read"),
        ({"BRAND_LOGO": "logo.gif"}, "ends in .svg or .png, not logo.gif"),
        ({"CATALOGUE": "nowhere.toml"}, "nowhere.toml can't be read"),
    ],
)
def test_a_setting_that_can_not_be_is_a_sentence(tmp_path: Path, settings: dict[str, str], words: str) -> None:
    assert words in refused(tmp_path, **settings)


@pytest.mark.parametrize(
    ("logo", "words"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'>" + b" " * 5_000_000 + b"</svg>",
            f"at most {MAX_BYTES:,} are taken",
        ),
        ("<svg><script>alert(1)</script></svg>", "holds <script>"),
        ("<svg xmlns='http://www.w3.org/2000/svg'><g><foreignObject/></g></svg>", "holds <foreignobject>"),
        ("<svg onload='alert(1)'/>", "event handler onload"),
        ("<svg><animateTransform/></svg>", "holds <animatetransform>"),
        ("<svg><image href='https://evil.example/x.png'/></svg>", "refers to https://evil.example"),
        (
            "<svg xmlns:l='http://www.w3.org/1999/xlink'><use l:href='//x.example#a'/></svg>",
            "outside of itself",
        ),
        ("<svg><a href='javascript:alert(1)'/></svg>", "refers to javascript"),
        ("<svg><style>@import 'https://evil.example'</style></svg>", "in its <style>"),
        ("<svg><rect fill='url(https://evil.example/x)'/></svg>", "in its attribute fill"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>", "document type"),
        ("<html/>", "is no SVG"),
        ("<svg>", "no well-formed SVG"),
        (b"\x89PNG\r\n\x1a\n", "no SVG in UTF-8"),
    ],
)
def test_a_logo_that_runs_or_loads_something_is_refused(tmp_path: Path, logo: str | bytes, words: str) -> None:
    assert words in refused(tmp_path, logo=logo)


def test_a_logo_is_what_its_name_says(tmp_path: Path) -> None:
    assert "is no PNG, whatever its name says" in refused(tmp_path, logo=LOGO, name="logo.png")
    png = brand_of(tmp_path, logo=b"\x89PNG\r\n\x1a\n...", name="logo.png").logo
    assert png and png.media_type == "image/png"


def test_all_mistakes_of_a_catalogue_are_said_at_once_with_their_lines(tmp_path: Path) -> None:
    said = refused(
        tmp_path,
        catalogue="""colour = "red"
[rates]
EUR = 1
[[product]]
name = "Flat white"
price = "sixteen"
[[product]]
nam = "Cake"
prices = { IDR = 28000.5, PHP = nan, JPY = 3 }
[[product]]
name = "%s"
price = -1
featured = "yes"
picture = "cake.exe"
"""
        % ("n" * 500),
        BRAND_COLOUR="reddish",
    )
    wanted = [
        "Set BRAND_COLOUR",
        "line 1: colour means nothing here",
        "line 3: a rate is a number",
        "line 6: the price “sixteen” is no number",
        "line 8: nam is no field",
        "line 7: name is missing",
        "line 9: the price 28000.5 has more decimals than IDR",
        "line 9: the price “NaN”",
        "line 9: JPY is no currency",
        "line 11: name has 500 characters",
        "line 12: the price “-1”",
        "line 13: featured is true or false",
        "line 14: picture needs a file",
    ]
    lines = said.splitlines()
    assert len(lines) == len(wanted)
    for words in wanted:
        assert any(words in line for line in lines), words


@pytest.mark.parametrize(
    ("catalogue", "words"),
    [
        ("[[product]]\nname = 'x'\nprice = 1\n" * 200, "from 1 to 24 products"),
        ("# nothing\n", "from 1 to 24 products"),
        ("product = 3\n", "from 1 to 24 products"),
        ("[[product]]\nname = \n", "line 2"),
        ("[[product]]\nname = 'Cake'\n", "a price is missing"),
        ("[[product]]\nname = 'Cake'\nprices = 3\n", "a price is missing"),
        ("[[product]]\nname = 'Cake'\nprice = 1\n" * 2, "is taken"),
        ("[[product]]\nname = 'Cake'\nprice = 1\nid = 'Ä'\n", "line 4: id is made of"),
        ("product = [{name = 'Cake', price = true}]\n", "line 1: the price “True”"),
    ],
)
def test_a_catalogue_that_can_not_be_is_a_sentence(tmp_path: Path, catalogue: str, words: str) -> None:
    assert words in refused(tmp_path, catalogue=catalogue)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("  Kopi \n\t Kita ", "Kopi Kita"),
        ("safe\u202egnp.exe\u2066", "safegnp.exe"),
        ("مقهى البن", "مقهى البن"),
        ("👩\u200d🍳 Dapur", "👩\u200d🍳 Dapur"),
        ("a\x00\x1b[31mb\u200b\ufeff", "a[31mb"),
        ("q\u0301\u0301\u0301\u0301x", "q\u0301\u0301x"),
        ("กี่ที่", "กี่ที่"),
    ],
)
def test_a_name_keeps_what_can_be_read(written: str, shown: str) -> None:
    assert clean(written) == shown


@pytest.mark.parametrize(
    ("name", "letter"), [("kopi", "K"), ("กี่ที่", "กี่"), ("éclair", "É"), ("مقهى", "م"), ("", ""), ("👩\u200d🍳", "👩")]
)
def test_the_letter_of_a_name_keeps_its_marks(name: str, letter: str) -> None:
    assert initial(name) == letter


@pytest.mark.parametrize(
    ("written", "digits"),
    [("#C2410C", "c2410c"), ("c41", "cc4411"), ("rgb(194, 65, 12)", "c2410c"), ("rgb(194 65 12)", "c2410c")],
)
def test_a_colour_is_taken_as_people_copy_it(written: str, digits: str) -> None:
    assert read_colour(written) == digits


ODD = "ae\u00e9\uac00\u1100\u1161 \u0301\u0316\u00ad\u200d\u0cc6\u0cc2\ufe0f\u3164\t"


@given(st.text(st.sampled_from(ODD) | st.characters(), max_size=30))
@example("e\u00ad\u0301")
@example("a\u0301\u0cc6\u0301\u0cc2")
def test_a_name_comes_out_of_its_own_link_as_it_went_in(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    "text", ["\u200d", "\u3164", "\u2800 \u2800", "\u115f\u1160", "\uffa0\u200c", "\ufe0f"], ids=ascii
)
def test_a_name_without_anything_to_see_is_none(text: str) -> None:
    assert clean(text) == ""
