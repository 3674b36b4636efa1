"""Whatever a brand's colour is, what is written in it or on it can be read, in light and in dark."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.shop.tones import DARK, LIGHT, TEXT_CONTRAST, Ground, contrast, stylesheet, tones

CSS = (Path(__file__).parents[2] / "static/css/shop.css").read_text(encoding="utf-8")
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"{number:06x}")


@pytest.mark.parametrize("ground", [LIGHT, DARK])
@given(colours)
def test_every_pair_has_the_contrast_of_text(ground: Ground, colour: str) -> None:
    made = {name: value.removeprefix("#") for name, value in tones(colour, ground).items()}
    written_on = [
        (made[text], paper) for text in ("strait", "strait-deep") for paper in (*ground.grounds, made["wash"])
    ]
    written_on += [(text, made["wash"]) for text in ground.texts]
    written_on += [(made["on-strait"], made["strait"]), (made["on-strait"], made["strait-deep"])]
    written_on += [(made["on-fill"], made["fill"]), (made["on-fill"], made["fill-deep"])]
    assert min(contrast(*pair) for pair in written_on) >= TEXT_CONTRAST


def test_a_colour_that_can_be_read_stays_what_it_is() -> None:
    assert tones("0b5b68", LIGHT)["strait"] == "#0b5b68"
    assert tones("ffd400", DARK)["strait"] == "#ffd400"


def test_a_button_keeps_a_colour_that_no_text_could_have() -> None:
    yellow = tones("ffd400", LIGHT)
    assert (yellow["fill"], yellow["on-fill"]) == ("#ffd400", "#000000")
    assert yellow["strait"] != "#ffd400"


def test_black_on_white_is_21_to_1() -> None:
    assert round(contrast("000000", "ffffff"), 2) == 21


def test_the_grounds_are_those_of_the_shops_stylesheet() -> None:
    light, dark = (re.search(r":root \{(.*?)\}", part, re.DOTALL) for part in CSS.split("@media", 1))
    assert light and dark
    for palette, ground in ((light[1], LIGHT), (dark[1], DARK)):
        painted = dict(re.findall(r"--([\w-]+): #(\w{6});", palette))
        assert tuple(painted[name] for name in ("paper", "card", "sunk")) == ground.grounds
        assert tuple(painted[name] for name in ("ink", "muted")) == ground.texts


def test_the_stylesheet_sets_only_what_the_shops_own_has() -> None:
    assert set(re.findall(r"--([\w-]+):", stylesheet("c2410c"))) <= set(re.findall(r"--([\w-]+):", CSS))
