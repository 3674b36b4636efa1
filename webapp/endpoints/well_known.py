"""Serve what machines look for: the files below ``/.well-known/``, and ``/llms.txt``."""

import re
from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webapp.inspector.highlight import SOURCES
from webapp.web.state import shop_of

SCHEME = re.compile(r"(https|mailto|tel):", re.IGNORECASE)
LLMS = """# Selat, a demo storefront for Xendit

> A small shop that takes payments through each of Xendit's three integrations: Components (a form on its own page),
> a Payment Link by the Sessions API, and the older Invoice API. Python, Starlette, Jinja2 and htmx. Nothing is sold.
> Without API keys a built-in sandbox imitates Xendit.

- To integrate Xendit, copy one file below. It needs httpx and errors.py; saved_payment.py needs outcomes.py too.
  `# REPLACE` marks what you change.
- An order is paid when Xendit says so, by a webhook or an answer; never because a browser came back to a return URL.
- `components_sdk_key`, `payment_link_url`, `invoice_url` and the API key are secrets: never store or log them.
- Try it at [{url}/]({url}/); [{url}/walkthrough]({url}/walkthrough) shows each case with its calls.
- Xendit's own documentation: [Sessions API](https://docs.xendit.co/apidocs/create-session),
  [Components](https://docs.xendit.co/docs/components-overview), [Payment Link](https://docs.xendit.co/docs/payment-1).

## Files to copy
"""


async def apple_domain_association(request: Request) -> Response:
    """Answer the file from Xendit's dashboard that Apple Pay checks for this domain."""
    return _text(shop_of(request).settings.apple_domain_association)


async def security_txt(request: Request) -> Response:
    """Answer ``SECURITY_CONTACT`` as security.txt (https://www.rfc-editor.org/rfc/rfc9116), or 404."""
    settings = shop_of(request).settings
    expires = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    canonical = f"{settings.app_url}/.well-known/security.txt"
    bare = "@" in settings.security_contact and not SCHEME.match(settings.security_contact)
    contact = ("mailto:" if bare else "") + settings.security_contact
    return _text(contact and f"Contact: {contact}\nExpires: {expires}\nCanonical: {canonical}\n")


async def llms_txt(request: Request) -> Response:
    """Say what this is and where to begin to read, for language models (https://llmstxt.org)."""
    url = shop_of(request).settings.app_url
    files = [f"- [{path}]({url}/source/{name})" for name, path in SOURCES.items()]
    return _text("\n".join([LLMS.format(url=url), *files, ""]))


def _text(text: str) -> Response:
    if not text:
        raise HTTPException(404)
    return PlainTextResponse(text)
