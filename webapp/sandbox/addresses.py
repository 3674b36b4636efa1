"""Where webhooks go: to one address for all keys, or to a key's own. The addresses of keys are kept in memory."""

import re
from dataclasses import dataclass, field

import httpx

from .keys import business_id
from .settings import SandboxSettings


def is_address(url: str) -> bool:
    """Return whether a request can be sent to this address."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    has_host = bool(parts.host) and "%" not in parts.host  # httpx encodes what no host can hold
    return parts.scheme in ("http", "https") and has_host and (parts.port is None or 0 < parts.port < 65_536)


def check_token(token: str) -> str:
    """Return the token. Raise ValueError with a sentence if no header can hold it."""
    if not re.fullmatch(r"|[!-~]([ -~]*[!-~])?", token):
        raise ValueError("token must be printable ASCII, as in a header")
    return token


@dataclass(frozen=True)
class Address:
    """An address, and the token that is sent along as `x-callback-token`. An empty address gets nothing."""

    url: str
    token: str = field(default="", repr=False)


class WebhookAddresses:
    """The addresses of one sandbox."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        self.reset()

    def reset(self) -> None:
        """Forget all but the address of the settings."""
        self.usual = Address(self.settings.webhook_url or "", self.settings.webhook_token)
        self.own: dict[str, Address] = {}

    def set(self, address: Address, api_key: str = "") -> None:
        """Set the address of one key, or of all that have none of their own."""
        if api_key:
            self.own[business_id(api_key)] = address
        else:
            self.usual = address

    def of(self, business: str) -> Address:
        """Return the address for a business."""
        return self.own.get(business, self.usual)
