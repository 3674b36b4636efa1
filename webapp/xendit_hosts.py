"""Xendit's hosts, in one list: the Content-Security-Policy and the inspector's masks read it."""

import re
from urllib.parse import urlsplit

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

PAGE_URL = f"(?:{'|'.join(re.escape(origin).replace(chr(92) + '*', '[A-Za-z0-9.-]+') for origin in PAGES)})"
"""A pattern for the beginning of their addresses."""


def is_page(url: str) -> bool:
    """Return whether an address is at one of Xendit's payment pages."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return re.fullmatch(PAGE_URL, f"{parts.scheme}://{parts.netloc}") is not None
