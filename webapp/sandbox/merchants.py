"""The name of the merchant, which a caller may say in a header that Xendit does not have: one sandbox, many shops."""

from urllib.parse import unquote

from starlette.requests import Request

HEADER = "x-sandbox-merchant"
MAX_LENGTH = 40


def merchant_of(request: Request, usual: str) -> str:
    """Return the name that the caller sends, percent-encoded, or else the usual one."""
    name = unquote(request.headers.get(HEADER, "")[: 12 * MAX_LENGTH])
    return name[:MAX_LENGTH] if name.strip() and min(name) >= " " else usual
