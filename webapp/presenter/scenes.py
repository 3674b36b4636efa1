"""The eleven scenes of the presenter's walkthrough."""

from webapp.notices import N_
from webapp.presenter.scene import PAY_BY_CARD, Scene, choose
from webapp.presenter.trouble import TROUBLE

SCENES: dict[str, Scene] = {
    scene.slug: scene
    for scene in (
        Scene(
            "jakarta",
            N_("Pays by QRIS without leaving the page"),
            "Jakarta",
            choose("IDR", "pay", "components", "gayo:1,toraja:1"),
            shop=(N_("Press “Checkout”: the form takes the place of the shelf."),),
            payment=(
                N_("Switch on “Whose is what”: outlines part what is Xendit's from what is the shop's."),
                N_("Choose “QR code”, press “Pay”, then “I've made this payment”."),
            ),
            point_at=N_("The form is Xendit's, the look is the shop's, and the shopper stays on the page."),
        ),
        Scene(
            "manila",
            N_("Pays by link, on a phone"),
            "Manila",
            choose("PHP", "pay", "payment_link", "benguet:2", present="qr"),
            shop=(N_("Press “Checkout”: the payment page appears as a QR code."),),
            payment=(N_("Scan it, or use the “Pretend phone”: choose “GCash”, press “Pay”, then “Approve”."),),
            point_at=N_("Nothing but a link: it can be sent in a chat. This page turns into the paid order by itself."),
        ),
        Scene(
            "bangkok",
            N_("Saves a card, buys nothing"),
            "Bangkok",
            choose("THB", "save", "payment_link", ""),
            ends="saved",
            shop=(N_("Press “Save a card”. On Xendit's page keep the first card and press “Save”."),),
            order=(N_("Find payment_token_id in “The details”."),),
            point_at=N_("Amount 0, no items: the payment_token_id charges the card later."),
        ),
        Scene(
            "baguio",
            N_("Comes back, and pays with one click"),
            "Baguio",
            choose("PHP", "pay_save", "payment_link", "benguet:1"),
            ends="saved_payment",
            shop=(N_("Press “Checkout”. On Xendit's page tick “Keep it for next time” and press “Pay”."),),
            order=(
                N_(
                    "Press “Back to the shop”, then “Add” under any bag. In your order press “Pay with Visa •••• 1000”."
                ),
            ),
            point_at=N_("No card number and no page of Xendit's: POST /v3/payment_requests with the payment_token_id."),
        ),
        Scene(
            "hanoi",
            N_("A card is declined, then another works"),
            "Hanoi",
            choose("VND", "pay", "components", "da-lat:2"),
            shop=(N_("Press “Checkout”: the form takes the place of the shelf."),),
            payment=(
                N_("Press the test card “Is declined.”, which fills the form, then “Pay”."),
                N_("Press the test card “Succeeds at once.”, then “Pay”: the same session, a second attempt."),
            ),
            point_at=N_("The webhook payment.failure closes nothing: the order waits until a payment succeeds."),
            type_this="4000 0000 0000 2503, 12/39, 123",
        ),
        Scene(
            "kuala-lumpur",
            N_("A bag a month, and a month that fails"),
            "Kuala Lumpur",
            choose("MYR", "subscription", "payment_link", "johor:1"),
            ends="stopped",
            shop=(N_("Press “Subscribe”. On Xendit's page keep the first card and press “Subscribe” again."),),
            order=(
                N_("Press “A month later”, then “… and the card fails”, then “A day later the retry works”."),
                N_("Press “Stop”, then “Yes, stop it”: the plan is over."),
            ),
            point_at=N_(
                "One session saves the card and starts the plan; each month is a cycle with a webhook and retries."
            ),
        ),
        Scene(
            "surabaya",
            N_("The old invoice, next to its replacement"),
            "Surabaya",
            choose("IDR", "pay", "invoice", "nanyang:2"),
            ends="source",
            shop=(PAY_BY_CARD,),
            order=(
                N_("Under “Behind the counter” open “The code that did it”."),
                N_("Press “On a page of its own”, then “payment_link.py”, its replacement."),
            ),
            point_at=N_(
                "The same order in two APIs: external_id becomes reference_id, invoice_duration becomes expires_at."
            ),
        ),
        Scene(
            "yogyakarta",
            N_("Gives the money back, in two parts"),
            "Yogyakarta",
            choose("IDR", "pay", "payment_link", "gayo:1"),
            ends="refunded",
            shop=(PAY_BY_CARD,),
            order=(
                N_("Set “Amount to refund” to 90000 and press “Refund”."),
                N_("Once that is done, press “Refund” again for the rest."),
            ),
            point_at=N_("POST /refunds answers PENDING: only the webhook refund.succeeded makes it so."),
        ),
        Scene(
            "chiang-mai",
            N_("Charges when it ships, and less than was held"),
            "Chiang Mai",
            choose("THB", "authorize", "payment_link", "doi-chang:2"),
            shop=(PAY_BY_CARD,),
            order=(N_("Set “Amount to charge” to 560, one bag of the two, and press “Ship it and charge”."),),
            point_at=N_(
                "capture_method MANUAL: payment.authorization holds the amount, payment.capture charges it, once."
            ),
        ),
        Scene(
            "makassar",
            N_("Reads the request before it is sent"),
            "Makassar",
            choose("IDR", "pay", "payment_link", "toraja:1"),
            ends="options",
            shop=(
                N_("Press “Options, and the request to be sent”."),
                N_("Set “Lifetime in minutes” to 30 and press “Show the request”: expires_at is marked."),
                N_("Press “Back to the shop”, then “Checkout”. On Xendit's page keep the first card and press “Pay”."),
            ),
            point_at=N_("The request that you read is the one that goes out: the same code makes both."),
        ),
        Scene(
            "merida",
            N_("Gives the story away"),
            "Mérida",
            choose("MXN", "pay", "payment_link", "chiapas:1"),
            ends="taken",
            shop=(PAY_BY_CARD,),
            order=(N_("Open “Take it with you”, then press “Make a read-only link”."),),
            point_at=N_("A file, a HAR or a link of seven days: what happened, for the engineers who were not here."),
        ),
        *TROUBLE,
    )
}
