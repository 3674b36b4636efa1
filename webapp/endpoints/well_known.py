"""Serve the files below ``/.well-known/``."""

from datetime import UTC, datetime, timedelta

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from webapp.web.state import shop_of


async def apple_domain_association(request: Request) -> Response:
    """Answer the file from Xendit's dashboard that Apple Pay checks for this domain."""
    return _text(shop_of(request).settings.apple_domain_association)


async def security_txt(request: Request) -> Response:
    """Answer ``SECURITY_CONTACT`` as security.txt (https://www.rfc-editor.org/rfc/rfc9116), or 404."""
    settings = shop_of(request).settings
    expires = (datetime.now(UTC) + timedelta(days=180)).strftime("%Y-%m-%dT00:00:00Z")
    canonical = f"{settings.app_url}/.well-known/security.txt"
    contact = settings.security_contact
    return _text(contact and f"Contact: {contact}\nExpires: {expires}\nCanonical: {canonical}\n")


def _text(text: str) -> Response:
    if not text:
        raise HTTPException(404)
    return PlainTextResponse(text)
