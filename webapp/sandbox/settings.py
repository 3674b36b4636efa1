"""The settings of the sandbox, passed in by its caller."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SandboxSettings:
    """The settings. `webhook_schedule` is Xendit's 15 min … 12 h in a demo's seconds; README.md explains the rest.

    `standalone`: a server of its own, so that the addresses for pages of other origins name it.
    `obeys_callback_urls`: an invoice may name where its webhooks go, which makes this server call any address.
    Ended sessions and invoices are kept for `keep_days`, and at most the newest `keep_objects` of each.
    """

    public_url: str
    secret: str = field(repr=False)
    webhook_url: str | None = None
    webhook_token: str = field(default="", repr=False)
    webhook_schedule: tuple[float, ...] = (1, 3, 8, 20, 60, 120)
    sdk_path: Path | None = None
    standalone: bool = False
    obeys_callback_urls: bool = False
    merchant_name: str = "Demo Merchant"
    keep_days: int = 7
    keep_objects: int = 25_000
