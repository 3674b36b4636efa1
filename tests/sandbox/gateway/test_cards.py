"""The outcome of each test card, and the decryption of its number."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.sandbox.gateway.conftest import NewCheckout, seal
from webapp.sandbox import cards, sdk_keys
from webapp.sandbox.cards import CardOutcome, outcome
from webapp.sandbox.gateway.card_fields import Unreadable, open_field

SESSION = "ps-" + "0" * 24
KEY = sdk_keys.sdk_key("secret", SESSION)
PRIVATE = sdk_keys.ecdh_private_key("secret", SESSION)


@pytest.mark.parametrize(
    ("number", "amount", "currency", "expected"),
    [
        ("4000000000001000", 100_000, "IDR", CardOutcome("approve")),
        ("378282246310005", 100, "SGD", CardOutcome("approve")),
        ("4000000000001091", 100, "SGD", CardOutcome("challenge")),
        ("1889800000000171", 100_000, "IDR", CardOutcome("challenge")),
        ("4000000000002503", 100, "SGD", CardOutcome("decline", "CARD_DECLINED")),
        ("4000000000001000", 10_054, "IDR", CardOutcome("decline", "INSUFFICIENT_BALANCE")),
        ("4000000000001000", 10.3, "SGD", CardOutcome("decline", "PROCESSOR_ERROR")),
        ("4000000000001091", 10_058, "PHP", CardOutcome("challenge", "INVALID_CVV")),
        ("4000000000001000", 400_300, "VND", CardOutcome("decline", "DECLINED_BY_ISSUER")),
        ("4000000000001000", 10_051, "VND", CardOutcome("approve")),
        ("4200350000000801", 19, "THB", CardOutcome("approve")),
        ("4200350000000801", 20, "THB", CardOutcome("challenge")),
        (cards.SLOW, 100, "SGD", CardOutcome("slow")),
        (cards.REFUSED, 100, "SGD", CardOutcome("refuse")),
    ],
)
def test_a_card_and_an_amount_decide(number: str, amount: float, currency: str, expected: CardOutcome) -> None:
    assert outcome(number, amount, currency) == expected
    assert cards.is_valid(number)


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4", "VISA"),
        ("37", "AMEX"),
        ("5200", "MASTERCARD"),
        ("2221", "MASTERCARD"),
        ("3530", "JCB"),
        ("1889800000000171", "BCA"),
        ("6", None),
        ("", None),
    ],
)
def test_the_first_digits_tell_the_network(number: str, brand: str | None) -> None:
    assert cards.brand(number) == brand


@pytest.mark.parametrize(
    "number", ["", "4000000000001001", "4000", "4000 0000 0000 1000", "4" * 30, "²" * 16, "٤" * 16]
)
def test_a_wrong_number_is_noticed(number: str) -> None:
    assert not cards.is_valid(number)


@pytest.mark.parametrize(("month", "year", "status"), [("10", "2026", 400), ("11", "2026", 200), ("01", "2020", 400)])
@pytest.mark.anyio
async def test_a_card_pays_to_the_end_of_its_last_month(
    new_checkout: NewCheckout, month: str, year: str, status: int
) -> None:
    checkout = await new_checkout()
    sealed = {"card_number": "4000000000001000", "expiry_month": month, "expiry_year": year}
    details = {name: seal(text, checkout.sdk_key, checkout.id) for name, text in sealed.items()}
    answer = await checkout.begin("CARDS", channel_properties={"card_details": details})
    assert answer.status_code == status
    assert answer.json().get("error_code") == ("CARD_EXPIRED" if status == 400 else None)


@pytest.mark.anyio
async def test_a_card_of_a_network_without_a_picture_is_not_refused_by_the_form(new_checkout: NewCheckout) -> None:
    checkout = await new_checkout()
    card = {"card_number": seal("1889800000000171", checkout.sdk_key, checkout.id)}
    assert (await checkout.post(f"{checkout.auth}/card_info", card)).json()["schemes"] == []


def test_what_a_field_sealed_is_opened() -> None:
    assert open_field(seal("4000000000001000", KEY, SESSION), PRIVATE, SESSION) == "4000000000001000"


def test_an_incomplete_number_is_opened_without_its_validation_error() -> None:
    sealed = seal("4000", KEY, SESSION) + "-invalid-" + base64.b64encode(b"validation.card_number_invalid").decode()
    assert open_field(sealed, PRIVATE, SESSION) == "4000"


def test_a_field_on_plain_http_is_read_as_what_it_is() -> None:
    sealed = "xendit-encrypted-1-insecure-none-" + base64.b64encode(b"4000000000001000").decode()
    assert open_field(sealed, PRIVATE, SESSION) == "4000000000001000"


def _other_key(private: Any) -> str:
    public = private.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    parts = seal("4000000000001000", KEY, SESSION).split("-")
    parts[3] = base64.b64encode(der).decode()
    return "-".join(parts)


@pytest.mark.parametrize(
    "sealed",
    [
        None,
        4000000000001000,
        "4000000000001000",
        "xendit-encrypted-1-",
        "xendit-encrypted-1-a-b-c",
        "xendit-encrypted-1-insecure-none-%%%",
        seal("4000000000001000", sdk_keys.sdk_key("secret", "ps-" + "1" * 24), SESSION),
        seal("4000000000001000", KEY, "ps-" + "1" * 24),
        seal("4000000000001000", KEY, SESSION)[:-8] + "AAAAAAA=",
        _other_key(ec.generate_private_key(ec.SECP256R1())),
        _other_key(ec.generate_private_key(ec.SECP224R1())),
        _other_key(x25519.X25519PrivateKey.generate()),
        _other_key(ed25519.Ed25519PrivateKey.generate()),
        _other_key(rsa.generate_private_key(65537, 1024)),
    ],
)
def test_anything_else_is_refused(sealed: object) -> None:
    with pytest.raises(Unreadable):
        open_field(sealed, PRIVATE, SESSION)
