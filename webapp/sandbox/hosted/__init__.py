"""The pages that `payment_link_url` and `invoice_url` open: plain forms that work without JavaScript."""

import gettext
from collections.abc import Mapping

from starlette.routing import BaseRoute

from ..settings import SandboxSettings
from ..store import Store
from .doors import InvoiceDoor, SessionDoor
from .pages import HostedPages


def routes(
    store: Store, settings: SandboxSettings, translations: Mapping[str, gettext.NullTranslations]
) -> list[BaseRoute]:
    doors = (SessionDoor(store), InvoiceDoor(store))
    return [route for door in doors for route in HostedPages(door, store, settings, translations).routes()]
