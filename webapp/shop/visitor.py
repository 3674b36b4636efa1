"""A visit: what the signed cookie remembers of a visitor. Ids, quantities and choices; never a price, never a key."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from starlette.requests import Request

from webapp.integrations import INTEGRATIONS
from webapp.notices import N_
from webapp.orders.order import Flow
from webapp.shop.cart import Cart
from webapp.shop.currencies import CURRENCIES, Currency

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia", "th": "ไทย", "vi": "Tiếng Việt", "es": "Español"}
"""The five that Xendit's SDK speaks, by their own names."""


@dataclass(frozen=True)
class Visit:
    """One visitor's cart and choices."""

    visitor: str
    """Random; the owner of the orders in ``/orders``."""
    cart: Cart
    currency: Currency
    flow: Flow
    integration: str
    language: str

    def choose(
        self, *, currency: Currency | None = None, flow: Flow | None = None, integration: str | None = None
    ) -> "Visit":
        """Change choices; where the payment method can't serve the new flow or currency, move to one that can."""
        visit = replace(
            self,
            currency=currency or self.currency,
            flow=flow or self.flow,
            integration=integration or self.integration,
        )
        if why_not(visit.integration, visit.flow, visit.currency):
            able = (slug for slug in INTEGRATIONS if not why_not(slug, visit.flow, visit.currency))
            visit = replace(visit, integration=next(able))
        return visit


def why_not(integration: str, flow: Flow, currency: Currency) -> str | None:
    """Why a payment method can't serve a flow in a market, as a sentence; None if it can."""
    if flow not in INTEGRATIONS[integration].docs:
        return N_("Invoices can only be paid: no saving, no subscription.")
    if integration == "invoice" and not currency.invoices:
        return N_("The Invoice API does not serve this currency.")
    return None


def load_visit(request: Request, currencies: Iterable[str], languages: Iterable[str]) -> Visit:
    """The visit in the cookie. A forged, torn or outdated cookie is an empty one; its parts fall back one by one."""
    session, open_markets, spoken = request.session, list(currencies), list(languages)
    code = session.get("currency")
    flow = session.get("flow")
    integration = session.get("integration")
    language = session.get("language")
    visit = Visit(
        visitor=session.get("visitor") or secrets.token_urlsafe(16),
        cart=Cart.from_cookie(session.get("cart")),
        currency=CURRENCIES[code if code in open_markets else open_markets[0]],
        flow=Flow(flow) if flow in list(Flow) else Flow.PAY,
        integration=integration if integration in INTEGRATIONS else "components",
        language=language if language in spoken else _accepted(request.headers.get("accept-language", ""), spoken),
    )
    return visit.choose()


def save_visit(request: Request, visit: Visit) -> None:
    """Remember the visit in the cookie."""
    request.session.update(
        visitor=visit.visitor,
        cart=dict(visit.cart.quantities),
        currency=visit.currency.code,
        flow=visit.flow.value,
        integration=visit.integration,
    )


def _accepted(header: str, spoken: list[str]) -> str:
    """The best language of an ``Accept-Language`` header that the shop speaks; the first one if none."""
    wishes: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wishes.append((float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    wishes.sort(key=lambda wish: -wish[0])
    return next((tag for quality, tag in wishes if quality > 0 and tag in spoken), spoken[0])
