"""The pages that `payment_link_url` and `invoice_url` open."""

from starlette.routing import BaseRoute

from ..settings import SandboxSettings
from ..store import Store


def routes(store: Store, settings: SandboxSettings) -> list[BaseRoute]:
    return []
