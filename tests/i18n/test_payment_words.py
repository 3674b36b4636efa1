"""Texts say what banks and wallets there say, and none of the words below."""

import re

import pytest

from tests.i18n.test_languages import texts

# Each is a pattern and why it is not said here, with what is.
AVOIDED = {
    "id": {
        r"\bpasar\b": "a bazaar; negara",
        r"\bfaktur\b": "a tax document; invoice",
        r"\bdompet\b(?! digital)": "a purse; dompet digital",
    },
    "th": {
        "ตลาด": "a bazaar; ประเทศ",
        "ใบกำกับภาษี": "a tax document; ใบแจ้งหนี้",
        "วอลเล็ท|(?<!อี)วอลเล็ต|กระเป๋าเงิน": "one spelling of wallet; อีวอลเล็ต",
    },
    "vi": {
        r"\bđăng ký\b": "to register; đặt định kỳ",
        r"\bhóa đơn\b": "a VAT invoice; Invoice",
        r"\bthị trường\b": "a trade's market; quốc gia",
        r"\blần thử này\b|\bthất bại\b": "a failed attempt is “Giao dịch không thành công”",
        r"\bthu khi giao hàng\b|\btrả khi giao hàng\b": "cash on delivery; khi gửi hàng",
    },
    "es": {
        r"\bfacturas?\b": "a tax document in Mexico; enlace de cobro",
        r"\bbilleteras?\b": "cartera digital in Mexico",
        r"\bmercados?\b": "a bazaar; país",
        r"\bimportes?\b": "monto, as in Xendit's own form",
        r"\bpulsa\b|\bha ido\b|\bcaducad[oa]\b": "Spain's; presiona, salió, vencido",
    },
}
WORDS = [(language, pattern) for language, patterns in AVOIDED.items() for pattern in patterns]


@pytest.mark.parametrize(("language", "pattern"), WORDS)
def test_no_text_says_a_word_that_means_something_else_there(language: str, pattern: str) -> None:
    saying = [text for _, _, theirs in texts(language) for text in theirs if re.search(pattern, text, re.IGNORECASE)]
    assert not saying, AVOIDED[language][pattern]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("id", "Dompet digital"),
        ("th", "อีวอลเล็ต"),
        ("vi", "Ví điện tử"),
        ("es", "Cartera digital"),
    ],
)
def test_a_wallet_has_its_name_there(language: str, said: str) -> None:
    assert {"Wallet": said}.items() <= {english[0]: theirs[0] for _, english, theirs in texts(language)}.items()
