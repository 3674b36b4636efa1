"""Find card numbers in a text, however they are written. Ids, amounts and times stay readable."""

import re

# In digits of any script. Amounts have dots too: dots, signs and wide gaps count only between groups as on cards.
_GAP = "[\\s./|+_\u2010-\u2015\u2212-]{1,3}"
_GROUPED = rf"\d{{3}}(?:{_GAP}\d{{4,6}}){{2,3}}(?:{_GAP}\d{{1,4}}){{0,3}}"
DIGITS = re.compile(rf"[2-6２-６๒-๖](?<!\d.)(?:(?<!\d\..)(?:[ -]?\d){{12,40}}|{_GROUPED})")
_GROUP = re.compile(r"\d+")
_WORD_BEFORE, _WORD_AFTER = re.compile(r"[\w-]*\Z"), re.compile(r"[\w-]*")
_OF_AN_ID = re.compile(r"(?=\D*\d)(?:[0-9a-f-]{6,}|[0-9A-Z-]{12,})")
_PREFIX = re.compile(r"^[A-Za-z]+[-_]")


def hide_cards(text: str, mask: str) -> str:
    """Return the text with ``mask`` in place of card numbers, and of the digits right beside them."""
    return DIGITS.sub(lambda match: match[0] if _is_no_card(match) else mask, text)


def _is_no_card(match: re.Match[str]) -> bool:
    return not _holds_card(_GROUP.findall(match[0])) or _is_in_an_id(match)


def _holds_card(groups: list[str]) -> bool:
    """Return True if groups in a row are a card number: an expiry or a code may stand before and after it."""
    for first, group in enumerate(groups):
        if first and len(group) < 4:
            continue
        digits = ""
        for group in groups[first:]:
            digits += group
            if len(digits) >= 13 and (_is_card(digits) or _is_card(digits[:16])):
                return True
            if len(digits) > 19:
                break
    return False


def _is_card(text: str) -> bool:
    digits = [int(sign) for sign in reversed(text)]
    if not 13 <= len(digits) <= 19 or not 2 <= digits[-1] <= 6:
        return False
    if digits[-1] == 2 and not 222_100 <= int(text[:6]) <= 272_099:  # else a date
        return False
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_in_an_id(match: re.Match[str]) -> bool:
    """Return True for digits within an id or a QR code's text, such as ``pr-90392f42-…``."""
    text, start, end = match.string, match.start(), match.end()
    before = _WORD_BEFORE.search(text[max(0, start - 64) : start])
    after = _WORD_AFTER.match(text, end, end + 64)
    rest = _PREFIX.sub("", before[0] if before else "") + (after[0] if after else "")
    return bool(_OF_AN_ID.fullmatch(rest))
