"""The text of a payment QR code: EMVCo's merchant-presented format, as each country's scheme uses it.

In: channel code, amount, merchant name, a reference. Out: a payload that banking apps can parse (tag, length, value,
and a checksum at the end). The merchant numbers are invented, so no money can move.
Format: EMV QRCPS Merchant-Presented Mode 1.1, https://www.emvco.com/emv-technologies/qr-codes/
"""

import unicodedata
from decimal import Decimal
from typing import NamedTuple

Fields = dict[str, str]


class Scheme(NamedTuple):
    """The data of one country's scheme.

    ISO 4217 number, ISO 3166 code, a city, and the merchant accounts as `tag:value` pairs.
    """

    currency_number: str
    country: str
    city: str
    accounts: dict[str, str]


SCHEMES = {
    # Tag 51 carries the NMID, the national merchant number, which the SDK prints under the code.
    "QRIS": Scheme("360", "ID", "JAKARTA", {
        "26": "00:ID.CO.SANDBOX.WWW 01:936009990000000017 02:000000000000017 03:UMI",
        "51": "00:ID.CO.QRIS.WWW 02:ID1020000000017 03:UMI",
    }),
    # Thai QR, bill payment: biller number and a reference. (Tag 29 would be a person's PromptPay number.)
    "PROMPTPAY": Scheme("764", "TH", "BANGKOK", {"30": "00:A000000677010112 01:099400000000017 02:SANDBOX"}),
    # PayNow to a company (type 2, by its registration number), amount fixed (03 = 0), inside an SGQR label.
    "SGQR": Scheme("702", "SG", "SINGAPORE", {
        "26": "00:SG.PAYNOW 01:2 02:000000017D 03:0",
        "51": "00:SG.SGQR 01:000000000017 02:01.0001 03:018956 04:01 05:01 06:0001 07:20260101",
    }),
    # Person to merchant.
    "QR_PH": Scheme("608", "PH", "MANILA", {"28": "00:ph.ppmi.p2m 01:SANDPHM2XXX 03:000000017 05:000"}),
}  # fmt: skip


def crc16(text: str) -> str:
    """Return the CRC-16/CCITT-FALSE of a text as four hex digits, for tag 63."""
    crc = 0xFFFF
    for byte in text.encode():
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return f"{crc:04X}"


def fold(fields: Fields) -> str:
    """Return all fields as tag, two digits of length, and value."""
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in fields.items())


def plain(text: str, longest: int) -> str:
    """Return the text in the specification's character set, printable ASCII. Accents are dropped."""
    folded = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "".join(sign for sign in folded if sign.isprintable())[:longest].strip() or "MERCHANT"


def qr_string(channel_code: str, amount: Decimal | float, merchant_name: str, reference: str) -> str:
    """Return the payload of one dynamic code (01 = 12: for one payment of this amount)."""
    scheme = SCHEMES[channel_code]
    reference = "".join(sign for sign in reference if sign.isascii() and sign.isalnum())[-20:] or "0"
    text = fold(
        {"00": "01", "01": "12"}
        | {tag: fold(dict(pair.split(":") for pair in text.split())) for tag, text in scheme.accounts.items()}
        | {
            "52": "5499",  # food and drink
            "53": scheme.currency_number,
            "54": f"{Decimal(str(amount)).quantize(Decimal('0.01'))}".removesuffix(".00"),
            "58": scheme.country,
            "59": plain(merchant_name, 25),
            "60": scheme.city,
            "62": fold({"05": reference, "07": "SANDBOX"}),
        }
    )
    return f"{text}6304{crc16(text + '6304')}"
