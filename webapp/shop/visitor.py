"""The visitor in the signed cookie: ids, quantities and choices, but no price and no key."""

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
"""The five languages of Xendit's SDK, by their own names."""


@dataclass(frozen=True)
class Visitor:
    """A visitor's cart and choices."""

    id: str
    """A random id. It owns the orders in ``/orders``."""
    cart: Cart
    currency: Currency
    flow: Flow
    integration: str
    language: str

    def with_choices(
        self, *, currency: Currency | None = None, flow: Flow | None = None, integration: str | None = None
    ) -> "Visitor":
        """Return the visitor with new choices. The payment method changes if it can't serve them."""
        visitor = replace(
            self,
            currency=currency or self.currency,
            flow=flow or self.flow,
            integration=integration or self.integration,
        )
        if unavailable_reason(visitor.integration, visitor.flow, visitor.currency):
            able = (slug for slug in INTEGRATIONS if not unavailable_reason(slug, visitor.flow, visitor.currency))
            visitor = replace(visitor, integration=next(able))
        return visitor


def unavailable_reason(integration: str, flow: Flow, currency: Currency) -> str | None:
    """Return the reason why a payment method can't serve a flow in a market, or None if it can."""
    if flow not in INTEGRATIONS[integration].docs:
        return N_("Invoices can only be paid: no saving, no subscription.")
    if integration == "invoice" and not currency.invoices:
        return N_("The Invoice API does not serve this currency.")
    return None


def load_visitor(request: Request, currencies: Iterable[str], languages: Iterable[str]) -> Visitor:
    """Return the visitor in the cookie. Each missing or invalid part gets its default."""
    session, open_markets, spoken = request.session, list(currencies), list(languages)
    code = session.get("currency")
    flow = session.get("flow")
    integration = session.get("integration")
    language = session.get("language")
    visitor = Visitor(
        id=session.get("visitor") or secrets.token_urlsafe(16),
        cart=Cart.from_cookie(session.get("cart")),
        currency=CURRENCIES[code if code in open_markets else open_markets[0]],
        flow=Flow(flow) if flow in list(Flow) else Flow.PAY,
        integration=integration if integration in INTEGRATIONS else "components",
        language=language if language in spoken else _accepted(request.headers.get("accept-language", ""), spoken),
    )
    return visitor.with_choices()


def save_visitor(request: Request, visitor: Visitor) -> None:
    """Store the visitor in the cookie."""
    request.state.visitor = visitor
    request.session.update(
        visitor=visitor.id,
        cart=dict(visitor.cart.quantities),
        currency=visitor.currency.code,
        flow=visitor.flow.value,
        integration=visitor.integration,
    )


def _accepted(header: str, spoken: list[str]) -> str:
    """Return the best supported language of an ``Accept-Language`` header, else the first of ``spoken``."""
    accepted: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            accepted.append((float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    accepted.sort(key=lambda each: -each[0])
    return next((tag for quality, tag in accepted if quality > 0 and tag in spoken), spoken[0])
