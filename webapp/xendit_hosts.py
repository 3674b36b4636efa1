"""Xendit's hosts, in one list: the Content-Security-Policy and the inspector's masks read it."""

import re
from urllib.parse import urlsplit

import httpx

PAGES = (
    "https://xen.to",
    "https://*.xen.to",
    "https://link.xendit.co",
    "https://invoice.xendit.co",
    "https://invoice-staging.xendit.co",
    "https://checkout.xendit.co",
    "https://checkout-staging.xendit.co",
    "https://checkout-live.xendit.co",
)
"""Origins of the pages to which ``payment_link_url`` and ``invoice_url`` lead."""
GATEWAYS = ("https://checkout-ui-gateway-prod-dev.xendit.co", "https://checkout-ui-gateway.xendit.co")
"""Origins that the browser SDK calls."""
ASSETS = "https://assets.xendit.co"

MAX_ADDRESS = 2_000
LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?=.{{1,253}}$){LABEL}(?:\.{LABEL})*\.?|[0-9a-f:.]+:[0-9a-f:.]*".encode())  # a name, or IPv6
UNPRINTABLE = re.compile("[\0-\x20\x7f-\x9f\\\\\ud800-\udfff]")

PAGE_URL = f"(?:{'|'.join(re.escape(origin).replace(chr(92) + '*', '[A-Za-z0-9.-]+') for origin in PAGES)})"
"""A pattern for the beginning of their addresses."""


def is_page(url: str) -> bool:
    """Return whether an address is at one of Xendit's payment pages."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return re.fullmatch(PAGE_URL, f"{parts.scheme}://{parts.netloc}") is not None


def page_address(url: object, trusted: tuple[str, ...] = ()) -> str | None:
    """Return the address of a payment page as a header, a link and a QR code can hold it; None if it can't be one.

    It is https, or of a ``trusted`` origin (a sandbox's), with a host, without a user, and at most 2,000 characters.
    """
    if not isinstance(url, str) or len(url) > MAX_ADDRESS or UNPRINTABLE.search(url):
        return None
    try:
        address = httpx.URL(url)  # normalised as browsers do: the host in ASCII, the rest percent-encoded
    except httpx.InvalidURL:
        return None
    text = str(address)
    if not HOST.fullmatch(address.raw_host) or (address.port or 0) > 65_535 or address.userinfo:
        return None
    return text if text.startswith(("https://", *trusted)) and len(text) <= MAX_ADDRESS else None
