"""The names and patterns of secrets, with the reason for masking each."""

import re
from urllib.parse import urlsplit

from webapp.config import Settings
from webapp.xendit_hosts import PAGE_URL

OPENS = "opens the payment"
KEY = "this shop's secret key"
TOKEN = "proves that a webhook is Xendit's"
CARD = "card data"
SECRET = "a secret of this shop"

# The API's names in lower case, without dashes and underscores.
FIELDS = {
    **dict.fromkeys(("componentssdkkey", "componentsdkkey", "paymentlinkurl", "invoiceurl", "ondemandlink"), OPENS),
    **dict.fromkeys(("checkouturl", "redirecturl", "weburl", "deeplinkurl", "hxredirect", "paymentlink"), OPENS),
    **dict.fromkeys(("authorization", "apikey", "secretkey", "secretapikey", "password", "cookie", "setcookie"), KEY),
    **dict.fromkeys(("xcallbacktoken", "callbacktoken", "webhooktoken", "callbackauthenticationtoken"), TOKEN),
    **dict.fromkeys(("cardnumber", "accountnumber", "pan", "cvn", "cvv", "cvc", "cardcvn", "cardcvv"), CARD),
    **dict.fromkeys(("cvv2", "cvc2", "securitycode", "cardsecuritycode", "verificationvalue"), CARD),
    **dict.fromkeys(("cardno", "cardpan", "primaryaccountnumber", "expiry", "expmonth", "expyear"), CARD),
    **dict.fromkeys(("cardexpiry", "cardexpmonth", "cardexpyear", "expirationmonth", "expirationyear"), CARD),
    **dict.fromkeys(("expirymonth", "expiryyear", "cardexpirymonth", "cardexpiryyear", "expirydate", "track2"), CARD),
    **dict.fromkeys(("cardholdername", "cardholderfirstname", "cardholderlastname", "cardholderemail"), CARD),
    **dict.fromkeys(("cardholderphonenumber", "cryptogram", "cavv", "networktoken"), CARD),
}
SHAPES = (
    (re.compile(r"session-[0-9a-f]{32}(?:-p[dl])?(?:-[\w+/=%-]+)?"), OPENS),
    (re.compile(PAGE_URL.replace("https", "https?") + r"/[^\s\"'<>\\]+"), OPENS),
    (re.compile(r"/sandbox/(?:pay|invoice|authorize|3ds|wallet|approval)/[^\s\"'<>\\]+"), OPENS),
    (re.compile(r"pass=[0-9a-f]{32}"), OPENS),
    (re.compile(r"xnd_(?:development|production)_[\w+/=-]+"), KEY),
    (re.compile(r"Basic [A-Za-z0-9+/]{8,}=*"), KEY),
    # JSON or a query in a text, such as an error that quotes the request
    (re.compile(r"(?:components_sdk_key|payment_link_url|invoice_url)[ \"'=:\\]{1,8}[^\s\"'\\,}&]+"), OPENS),
    (re.compile(r"callback[_-]token[ \"'=:\\]{1,8}[^\s\"'\\,}&]+"), TOKEN),
    (re.compile(r"(?:card_?[nN]umber|cv[nvc]2?|security_?[cC]ode|expiry_year)[ \"'=:\\]{1,8}[^\s\"'\\,}&]+"), CARD),
)


def shop_secrets(settings: Settings) -> dict[str, str]:
    """Return the shop's own secrets, as value → reason."""
    purposes = ("cookie", "sandbox", "webhook token", "share")
    known = {settings.secret_key: SECRET} | {settings.derived_secret(purpose): SECRET for purpose in purposes}
    if "://" in settings.database_url and (password := urlsplit(settings.database_url).password):
        known[password] = SECRET
    known |= dict.fromkeys(settings.webhook_tokens.values(), TOKEN)
    return known | dict.fromkeys(settings.api_keys.values(), KEY)
