"""The exhibit: one file an integration, to be copied. This table is what the shop shows of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from webapp.notices import N_


@dataclass(frozen=True)
class Integration:
    """A way to pay with Xendit, as the shopper chooses it."""

    slug: str
    """Also the name of its file in this folder, and of its address."""
    title: str
    pitch: str
    api: str
    opens: str
    """The field of Xendit's answer that opens the payment: a secret."""
    docs: Mapping[str, str]
    """The flows that it serves, each with its page in Xendit's docs."""

    def docs_url(self, flow: str) -> str:
        """Return the page of Xendit's docs for a flow; the page for paying where it does not serve the flow."""
        return self.docs.get(flow, self.docs["pay"])


_DOCS = "https://docs.xendit.co/docs/"

INTEGRATIONS: dict[str, Integration] = {
    integration.slug: integration
    for integration in (
        Integration(
            "components",
            N_("Pay right here"),
            N_("The form appears on this page, in the shop's own look."),
            "Sessions API · Components",
            opens="components_sdk_key",
            docs={
                "pay": f"{_DOCS}components-one-time-payment",
                "save": f"{_DOCS}components-save-payment-method",
                "pay_save": f"{_DOCS}pay-and-save-3",
                "authorize": f"{_DOCS}authorize-and-capture-1",
                "subscription": f"{_DOCS}how-subscriptions-work",
            },
        ),
        Integration(
            "payment_link",
            N_("Pay on Xendit's page"),
            N_("A secure page opens with every way to pay, then brings you back."),
            "Sessions API · Payment Link",
            opens="payment_link_url",
            docs={
                "pay": f"{_DOCS}payment-1",
                "save": f"{_DOCS}storing-payment-details",
                "pay_save": f"{_DOCS}pay-and-save-2",
                "authorize": f"{_DOCS}authorization-and-capture-flow-manual-capture",
                "subscription": f"{_DOCS}how-subscriptions-work",
            },
        ),
        Integration(
            "invoice",
            N_("Pay by invoice"),
            N_("The older payment page, for shops that already use it."),
            "Invoice API · Payment Link (legacy)",
            opens="invoice_url",
            docs={"pay": "https://archive.docs.xendit.co/payment-link/single-payment-link"},
        ),
    )
}


def docs_url(integration: str, flow: str) -> str:
    """Return the page of Xendit's docs for an order's integration and flow."""
    return INTEGRATIONS[integration].docs_url(flow) if integration in INTEGRATIONS else f"{_DOCS}pay-with-tokens"
