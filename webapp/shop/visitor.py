"""The visitor in the signed cookie: ids, quantities and choices, but no price and no key."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace

from starlette.requests import Request

from webapp.accept import spoken
from webapp.integrations import INTEGRATIONS
from webapp.notices import N_
from webapp.orders.options import USUAL, Options
from webapp.orders.order import Order
from webapp.orders.status import Flow
from webapp.shop.brand import SELAT, Brand, wear
from webapp.shop.cart import Cart
from webapp.shop.currencies import CURRENCIES, Currency

LANGUAGES = {"en": "English", "id": "Bahasa Indonesia", "th": "ไทย", "vi": "Tiếng Việt", "es": "Español"}
"""The five that Xendit's SDK speaks, by their own names."""
PRESENTATIONS = ("page", "qr", "iframe")
"""How Xendit's page is shown."""


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
    saved: tuple[Order, ...] = ()
    """The orders that saved a card or wallet with which the visitor can pay at once."""
    present: str = "page"
    """One of PRESENTATIONS."""
    options: Options = USUAL  # webapp/shop/options.py says which of them apply

    @property
    def brand(self) -> Brand:
        """Return the shop as this visitor sees it."""
        return self.cart.brand

    def with_choices(
        self, *, currency: Currency | None = None, flow: Flow | None = None, integration: str = "", present: str = ""
    ) -> "Visitor":
        """Return the visitor with new choices. The payment method changes if it can't serve them."""
        visitor = replace(
            self,
            currency=currency or self.currency,
            flow=flow or self.flow,
            integration=integration or self.integration,
            present=present if present in PRESENTATIONS else self.present,
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


def load_visitor(
    request: Request, currencies: Iterable[str], languages: Iterable[str], brand: Brand = SELAT
) -> Visitor:
    """Return the visitor in the cookie. Each missing or invalid part gets its default."""
    wear(brand)
    session, open_markets, known = request.session, list(currencies), list(languages)
    code, flow = session.get("currency"), session.get("flow")
    integration, language = session.get("integration"), session.get("language")
    visitor = Visitor(
        id=session.get("visitor") or secrets.token_urlsafe(16),
        cart=Cart.from_cookie(session.get("cart"), brand),
        currency=CURRENCIES[code if code in open_markets else open_markets[0]],
        flow=Flow(flow) if flow in list(Flow) else Flow.PAY,
        integration=integration if integration in INTEGRATIONS else "components",
        language=language if language in known else spoken(request.headers.get("accept-language", ""), known),
        options=Options.of(session.get("options")),
    )
    return visitor.with_choices(present=session.get("present", ""))


def save_visitor(request: Request, visitor: Visitor) -> None:
    """Store in the session what differs from the visitor of this request, and nothing else: other tabs write too."""
    before: Visitor | None = getattr(request.state, "visitor", None)
    request.state.visitor = visitor
    request.session["visitor"] = visitor.id
    if before is None or visitor.cart != before.cart:
        request.session["cart"] = dict(visitor.cart.quantities)
    if before is None or visitor.currency is not before.currency:
        request.session["currency"] = visitor.currency.code
    if before is None or visitor.options != before.options:
        request.session["options"] = visitor.options.changed or None
    for name in ("flow", "integration", "language", "present"):
        if before is None or getattr(visitor, name) != getattr(before, name):
            request.session[name] = getattr(visitor, name)
