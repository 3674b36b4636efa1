"""A card's data is masked however it is written; what only looks like it stays readable."""

import json

import pytest

from webapp.inspector.masking import Mask
from webapp.sandbox.console.masking import pretty

HIDDEN = "‹masked: card data›"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4000 0000 0000 1000 12/39", f"{HIDDEN}/39"),
        ("card 4000 0000 0000 1000 123 declined", f"card {HIDDEN} declined"),
        ("4000-0000-0000-1000-12", HIDDEN),
        ("12/39 4000 0000 0000 1000", f"12/{HIDDEN}"),
        ("4000000000001000123", HIDDEN),
        ("4000000000001000,4000000000002503", f"{HIDDEN},{HIDDEN}"),
        ("4000\u00a00000\u00a00000\u00a01000", HIDDEN),
        ("4000  0000  0000  1000", HIDDEN),
        ("4000.0000.0000.1000", HIDDEN),
        ("4000+0000+0000+1000", HIDDEN),
        ("3400.000000.02534", HIDDEN),
        ("4000\n0000\n0000\n1000", HIDDEN),
        ("4000\t0000\t0000\t1000", HIDDEN),
        ("4000/0000/0000/1000", HIDDEN),
        ("4000 | 0000 | 0000 | 1000", HIDDEN),
        ("1.4000 0000 0000 1000", f"1.{HIDDEN}"),
        ("A4000000000001000", f"A{HIDDEN}"),
        ("pan-4000000000001000", f"pan-{HIDDEN}"),
        ("4000000000001000x", f"{HIDDEN}x"),
        ("2223000048410010", HIDDEN),
        ("４０００００００００００１０００", HIDDEN),
        ("๔๐๐๐๐๐๐๐๐๐๐๐๑๐๐๐", HIDDEN),
    ],
)
def test_a_card_number_in_a_text_is_hidden_however_it_is_written(text: str, shown: str) -> None:
    assert Mask({}).value({"message": text})["message"] == shown


@pytest.mark.parametrize(
    "text",
    [
        "selat-4000000000001000a1b2c3d4e5f60718",  # ids are hex
        "pr-90392f42-4000-4000-8000-100000001000",
        "6748105a4000000000001000",
        "3333.3333333333335",
        "30000000000.000004",
        "0.4221165755827173",
        "4000, 0000, 0000, 1000",  # amounts
        "Rp4.000.000.000.001.000",
        "2026-11-22 2026-12-01 2027-01-10",
        "20261122185050000",
        "1732301450500",
        "4000000000001001",  # its check digit is wrong
    ],
)
def test_an_id_an_amount_and_a_time_stay_readable(text: str) -> None:
    assert Mask({}).value({"message": text})["message"] == text


@pytest.mark.parametrize("name", ["security_code", "cvv2", "cvc2", "exp_month", "exp_year", "expiry", "cardNumber"])
def test_other_gateways_names_of_card_data_are_known_too(name: str) -> None:
    assert Mask({}).value({name: "12"}) == {name: HIDDEN}


@pytest.mark.parametrize("name", ["card_number", "cardNumber", "cvn", "security_code", "cvv2"])
@pytest.mark.parametrize("number", ["4000 0000 0000 1000", "4000-0000", "314 159"])
def test_the_console_of_the_sandbox_shows_nothing_of_a_card(name: str, number: str) -> None:
    card: dict[str, str] = {name: number, "note": json.dumps({name: number, "more": json.dumps({name: number})})}
    shown = pretty(card)
    assert not any(part in shown for part in number.replace("-", " ").split())
    assert "more" in shown and shown.count("…") == 3


def test_the_console_hides_a_card_in_a_form_and_keeps_what_is_no_secret() -> None:
    assert pretty("card_number=4000+0000+0000+1000&cvn=123&amount=5") == "card_number=…&cvn=…&amount=5"
    masked = {"masked_card_number": "400000XXXXXX1000", "amount": 4000, "cvn": "", "description": "two bags"}
    assert json.loads(pretty(masked)) == masked
