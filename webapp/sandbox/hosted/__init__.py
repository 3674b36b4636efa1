"""The pages that `payment_link_url` and `invoice_url` open: plain forms that work without JavaScript."""

import gettext
from collections.abc import Mapping

from starlette.routing import BaseRoute

from ..settings import SandboxSettings
from ..store import Store
from .pages import HostedPages
from .payable import PayableInvoice, PayableSession


def routes(
    store: Store, settings: SandboxSettings, translations: Mapping[str, gettext.NullTranslations]
) -> list[BaseRoute]:
    """Return the routes of both kinds of hosted page."""
    payables = (PayableSession(store), PayableInvoice(store))
    return [route for payable in payables for route in HostedPages(payable, store, settings, translations).routes()]
