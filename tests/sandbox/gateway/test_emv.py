"""QR payloads that a banking app could read, parsed here by other code than the one that writes them."""

from decimal import Decimal

import pytest

from webapp.sandbox.gateway.emv import SCHEMES, crc16, qr_string

CURRENCIES = {"QRIS": "360", "PROMPTPAY": "764", "SGQR": "702", "QR_PH": "608"}


def parse(text: str) -> dict[str, str]:
    fields = {}
    while text:
        tag, length = text[:2], int(text[2:4])
        assert tag not in fields
        assert length > 0
        fields[tag], text = text[4 : 4 + length], text[4 + length :]
    return fields


def test_the_checksum_is_the_one_of_the_standard() -> None:
    assert crc16("123456789") == "29B1"


@pytest.mark.parametrize("channel", sorted(SCHEMES))
def test_a_code_holds_the_amount_and_the_merchant_and_checks_out(channel: str) -> None:
    text = qr_string(channel, Decimal("1234.50"), "Selat Coffee Roasters", "order-ab12")
    assert text[-4:] == crc16(text[:-4])
    fields = parse(text)
    assert list(fields) == sorted(fields)
    assert (fields["00"], fields["01"], fields["53"], fields["54"]) == ("01", "12", CURRENCIES[channel], "1234.50")
    assert fields["59"] == "Selat Coffee Roasters"
    assert parse(fields["62"])["05"] == "orderab12"
    accounts = [parse(value) for tag, value in fields.items() if 26 <= int(tag) <= 51]
    assert accounts
    assert all("00" in account for account in accounts)


def test_qris_carries_the_national_merchant_number_that_the_sdk_prints() -> None:
    fields = parse(qr_string("QRIS", 240_000, "Selat", "x"))
    assert fields["54"] == "240000"
    assert parse(fields["51"]) == {"00": "ID.CO.QRIS.WWW", "02": "ID1020000000017", "03": "UMI"}


@pytest.mark.parametrize(
    ("name", "written"), [("Cà phê Đà Lạt", "Ca phe a Lat"), ("咖啡", "MERCHANT"), ("x" * 60, "x" * 25)]
)
def test_names_are_folded_into_the_alphabet_of_the_standard(name: str, written: str) -> None:
    text = qr_string("SGQR", 1, name, "—")
    assert parse(text)["59"] == written
    assert text.isascii()
