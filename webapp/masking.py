"""What must not be seen is replaced before it is kept; the replacement says why. Pure functions on JSON and text."""

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

OPENS = "opens the payment"
KEY = "this shop's secret key"
TOKEN = "proves that a webhook is Xendit's"
CARD = "card data"
SECRET = "a secret of this shop"

# Names as the API spells them, without case, dashes and underscores, and why their values stay unseen.
FIELDS = {
    **dict.fromkeys(("componentssdkkey", "componentsdkkey", "paymentlinkurl", "invoiceurl", "ondemandlink"), OPENS),
    **dict.fromkeys(("checkouturl", "redirecturl", "weburl", "deeplinkurl", "hxredirect", "paymentlink"), OPENS),
    **dict.fromkeys(("authorization", "apikey", "secretkey", "secretapikey", "password", "cookie", "setcookie"), KEY),
    **dict.fromkeys(("xcallbacktoken", "callbacktoken", "webhooktoken", "callbackauthenticationtoken"), TOKEN),
    **dict.fromkeys(("cardnumber", "accountnumber", "pan", "cvn", "cvv", "cvc", "cardcvn", "cardcvv"), CARD),
    **dict.fromkeys(("expirymonth", "expiryyear", "cardexpirymonth", "cardexpiryyear", "expirydate", "track2"), CARD),
    **dict.fromkeys(("cardholdername", "cardholderfirstname", "cardholderlastname", "cardholderemail"), CARD),
    **dict.fromkeys(("cardholderphonenumber", "cryptogram", "cavv", "networktoken"), CARD),
}
SHAPES = (
    (re.compile(r"session-[0-9a-f]{32}(?:-p[dl])?(?:-[\w+/=%-]+)?"), OPENS),
    (re.compile(r"https?://(?:[\w.-]*xen\.to|(?:checkout|invoice|link)[\w.-]*\.xendit\.co)/[^\s\"'<>\\]+"), OPENS),
    (re.compile(r"/sandbox/(?:pay|invoice)/[^\s\"'<>\\]+"), OPENS),
    (re.compile(r"xnd_(?:development|production)_[\w+/=-]+"), KEY),
    (re.compile(r"Basic [A-Za-z0-9+/]{8,}=*"), KEY),
    # JSON or a query within a text: an error that repeats what was sent
    (re.compile(r"(?:components_sdk_key|payment_link_url|invoice_url)[ \"'=:\\]{1,8}[^\s\"'\\,}&]+"), OPENS),
    (re.compile(r"(?:x-callback-token|callback_token)[ \"'=:\\]{1,8}[^\s\"'\\,}&]+"), TOKEN),
    (re.compile(r"(?:card_number|cvn|cvv|expiry_year)[ \"'=:\\]{1,8}[^\s\"'\\,}&]+"), CARD),
)
DIGITS = re.compile(r"(?<![0-9A-Za-z-])[3-6](?:[ -]?\d){12,18}(?![0-9A-Za-z])")
SHORTEST = 6
DEEPEST = 30

Finder = tuple[str | re.Pattern[str], str]


def masked(why: str) -> str:
    """What stands where a secret stood."""
    return f"‹masked: {why}›"


class Mask:
    """Masks by field name, by shape, and by value: whatever is a secret in one place is one in every other."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        """``secrets``: value → why. Each is also looked for as Base64, as Basic credentials and URL-encoded."""
        forms = {form: why for secret, why in secrets.items() for form in _forms(secret)}
        self._known = dict(sorted(forms.items(), key=lambda item: -len(item[0])))  # the longest first

    def within(self, *documents: Any) -> "Mask":
        """A mask that also knows the secrets that stand in these documents."""
        found = {secret: why for document in documents for secret, why in _secrets_in(document)}
        if not found:
            return self
        wider = Mask({})
        wider._known = dict(sorted({**Mask(found)._known, **self._known}.items(), key=lambda item: -len(item[0])))
        return wider

    def value(self, value: Any) -> Any:
        """A copy of JSON, without its secrets."""
        return _walk(value, self._finders("\n".join(_texts(value))), 0)

    def text(self, text: str) -> str:
        """A text without its secrets; the rest of it stays readable."""
        return _replace(text, self._finders(text))

    def _finders(self, everything: str) -> list[Finder]:
        """Only those that find something: looking once through everything is cheaper than through every string."""
        if "%" in everything:
            everything += "\n" + unquote(everything)
        known = [(secret, why) for secret, why in self._known.items() if secret in everything]
        shapes = [(shape, why) for shape, why in SHAPES if shape.search(everything)]
        return [*known, *shapes, *([(DIGITS, CARD)] if DIGITS.search(everything) else [])]


def _replace(text: str, finders: list[Finder]) -> str:
    for wanted, why in finders:
        if isinstance(wanted, str):
            text = text.replace(wanted, masked(why))
        elif wanted is DIGITS:
            text = DIGITS.sub(lambda match: masked(CARD) if _is_card(match[0]) else match[0], text)
        else:
            text = wanted.sub(masked(why), text)
    if finders and "%" in text and (plain := unquote(text)) != text and _replace(plain, finders) != plain:
        return _replace(plain, finders)
    return text


def _walk(value: Any, finders: list[Finder], depth: int) -> Any:
    if isinstance(value, str):
        return _replace(value, finders) if finders else value
    if depth > DEEPEST and isinstance(value, Mapping | list | tuple):
        return masked("nested too deeply")
    if isinstance(value, Mapping):
        return {_replace(str(name), finders): _field(name, value, finders, depth) for name in value}
    if isinstance(value, list | tuple):
        return [_walk(item, finders, depth + 1) for item in value]
    if finders and isinstance(value, int | float) and not isinstance(value, bool):
        text = _replace(str(value), finders)
        return value if text == str(value) else text
    return value


def _field(name: Any, parent: Mapping[Any, Any], finders: list[Finder], depth: int) -> Any:
    value, why = parent[name], _why(str(name), parent)
    if why and value not in (None, "", [], {}) and not isinstance(value, bool):
        return masked(why)
    return _walk(value, finders, depth + 1)


def _texts(value: Any, depth: int = 0) -> Iterable[str]:
    if isinstance(value, Mapping):
        for name, child in value.items():
            yield str(name)
            if depth <= DEEPEST:
                yield from _texts(child, depth + 1)
    elif isinstance(value, list | tuple):
        for child in value if depth <= DEEPEST else ():
            yield from _texts(child, depth + 1)
    else:
        yield str(value)


def _why(name: str, parent: Mapping[Any, Any]) -> str | None:
    if name == "value" and parent.get("descriptor") in ("WEB_URL", "DEEPLINK_URL"):
        return OPENS  # an action of a payment request: where the shopper confirms it
    if name == "expiry_date" and "external_id" in parent:
        return None  # an invoice's end, not a card's
    return FIELDS.get(name.replace("_", "").replace("-", "").lower())


def _secrets_in(value: Any, depth: int = 0) -> Iterable[tuple[str, str]]:
    if depth > DEEPEST:
        return
    if isinstance(value, Mapping):
        for name, child in value.items():
            why = _why(str(name), value)
            if why and isinstance(child, str) and len(child) >= SHORTEST + 2:
                yield from ((form, why) for form in _parts(child))
            else:
                yield from _secrets_in(child, depth + 1)
    elif isinstance(value, list | tuple):
        for child in value:
            yield from _secrets_in(child, depth + 1)


def _parts(secret: str) -> Iterable[str]:
    """A secret, and of a short link its code, which opens the payment as well. (An invoice's last part is its id.)"""
    yield secret
    code = secret.rstrip("/").rpartition("/")[2].partition("?")[0]
    if "://" in secret and len(code) >= 8 and not re.fullmatch(r"[0-9a-f]{24}|[\w.-]+\.[a-z]+(:\d+)?", code):
        yield code


def _forms(secret: str) -> Iterable[str]:
    if len(secret) < SHORTEST:
        return
    raw = secret.encode()
    yield from (secret, quote(secret, safe=""), base64.b64encode(raw).decode(), base64.b64encode(raw + b":").decode())


def _is_card(text: str) -> bool:
    digits = [int(sign) for sign in reversed(text) if sign.isdigit()]
    doubled = [digit * 2 - 9 if digit > 4 else digit * 2 for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
