"""The eleven scenes of the presenter's walkthrough."""

from webapp.notices import N_
from webapp.presenter.scene import Scene, choose

SCENES: dict[str, Scene] = {
    scene.slug: scene
    for scene in (
        Scene(
            "jakarta",
            N_("Pays by QRIS without leaving the page"),
            "Jakarta",
            choose("IDR", "pay", "components", "gayo:1,toraja:1"),
            (
                N_("Press Checkout: the form takes the place of the shelf."),
                N_("Tick “Whose is what”: an outline shows Xendit's part of the page."),
                N_("Choose QR code, press Pay, then “I've made this payment”."),
            ),
            N_("The form is Xendit's, the look is the shop's, and the shopper never leaves the page."),
        ),
        Scene(
            "manila",
            N_("Pays by link, on a phone"),
            "Manila",
            choose("PHP", "pay", "payment_link", "benguet:2", present="qr"),
            (
                N_("Press Checkout: the payment page appears as a QR code."),
                N_("Pay with GCash on a phone that scans it, or on the pretend phone beside it."),
            ),
            N_("Nothing but a link: it can be sent in a chat. The order page turns to Paid by itself."),
        ),
        Scene(
            "bangkok",
            N_("Saves a card, buys nothing"),
            "Bangkok",
            choose("THB", "save", "payment_link", ""),
            (N_("Press Save a card, choose the first card and save it."),),
            N_("Amount 0, no items; what comes back is a payment_token_id for later charges."),
        ),
        Scene(
            "baguio",
            N_("Comes back, and pays with one click"),
            "Baguio",
            choose("PHP", "pay_save", "payment_link", "benguet:1"),
            (
                N_("Press Checkout, tick the box that saves it, and pay with the first card."),
                N_("Go back to the shop, add any bag, and press “Pay with Visa •••• 1000”."),
            ),
            N_("No card number and no page of Xendit's: POST /v3/payment_requests with the payment_token_id."),
        ),
        Scene(
            "hanoi",
            N_("A card is declined, then another works"),
            "Hanoi",
            choose("VND", "pay", "components", "da-lat:2"),
            (
                N_("Press Checkout, choose Cards, click the test card “Is declined.”, and press Pay."),
                N_("Click the test card “Succeeds at once.” and press Pay: the same session, a second attempt."),
            ),
            N_("The webhook payment.failure closes nothing: the order waits until a payment succeeds."),
        ),
        Scene(
            "kuala-lumpur",
            N_("A bag a month, and a month that fails"),
            "Kuala Lumpur",
            choose("MYR", "subscription", "payment_link", "johor:1"),
            (
                N_("Press Subscribe, choose the first card and subscribe."),
                N_("On the order's page press A month later, then “… and the card fails”, then the retry."),
                N_("Press Stop, and say yes: the plan is over."),
            ),
            N_("One session saves the card and starts the plan; each month is a cycle with a webhook and retries."),
        ),
        Scene(
            "surabaya",
            N_("The old invoice, next to its replacement"),
            "Surabaya",
            choose("IDR", "pay", "invoice", "nanyang:2"),
            (
                N_("Press Checkout and pay with the first card."),
                N_("On the order's page unfold “The code that did it”, and follow “On a page of its own”."),
                N_("Choose payment_link.py among the files there."),
            ),
            N_("The same order in two APIs: external_id becomes reference_id, invoice_duration becomes expires_at."),
        ),
        Scene(
            "yogyakarta",
            N_("Gives the money back, in two parts"),
            "Yogyakarta",
            choose("IDR", "pay", "payment_link", "gayo:1"),
            (
                N_("Press Checkout and pay with the first card."),
                N_("On the order's page refund 90000, wait until it is done, then refund the rest."),
            ),
            N_("POST /refunds answers PENDING: only the webhook refund.succeeded makes it so."),
        ),
        Scene(
            "chiang-mai",
            N_("Charges when it ships, and less than was held"),
            "Chiang Mai",
            choose("THB", "authorize", "payment_link", "doi-chang:2"),
            (
                N_("Press Checkout and pay with the first card: the amount is held, not charged."),
                N_("On the order's page charge 500, as if one bag were sold out."),
            ),
            N_("capture_method MANUAL: payment.authorization holds the amount, payment.capture charges it, once."),
        ),
        Scene(
            "bandung",
            N_("The webhook arrives twice"),
            "Bandung",
            choose("IDR", "pay", "payment_link", "flores:1"),
            (
                N_("Press Checkout and pay with the first card."),
                N_("On the order's page look at Behind the counter."),
            ),
            N_("Each webhook comes twice with one webhook-id: the first moves the order, the second is a duplicate."),
            controls={"duplicate": "on"},
            sandbox_only=True,
        ),
        Scene(
            "cebu",
            N_("Xendit is down, then comes back"),
            "Cebu",
            choose("PHP", "pay", "payment_link", "gayo:1"),
            (
                N_("Press Checkout: Xendit answers 500. The cart is kept, the words are calm."),
                N_("Press Checkout again: it works. Pay with the first card."),
                N_("Open Orders: the failed order is there beside the paid one."),
            ),
            N_("The failed order keeps Xendit's error code, behind its counter."),
            controls={"fail": "500"},
            sandbox_only=True,
        ),
    )
}


def after(slug: str) -> Scene | None:
    """Return the next scene, or None after the last."""
    slugs = list(SCENES)
    place = slugs.index(slug) + 1 if slug in SCENES else 0
    return SCENES[slugs[place]] if place < len(slugs) else None
