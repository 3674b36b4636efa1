"""The exhibit: one file an integration, to be copied. This table is what the shop shows of them."""

from dataclasses import dataclass

from webapp.orders import Flow
from webapp.text import N_


@dataclass(frozen=True)
class Integration:
    """A way to pay with Xendit, as the shopper chooses it."""

    slug: str
    title: str
    pitch: str
    api: str
    flows: frozenset[Flow]
    source: str


INTEGRATIONS: dict[str, Integration] = {
    integration.slug: integration
    for integration in (
        Integration(
            "components",
            N_("Pay right here"),
            N_("The form appears on this page, in the shop's own look."),
            "Sessions API · Components",
            frozenset(Flow),
            "webapp/integrations/components.py",
        ),
        Integration(
            "payment_link",
            N_("Pay on Xendit's page"),
            N_("A secure page opens with every way to pay, then brings you back."),
            "Sessions API · Payment Link",
            frozenset(Flow),
            "webapp/integrations/payment_link.py",
        ),
        Integration(
            "invoice",
            N_("Pay by invoice"),
            N_("The older payment page, for shops that already use it."),
            "Invoice API · Payment Link (legacy)",
            frozenset({Flow.PAY}),
            "webapp/integrations/invoice.py",
        ),
    )
}

_DOCS = "https://docs.xendit.co/docs/"
DOCS: dict[tuple[str, Flow], str] = {
    ("payment_link", Flow.PAY): f"{_DOCS}payment-1",
    ("payment_link", Flow.SAVE): f"{_DOCS}storing-payment-details",
    ("payment_link", Flow.PAY_SAVE): f"{_DOCS}pay-and-save-2",
    ("payment_link", Flow.SUBSCRIPTION): f"{_DOCS}how-subscriptions-work",
    ("components", Flow.PAY): f"{_DOCS}components-one-time-payment",
    ("components", Flow.SAVE): f"{_DOCS}components-save-payment-method",
    ("components", Flow.PAY_SAVE): f"{_DOCS}pay-and-save-3",
    ("components", Flow.SUBSCRIPTION): f"{_DOCS}how-subscriptions-work",
    ("invoice", Flow.PAY): "https://archive.docs.xendit.co/payment-link/single-payment-link",
}
"""Which page of Xendit's docs belongs to which choice."""
